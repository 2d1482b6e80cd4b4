// Features as rows of 24 pixels: id, label, score. Only the rows on screen are elements, however many features there are.
import { h } from "../shared/dom";
import { fixed } from "../shared/format";
import type { Labelled } from "./traits";

export const ROW = 24;
/** Rows beyond the edges that stand ready for scrolling. */
const SPARE = 4;

/** A feature, or a heading over the features below it. */
export type Row = number | string;

export interface Rows {
  rows: readonly Row[];
  chosen: number;
  /** Label and score of a feature. */
  named(id: number): Labelled;
  /** What stands in the score's place: an activation, a logit. */
  figure?: (id: number) => string;
}

export interface List {
  element: HTMLElement;
  draw(rows: Rows): void;
  /** Bring the chosen feature into sight. */
  reveal(): void;
}

/** The feature that a key leads to from a row, or null. */
export function stepped(rows: readonly Row[], chosen: number, key: string, page: number): number | null {
  const ids = rows.filter((row) => typeof row === "number");
  const at = ids.indexOf(chosen);
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
  const to = key === "Home" ? 0 : key === "End" ? ids.length - 1 : key in steps ? (at < 0 ? 0 : at + steps[key]!) : Number.NaN;
  return Number.isNaN(to) ? null : (ids[Math.min(ids.length - 1, Math.max(0, to))] ?? null);
}

export function listOf(signal: AbortSignal, pick: (id: number) => void): List {
  const sheet = h("div", { class: "mikit-fd-sheet", role: "presentation" });
  const element = h("div", { class: "mikit-fd-list", tabindex: 0, role: "listbox", "aria-label": "Features" }, sheet);
  let drawn = "";
  let shown: Rows = { rows: [], chosen: -1, named: () => ({ words: "", score: null, shuffled: null, typed: false }) };

  function rowOf(row: Row, at: number): HTMLElement {
    const place = `top:${at * ROW}px`;
    if (typeof row === "string") return h("div", { class: "mikit-fd-heading", style: place, role: "presentation" }, row);
    const { words, score } = shown.named(row);
    const figure = shown.figure?.(row) ?? (score ? fixed(score[0]) : "untested");
    const line = h("div", {
      class: "mikit-fd-row", style: place, role: "option", id: `mikit-fd-${row}`, "aria-selected": String(row === shown.chosen), "data-id": row,
    }, h("span", { class: "mikit-fd-id" }, String(row)), h("span", { class: "mikit-fd-words" }, words || "no label"),
      h("span", { class: figure === "untested" ? "mikit-fd-score mikit-fd-untested" : "mikit-fd-score" }, figure));
    line.title = `${row} ${words || "no label"}`;
    return line;
  }

  function fill(): void {
    const from = Math.max(0, Math.floor(element.scrollTop / ROW) - SPARE);
    const to = Math.min(shown.rows.length, from + Math.ceil((element.clientHeight || 240) / ROW) + 2 * SPARE);
    sheet.style.height = `${shown.rows.length * ROW}px`;
    const lines = shown.rows.slice(from, to).map((row, i) => rowOf(row, from + i));
    const text = lines.map((line) => line.outerHTML).join("");
    if (text === drawn) return; // a row that goes away under a pressed pointer is never clicked
    drawn = text;
    sheet.replaceChildren(...lines);
    const there = sheet.querySelector("[aria-selected=true]");
    if (there) element.setAttribute("aria-activedescendant", there.id);
    else element.removeAttribute("aria-activedescendant");
  }

  function reveal(): void {
    const at = shown.rows.indexOf(shown.chosen) * ROW;
    if (at < 0) return;
    if (at < element.scrollTop) element.scrollTop = at;
    else if (at + ROW > element.scrollTop + element.clientHeight) element.scrollTop = at + ROW - element.clientHeight;
    fill();
  }

  element.addEventListener("scroll", fill, { signal });
  element.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-id]");
    if (row) pick(Number(row.dataset["id"]));
  }, { signal });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = stepped(shown.rows, shown.chosen, event.key, Math.floor(element.clientHeight / ROW));
    if (to === null) return;
    event.preventDefault();
    pick(to);
  }, { signal });

  return {
    element, reveal,
    draw(rows) {
      const same = rows.rows.length === shown.rows.length && rows.rows.every((row, i) => row === shown.rows[i]);
      if (!same) element.scrollTop = 0;
      shown = rows;
      fill();
    },
  };
}
