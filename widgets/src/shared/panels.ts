// What opens below the stage: the code that reproduces the view, and the figure as a table.
import { h, textButton } from "./dom";
import { copyText } from "./export";
import { fixed } from "./format";
import type { Flavour, Table } from "./types";

export interface Panel {
  button: HTMLButtonElement;
  element: HTMLElement;
  /** Brings an open panel up to date. */
  refresh(): void;
}

type Fill = (panel: HTMLElement, refresh: () => void) => void;

function toggling(label: string, className: string, signal: AbortSignal, fill: Fill): Panel {
  const element = h("div", { class: className, hidden: true });
  const refresh = (): void => {
    if (!element.hidden) fill(element, refresh);
  };
  const button = textButton(label, signal, () => {
    element.hidden = !element.hidden;
    button.setAttribute("aria-expanded", String(!element.hidden));
    refresh();
  });
  button.setAttribute("aria-expanded", "false");
  return { button, element, refresh };
}

const FLAVOURS: [Flavour, string][] = [["mikit", "mikit"], ["nnsight", "plain nnsight"]];

/** The few lines of Python that give the same numbers, in the flavours there are. */
export function codePanel(signal: AbortSignal, code: () => Partial<Record<Flavour, string>>): Panel {
  let chosen: Flavour = "mikit";
  return toggling("Code", "mikit-code", signal, (panel, refresh) => {
    const texts = code();
    const there = FLAVOURS.filter(([flavour]) => texts[flavour] !== undefined);
    if (!there.length) {
      panel.replaceChildren(h("p", { class: "mikit-muted" }, "No code yet: it comes with the first result."));
      return;
    }
    if (texts[chosen] === undefined) chosen = (there[0] as [Flavour, string])[0];
    const text = texts[chosen] ?? "";
    const listing = h("pre", { tabindex: 0, role: "region", "aria-label": `Code, ${chosen}` }, text);
    const tabs = there.map(([flavour, label]) => {
      const tab = textButton(label, signal, () => {
        chosen = flavour;
        refresh();
      });
      tab.setAttribute("aria-pressed", String(flavour === chosen));
      return tab;
    });
    const copy = textButton("Copy", signal, () => {
      void copyText(text).then((done) => {
        copy.textContent = done ? "Copied" : "Select and copy by hand";
      });
    });
    panel.replaceChildren(h("div", { class: "mikit-code-bar" }, ...tabs, h("span", { class: "mikit-gap" }), copy), listing);
  });
}

/** A table is a text twin, not a data grid: beyond this many rows the CSV is the better reading. */
const MOST_ROWS = 400;

function heading(name: string, first: string | number | undefined): HTMLElement {
  return h("th", typeof first === "number" ? { scope: "col", class: "mikit-figure" } : { scope: "col" }, name);
}

function cell(value: string | number): HTMLElement {
  return typeof value === "number" ? h("td", { class: "mikit-figure" }, fixed(value)) : h("td", {}, value);
}

/** The figure as a real table. */
export function twinPanel(signal: AbortSignal, table: () => Table): Panel {
  return toggling("Read as a table", "mikit-twin", signal, (panel) => {
    const { caption, columns, rows } = table();
    const left = rows.length - MOST_ROWS;
    panel.replaceChildren(h("table", {},
      h("caption", {}, left > 0 ? `${caption} (${left} more rows: Copy CSV has them all)` : caption),
      h("thead", {}, h("tr", {}, ...columns.map((name, i) => heading(name, rows[0]?.[i])))),
      h("tbody", {}, ...rows.slice(0, MOST_ROWS).map((row) => h("tr", {}, ...row.map((value, i) => (
        i === 0 && typeof value === "string" ? h("th", { scope: "row" }, value) : cell(value)
      )))))));
    panel.tabIndex = 0;
    panel.setAttribute("role", "region");
    panel.setAttribute("aria-label", caption);
  });
}
