// Which features the list shows: all of them, those whose label has a word, that promote a token, that fire on a text.
import { h } from "../shared/dom";
import { percent, signed } from "../shared/format";
import { tokenLabel } from "../shared/tokens";
import type { Row } from "./list";
import type { By, Found, Labelled, OnText, Opening } from "./traits";

export interface Listed {
  rows: Row[];
  /** Of a feature, instead of its score. */
  figure?: (id: number) => string;
  /** Features to be drawn over the others; null where nothing is searched. */
  found: number[] | null;
}

export interface Wanted {
  by: By;
  /** As typed. */
  text: string;
}

interface Known {
  count: number;
  opening: readonly Opening[];
  named(id: number): Labelled;
  found: Found | null;
  onText: OnText | null;
}

function everything({ count, opening }: Known): Row[] {
  const of = (good: boolean): number[] => opening.filter((one) => one.good === good).map(({ id }) => id);
  const all = Array.from({ length: count }, (_, id) => id);
  return opening.length ? ["best scored labels", ...of(true), "worst scored labels", ...of(false), `all ${count}`, ...all] : all;
}

/** A number goes to that feature; words to the labels that have them. */
function labelled(text: string, { count, named }: Known): number[] {
  const words = text.trim().toLowerCase();
  const ids = Array.from({ length: count }, (_, id) => id).filter((id) => named(id).words.toLowerCase().includes(words));
  const id = /^\d+$/.test(words) ? Number(words) : -1;
  return id >= 0 && id < count ? [id, ...ids.filter((other) => other !== id)] : ids;
}

const heading = (found: readonly number[], what: string): string => (found.length ? `${found.length} ${what}` : `none ${what}`);

export function search({ by, text }: Wanted, known: Known): Listed {
  if (by === "text") {
    const { onText } = known;
    const found = onText?.strongest.map(({ id }) => id) ?? [];
    const one = (id: number): string => {
      const hit = onText?.strongest.find((each) => each.id === id);
      return hit ? `${tokenLabel(hit.token)} ${percent(hit.share)}` : "";
    };
    return { rows: [found.length ? "strongest, by share of their peak" : "reading the text", ...found], figure: one, found };
  }
  if (!text.trim()) return { rows: everything(known), found: null };
  if (by === "token") {
    const { found } = known;
    if (!found || found.wanted !== text) return { rows: ["looking"], found: [] };
    return {
      rows: [heading(found.ids, `promote ${tokenLabel(text.trim())} (logits a unit)`), ...found.ids],
      figure: (id) => signed(found.values[found.ids.indexOf(id)] ?? Number.NaN), found: found.ids,
    };
  }
  const found = labelled(text, known);
  return { rows: [heading(found, "labels have it"), ...found], found };
}

const BY: [By, string, string][] = [
  ["label", "label", "word or id"],
  ["token", "promotes", "a token"],
  ["text", "fires on", "any text"],
];

export interface Search {
  element: HTMLElement;
  controls: { by: HTMLSelectElement; box: HTMLInputElement };
  show(wanted: Wanted, prompt: string, live: boolean): void;
}

/** `typed` hears every key for labels, and Enter for what Python looks up. */
export function searchOf(signal: AbortSignal, changed: (wanted: Wanted) => void): Search {
  const by = h("select", { class: "mikit-select", "aria-label": "Search by" }, ...BY.map(([value, label]) => h("option", { value }, label)));
  const box = h("input", { class: "mikit-input", type: "search", "aria-label": "Search for" });
  const chosen = (): By => by.value as By;
  by.addEventListener("change", () => {
    if (chosen() !== "text") box.value = "";
    changed({ by: chosen(), text: box.value });
  }, { signal });
  box.addEventListener("input", () => {
    if (chosen() === "label" || !box.value) changed({ by: chosen(), text: box.value });
  }, { signal });
  box.addEventListener("change", () => changed({ by: chosen(), text: box.value }), { signal });
  return {
    element: h("div", { class: "mikit-fd-search" }, by, box),
    controls: { by, box },
    show(wanted, prompt, live) {
      by.value = wanted.by;
      for (const option of by.options) option.disabled = !live && option.value === "token";
      box.placeholder = BY.find(([name]) => name === wanted.by)![2];
      box.disabled = !live && wanted.by !== "label";
      if (!box.matches(":focus")) box.value = wanted.by === "text" ? prompt : wanted.text;
    },
  };
}

