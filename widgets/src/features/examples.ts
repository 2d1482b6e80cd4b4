// Where the feature fired, strongest first, the token in question on one column so that the eye can compare.
import { h } from "../shared/dom";
import { tinted } from "../shared/tint";
import { tokenSpan } from "../shared/tokens";
import type { ThemeName } from "../shared/types";
import { BANDS, type Detail, type Example, type Item } from "./traits";

const LINES = 3;

/** One line of text around a token that stands in the middle. `paint` makes a token's element. */
export function centred(tokens: readonly string[], centre: number, paint: (text: string, place: number) => HTMLElement): HTMLElement {
  const spans = tokens.map(paint);
  spans[centre]?.classList.add("mikit-fd-peak");
  return h("span", { class: "mikit-fd-line" },
    h("span", { class: "mikit-fd-before" }, h("span", {}, ...spans.slice(0, centre))), h("span", { class: "mikit-fd-after" }, ...spans.slice(centre)));
}

/** The same without any activation: for those who judge blind. */
export function blind(item: Item): HTMLElement {
  return centred(item.tokens, item.centre, (text) => tokenSpan({ text, special: false }));
}

function line(example: Example, limit: number, theme: ThemeName): HTMLElement {
  const text = centred(example.tokens, example.centre, (token, place) => {
    const span = tinted({ text: token, special: false }, example.values[place] || null, { kind: "sequential", limit, theme });
    if (example.values[place]) span.title = example.values[place]!.toFixed(2);
    return span;
  });
  return h("div", { class: "mikit-fd-example" }, text, h("span", { class: "mikit-fd-kind" }, example.kind));
}

export interface Examples {
  element: HTMLElement;
  show(detail: Detail | null, recall: readonly (number | null)[], peak: number, wide: boolean, theme: ThemeName): void;
}

export function examplesOf(share: (value: number | null) => string): Examples {
  const element = h("div", { class: "mikit-fd-bands" });
  return {
    element,
    show(detail, recall, peak, wide, theme) {
      element.replaceChildren(...BANDS.map((name, band) => {
        const found = detail?.examples.filter((example) => example.band === band) ?? [];
        const rows = Array.from({ length: wide ? LINES : 1 }, (_, i) => (
          found[i] ? line(found[i]!, peak, theme) : h("div", { class: "mikit-fd-example mikit-muted" }, detail && i === 0 ? "none" : "\u00a0")));
        const caught = recall[band];
        return h("div", { class: "mikit-fd-band" },
          h("div", { class: "mikit-fd-bandname" }, h("div", {}, name), caught === null || caught === undefined || !wide ? "" : h("div", { title: "share of these firings that the label finds" }, `label finds ${share(caught)}`)),
          h("div", { class: "mikit-fd-lines" }, ...rows));
      }));
    },
  };
}
