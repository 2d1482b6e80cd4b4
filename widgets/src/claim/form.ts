// The first three steps: what is claimed, with which wordings and names, by which rule.
import { h, textButton } from "../shared/dom";
import { ruleText, stampsOf, type Access, type Draft, type ListWire, type Measure } from "./traits";

const ACCESS: [Access, string][] = [
  ["weights", "The weights are here: it can be run, and run again by others."],
  ["API only", "Only an API: mikit runs nothing and says what is missing."],
  ["a paper", "Only a paper: mikit runs nothing and says what is missing."],
];

let serial = 0;

function labelled(label: string, control: HTMLElement): HTMLElement {
  return h("label", { class: "mikit-claim-field" }, h("span", {}, label), control);
}

/** A select whose first line invites; choosing calls back and turns it back. */
function adder(label: string, options: string[], signal: AbortSignal, chosen: (index: number) => void): HTMLSelectElement {
  const select = h("select", { class: "mikit-select", "aria-label": label },
    h("option", { value: "" }, label), ...options.map((text, i) => h("option", { value: i }, text)),
    h("option", { value: options.length }, "an empty line to write into"));
  select.addEventListener("change", () => {
    const index = Number(select.value);
    select.value = "";
    chosen(index);
  }, { signal });
  return select;
}

export interface Form {
  steps: [HTMLElement, HTMLElement, HTMLElement];
  /** Writes the draft into the boxes, unless the hand that wrote it is still in one of them. */
  show(draft: Draft, closed: boolean): void;
  draft(): Draft;
}

