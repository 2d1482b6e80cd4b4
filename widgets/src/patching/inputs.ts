// What a reader sets: both prompts, the two answers, what is patched, which way, and what it is judged by.
import { h } from "../shared/dom";
import { meant, written } from "../shared/onetoken";
import { options } from "../shared/fields";
import type { Example, PatchingModel, PatchingTraits } from "./traits";
import { DIRECTIONS, SITES } from "./words";

type Given = Partial<Pick<PatchingTraits, "clean" | "corrupt" | "answer" | "foil" | "site" | "direction" | "metric">>;

const TEXTS = [["clean", "original"], ["answer", "answer"], ["corrupt", "changed"], ["foil", "foil"]] as const;

export class Inputs {
  private readonly boxes = TEXTS.map(([name, label]) => {
    const box = h("input", { type: "text", class: "mikit-input", spellcheck: "false", autocomplete: "off" });
    return { name, box, short: name === "answer" || name === "foil", label: h("label", { class: `mikit-pat-of-${name} mikit-pat-label` }, h("span", {}, label), box) };
  });
  private readonly site = h("select", { class: "mikit-select", "aria-label": "What is patched" });
  private readonly direction = h("select", { class: "mikit-select", "aria-label": "Direction" });
  private readonly metric = h("select", { class: "mikit-select", "aria-label": "Metric" });
  private readonly examples = h("select", { class: "mikit-select", "aria-label": "Examples" });
  readonly controls = [...this.boxes.map(({ box }) => box), this.site, this.direction, this.metric, this.examples];
  readonly elements = [...this.boxes.map(({ label }) => label), h("div", { class: "mikit-pat-selects" }, this.site, this.direction, this.metric, this.examples)];

  constructor(private readonly model: PatchingModel, signal: AbortSignal, give: (given: Given) => void) {
    for (const { name, box, short } of this.boxes) {
      if (short) box.title = "One token. The dot stands for a space: in mid-sentence a word begins with one.";
      box.addEventListener("change", () => give({ [name]: short ? meant(box.value) : box.value }), { signal });
    }
    for (const name of ["site", "direction", "metric"] as const) {
      this[name].addEventListener("change", () => give({ [name]: this[name].value } as Given), { signal });
    }
    this.examples.addEventListener("change", () => {
      const chosen: Example | undefined = model.get("examples")[Number(this.examples.value)];
      this.examples.value = "";
      if (chosen) give({ clean: chosen.clean, corrupt: chosen.corrupt, answer: chosen.answer, foil: chosen.foil });
    }, { signal });
  }

  draw(): void {
    const { model } = this;
    for (const { name, box, short } of this.boxes) {
      // While someone types, the box is ahead of the model.
      if (!box.matches(":focus")) box.value = short ? written(model.get(name)) : model.get(name);
    }
    options(this.site, model.get("sites").map((name) => [name, SITES[name] ?? name]), model.get("site"));
    options(this.direction, DIRECTIONS, model.get("direction"));
    options(this.metric, model.get("metrics").map((name) => [name, name]), model.get("metric"));
    const examples = model.get("examples");
    options(this.examples, [["", "Examples"], ...examples.map(({ label }, i): [string, string] => [`${i}`, label])], "");
    this.examples.hidden = examples.length === 0;
  }
}
