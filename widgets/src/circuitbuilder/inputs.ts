// What a reader sets: both prompts, the two answers, on how many pairs it is tested, and what cut edges carry.
import { h } from "../shared/dom";
import { options, selectField } from "../shared/fields";
import { meant, written } from "../shared/onetoken";
import type { Against, BuilderModel, BuilderTraits } from "./traits";
import { differing } from "./words";

type Given = Partial<Pick<BuilderTraits, "clean" | "corrupt" | "answer" | "foil" | "on" | "against">>;

const TEXTS = [["clean", "original"], ["answer", "answer"], ["corrupt", "changed"], ["foil", "foil"]] as const;

const AGAINST: [Against, string][] = [
  ["other prompt", "cut edges: changed prompt"], ["mean", "cut edges: mean of texts"], ["resample", "cut edges: drawn texts"],
];

export class Inputs {
  private readonly boxes = TEXTS.map(([name, label]) => {
    const box = h("input", { type: "text", class: "mikit-input", spellcheck: "false", autocomplete: "off" });
    return { name, box, short: name === "answer" || name === "foil", label: h("label", { class: `mikit-cb-of-${name} mikit-cb-field` }, h("span", {}, label), box) };
  });
  /** The boxes may end before the words that differ. */
  private readonly differ = h("p", { class: "mikit-cb-differ" });
  private readonly on: HTMLSelectElement;
  private readonly against: HTMLSelectElement;
  readonly controls: (HTMLInputElement | HTMLSelectElement)[];
  readonly elements: HTMLElement[];

  constructor(private readonly model: BuilderModel, signal: AbortSignal, give: (given: Given) => void) {
    for (const { name, box, short } of this.boxes) {
      if (short) box.title = "One token. The dot stands for a space: in mid-sentence a word begins with one.";
      box.addEventListener("change", () => give({ [name]: short ? meant(box.value) : box.value, on: 0 }), { signal });
    }
    this.on = selectField("Prompts that the circuit is tested on", signal, (value) => give({ on: Number(value) }));
    this.against = selectField("What cut edges carry", signal, (value) => give({ against: value as Against }));
    this.against.title = "What goes along an edge that is not in the circuit (the field says: how it is ablated)";
    this.on.classList.add("mikit-cb-of-on");
    this.against.classList.add("mikit-cb-of-against");
    this.controls = [...this.boxes.map(({ box }) => box), this.on, this.against];
    const labels = this.boxes.map(({ label }) => label);
    this.elements = [...labels.slice(0, 2), this.on, ...labels.slice(2), this.against, this.differ];
  }

  /** The words that differ, underlined, with one word around them. */
  private differing(): (Node | string)[] {
    const [before, clean, corrupt, after] = differing(this.model.get("clean"), this.model.get("corrupt"));
    if (clean === corrupt) return [];
    const around = (name: string, words: string): (Node | string)[] => [
      `${before.includes(" ") ? "… " : ""}${before.split(" ").at(-1)!} `, h("span", { class: `mikit-cb-in-${name}` }, words), ` ${after.split(" ")[0]!}${after.includes(" ") ? " …" : ""}`,
    ];
    return ["original: ", ...around("clean", clean), " · changed: ", ...around("corrupt", corrupt)];
  }

  draw(): void {
    const { model } = this;
    const sets = model.get("sets");
    for (const { name, box, short, label } of this.boxes) {
      // While someone types, the box is ahead of the model.
      if (!box.matches(":focus")) box.value = short ? written(model.get(name)) : model.get(name);
      if (!short) box.title = model.get(name);
      label.classList.toggle("mikit-cb-unused", model.get("on") > 0);
    }
    this.differ.replaceChildren(...(model.get("on") > 0 ? [] : this.differing()));
    options(this.on, sets.map((label, i) => [`${i}`, `on: ${label}`]), `${model.get("on")}`);
    options(this.against, AGAINST, model.get("against"));
  }
}
