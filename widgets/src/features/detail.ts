// The chosen feature in the pool: label and score, how strongly it fires, what it writes, where it fired, what is near it.
import { h, svg, textButton } from "../shared/dom";
import { fixed, interval, percent, signed } from "../shared/format";
import { tokenLabel, tokenSpan } from "../shared/tokens";
import { rare } from "./scatter";
import type { All, Detail, Labelled, Near, Opening, Promoted } from "./traits";

const BARS_WIDE = 170;
const BARS_HIGH = 72;
const WRITTEN = 6;

/** "0.71 [0.62, 0.79]", or "untested". */
export function scoreText(label: Labelled): string {
  return label.score ? interval(...label.score, 2) : "untested";
}

export interface Head {
  element: HTMLElement;
  show(id: number, label: Labelled, all: All | null, opening: Opening | undefined): void;
}

export function headLine(tools: HTMLElement[]): Head {
  const name = h("div", { class: "mikit-fd-name" });
  const facts = h("p", { class: "mikit-fd-facts" });
  const why = h("span", { class: "mikit-fd-why" });
  const element = h("div", { class: "mikit-fd-head" }, name, facts, h("div", { class: "mikit-fd-tools" }, why, ...tools));
  return {
    element,
    show(id, label, all, opening) {
      const said = label.score ? h("span", { class: "mikit-fd-said" }, `blind score ${scoreText(label)}`) : h("span", { class: "mikit-fd-untested" }, "untested");
      name.replaceChildren(h("span", { class: "mikit-fd-number" }, `${id}`), " ", label.words || "no label", label.typed ? " (yours)" : "", " · ", said);
      if (!all) return;
      const stability = all.stability[id] ?? Number.NaN;
      facts.textContent = [
        label.shuffled === null ? "" : `${label.typed ? "answers shuffled" : "another feature's label here"} ${fixed(label.shuffled)}`,
        Number.isNaN(stability) ? "another seed: unknown" : `in another seed ${fixed(stability)} (random directions ${fixed(all.stability_random)})`,
      ].filter(Boolean).join(" · ");
      why.textContent = opening?.why ?? "";
      why.title = why.textContent;
    },
  };
}

function histogram(counts: readonly number[], peak: number): SVGElement {
  const most = Math.max(1, ...counts.map((count) => Math.log1p(count)));
  const step = BARS_WIDE / counts.length;
  return svg("svg", {
    class: "mikit-fd-histogram", width: BARS_WIDE, height: BARS_HIGH, role: "img",
    "aria-label": `Firings by activation, from 0 to ${fixed(peak, 1)}: ${counts.join(", ")}`,
  }, ...counts.map((count, i) => {
    const tall = (Math.log1p(count) / most) * (BARS_HIGH - 1);
    return svg("rect", { x: i * step, y: BARS_HIGH - 1 - tall, width: step - 1, height: tall }, svg("title", {}, `${count} firings`));
  }), svg("line", { x1: 0, x2: BARS_WIDE, y1: BARS_HIGH - 0.5, y2: BARS_HIGH - 0.5 }));
}

function written(title: string, rows: readonly Promoted[], most: number): HTMLElement {
  return h("div", { class: "mikit-fd-written" }, h("div", { class: "mikit-fd-small" }, title),
    ...Array.from({ length: WRITTEN }, (_, i) => {
      const row = rows[i];
      if (!row) return h("div", { class: "mikit-fd-token" }, i === 0 ? "not known" : "\u00a0");
      const bar = h("span", { class: row.value < 0 ? "mikit-fd-bar mikit-fd-down" : "mikit-fd-bar" });
      bar.style.width = `${(100 * Math.abs(row.value)) / most}%`;
      const name = tokenSpan({ text: row.token, special: false });
      name.title = tokenLabel(row.token);
      return h("div", { class: "mikit-fd-token" }, name, h("span", { class: "mikit-fd-track" }, bar), h("span", { class: "mikit-fd-figure" }, signed(row.value)));
    }));
}

export interface Panels {
  element: HTMLElement;
  show(detail: Detail | null, peak: number, density: number): void;
}

export function panelsOf(): Panels {
  const element = h("div", { class: "mikit-fd-panels" });
  return {
    element,
    show(detail, peak, density) {
      if (!detail) return element.replaceChildren();
      const most = Math.max(1e-9, ...[...detail.promoted, ...detail.suppressed].map(({ value }) => Math.abs(value)));
      element.replaceChildren(
        h("div", {}, h("div", { class: "mikit-fd-small" }, `${detail.firings} firings, ${rare(density)} of tokens`), histogram(detail.histogram, peak),
          h("div", { class: "mikit-fd-ends" }, h("span", {}, "0"), h("span", {}, "activation, counts log"), h("span", {}, fixed(peak, 1)))),
        written("promotes (logits a unit)", detail.promoted, most), written("suppresses", detail.suppressed, most));
    },
  };
}

/** The features with the likest directions (cosine), and those that fire on the same tokens (Jaccard), to go to. */
export function neighbours(signal: AbortSignal, pick: (id: number) => void): { element: HTMLElement; show(detail: Detail | null, named: (id: number) => string): void } {
  const element = h("div", { class: "mikit-fd-near" });
  const one = ({ id, value }: Near, words: string): HTMLElement => {
    const button = textButton(`${id}`, signal, () => pick(id));
    button.title = words || "no label";
    return h("span", {}, button, ` ${fixed(value)}`);
  };
  return {
    element,
    show(detail, named) {
      const line = (title: string, near: readonly Near[]): HTMLElement => (
        h("div", {}, h("span", { class: "mikit-muted" }, title), ...near.slice(0, 3).map((each) => one(each, named(each.id)))));
      element.replaceChildren(...(detail ? [line("cosine", detail.cosine), line("together", detail.together)] : []));
    },
  };
}

export const share = (value: number | null): string => (value === null ? "–" : percent(value));