export function form(
  offered: { wordings: string[]; names: ListWire[]; sizes: number[] }, signal: AbortSignal, edited: (draft: Draft) => void,
): Form {
  let draft!: Draft;
  let closed = false;
  const set = (change: Partial<Draft>): void => {
    draft = { ...draft, ...change };
    edited(draft);
    refresh();
  };
  const on = (element: HTMLElement, event: string, act: () => void): void => element.addEventListener(event, act, { signal });

  const claim = h("textarea", { class: "mikit-input", rows: 2, "aria-label": "The claim" });
  on(claim, "input", () => set({ claim: claim.value }));
  const group = `mikit-claim-${serial++}`;
  const radios = ACCESS.map(([access, says]) => {
    const radio = h("input", { type: "radio", name: group, value: access });
    on(radio, "change", () => set({ access }));
    return { radio, element: h("label", { class: "mikit-claim-radio" }, radio, h("span", {}, h("b", {}, access), ` ${says}`)) };
  });
  const first = h("div", {},
    h("p", { class: "mikit-claim-ask" }, "What is claimed? One sentence that could turn out wrong."), claim,
    h("p", { class: "mikit-claim-ask" }, "What do you have access to?"),
    h("div", { role: "radiogroup", "aria-label": "Access" }, ...radios.map(({ element }) => element)));

  const wordings = h("div", { class: "mikit-claim-list" });
  const lists = h("div", { class: "mikit-claim-list" });
  const stamp = h("p", { class: "mikit-claim-stamp" });
  const addWording = adder("Add a wording", offered.wordings, signal, (i) => set({ wordings: [...draft.wordings, offered.wordings[i] ?? ""] }));
  const addList = adder("Add a name list", offered.names.map(({ name }) => name), signal, (i) => (
    set({ names: [...draft.names, offered.names[i] ?? { name: "my names", names: "" }] })));
  const second = h("div", {},
    h("p", { class: "mikit-claim-ask" }, "In which words is it asked? {IO} stands for the name that is right, {S} for the other one."),
    wordings, addWording,
    h("p", { class: "mikit-claim-ask" }, "With which names? Separate them by commas."), lists, addList, stamp);

  const measure = h("select", { class: "mikit-select" },
    h("option", { value: "share right" }, "the share of prompts that are right"),
    h("option", { value: "mean logit difference" }, "the mean logit difference (right name less the other)"));
  on(measure, "change", () => set({ measure: measure.value as Measure, at_least: measure.value === "share right" ? 0.75 : 1 }));
  const bar = h("input", { type: "number", class: "mikit-input mikit-claim-number" });
  on(bar, "input", () => {
    if (bar.value !== "") set({ at_least: draft.measure === "share right" ? bar.valueAsNumber / 100 : bar.valueAsNumber });
  });
  const unit = h("span", {});
  const n = h("select", { class: "mikit-select" }, ...offered.sizes.map((size) => h("option", { value: size }, String(size))));
  on(n, "change", () => set({ n: Number(n.value) }));
  const sentence = h("p", { class: "mikit-claim-rule" });
  const third = h("div", {},
    h("p", { class: "mikit-claim-ask" }, "When would the claim hold? Decide before anything has run."),
    h("div", { class: "mikit-claim-row" }, labelled("In every cell", measure), labelled("is at least", h("span", { class: "mikit-claim-bar" }, bar, unit)),
      labelled("prompts in a cell (n)", n)),
    sentence);

  function row(label: string, boxes: HTMLInputElement[], remove: () => void): HTMLElement {
    const button = textButton("Remove", signal, remove);
    button.setAttribute("aria-label", `Remove ${label}`);
    button.disabled = closed;
    return h("div", { class: "mikit-claim-line" }, ...boxes, button);
  }

  function box(label: string, value: string, write: (value: string) => void): HTMLInputElement {
    const input = h("input", { type: "text", class: "mikit-input", "aria-label": label, value });
    input.value = value;
    input.disabled = closed;
    on(input, "input", () => write(input.value));
    return input;
  }

  const without = <T>(items: T[], at: number): T[] => items.filter((_, i) => i !== at);
  const swapped = <T>(items: T[], at: number, item: T): T[] => items.map((old, i) => (i === at ? item : old));

  /** Rows are made anew only when their number, or whether they are closed, changes: a hand may be in one. */
  function rows(): void {
    if (wordings.dataset.key !== `${draft.wordings.length} ${closed}`) {
      wordings.dataset.key = `${draft.wordings.length} ${closed}`;
      wordings.replaceChildren(...draft.wordings.map((text, i) => row(`wording ${i + 1}`,
        [box(`Wording ${i + 1}`, text, (value) => set({ wordings: swapped(draft.wordings, i, value) }))],
        () => set({ wordings: without(draft.wordings, i) }))));
    }
    if (lists.dataset.key !== `${draft.names.length} ${closed}`) {
      lists.dataset.key = `${draft.names.length} ${closed}`;
      lists.replaceChildren(...draft.names.map((list, i) => {
        const name = box(`Name of list ${i + 1}`, list.name, (value) => set({ names: swapped(draft.names, i, { ...(draft.names[i] as ListWire), name: value }) }));
        name.classList.add("mikit-claim-listname");
        return row(`list ${i + 1}`,
          [name, box(`Names of list ${i + 1}`, list.names, (value) => set({ names: swapped(draft.names, i, { ...(draft.names[i] as ListWire), names: value }) }))],
          () => set({ names: without(draft.names, i) }));
      }));
    }
  }

  function refresh(): void {
    rows();
    const texts: [HTMLElement, string][] = [
      ...[...wordings.querySelectorAll("input")].map((input, i): [HTMLElement, string] => [input, draft.wordings[i] ?? ""]),
      ...draft.names.flatMap(({ name, names }, i): [HTMLElement, string][] => {
        const [a, b] = lists.children[i]?.querySelectorAll("input") ?? [];
        return a && b ? [[a, name], [b, names]] : [];
      }),
      [claim, draft.claim], [bar, String(draft.measure === "share right" ? Math.round(1000 * draft.at_least) / 10 : draft.at_least)],
    ];
    for (const [input, text] of texts) {
      const field = input as HTMLInputElement;
      if (!field.matches(":focus") && field.value !== text) field.value = text;
    }
    for (const { radio } of radios) radio.checked = radio.value === draft.access;
    measure.value = draft.measure;
    n.value = String(draft.n);
    bar.step = draft.measure === "share right" ? "1" : "0.1";
    unit.textContent = draft.measure === "share right" ? "%" : "logits";
    bar.setAttribute("aria-label", `At least, ${unit.textContent}`);
    sentence.textContent = `The rule: ${ruleText(draft)}.`;
    const stamps = stampsOf(draft);
    stamp.hidden = !stamps.length;
    stamp.textContent = stamps.length ? `The result will be stamped “${stamps.join("”, “")}”: nothing to compare with. Add another.` : "";
    for (const control of [claim, measure, bar, n, addWording, addList, ...radios.map(({ radio }) => radio)]) control.disabled = closed;
  }

  return {
    steps: [first, second, third],
    draft: () => draft,
    show(now, lock) {
      draft = now;
      closed = lock;
      refresh();
    },
  };
}
