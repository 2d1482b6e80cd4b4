// What a reader sets first: the prompt, the answer and its foil, how many neurons; or an example.
import { options, selectField, textField } from "../shared/fields";
import { meant, written } from "../shared/onetoken";
import { box } from "./box";
import type { CircuitGraphModel, CircuitGraphTraits } from "./traits";

export type Given = Partial<Pick<CircuitGraphTraits, "prompt" | "answer" | "foil" | "count">>;

const ONE = "One token. The dot stands for a space: in mid-sentence a word begins with one.";

export class Inputs {
  private readonly texts: Record<"prompt" | "answer" | "foil", HTMLInputElement>;
  private readonly count: HTMLSelectElement;
  private readonly examples: HTMLSelectElement;
  readonly controls: (HTMLInputElement | HTMLSelectElement)[];
  readonly element: HTMLElement;

  constructor(private readonly model: CircuitGraphModel, signal: AbortSignal, give: (given: Given) => void) {
    const token = (name: "answer" | "foil", label: string, hint: string): HTMLInputElement => {
      const field = textField(label, signal, (text) => give({ [name]: meant(text) }), hint);
      field.title = ONE;
      return field;
    };
    this.texts = {
      prompt: textField("Prompt", signal, (prompt) => give({ prompt })),
      answer: token("answer", "Answer", "answer"), foil: token("foil", "Foil: left empty, the answer's logit itself", "no foil"),
    };
    this.count = selectField("How many neurons", signal, (count) => give({ count: Number(count) }));
    this.examples = selectField("Examples", signal, (i) => {
      const { prompt, answer, foil } = model.get("examples")[Number(i)]!;
      give({ prompt, answer, foil });
    });
    this.controls = [...Object.values(this.texts), this.count, this.examples];
    this.element = box("row", ...this.controls);
  }

  draw(): void {
    const { model } = this;
    const [examples, count] = [model.get("examples"), model.get("count")];
    for (const [name, field] of Object.entries(this.texts)) {
      // While someone types, the box is ahead of the model.
      if (!field.matches(":focus")) field.value = written(model.get(name as "prompt"));
    }
    const counts = [...new Set([...model.get("counts"), count])].sort((a, b) => a - b);
    options(this.count, counts.map((one) => [`${one}`, `${one} neurons`]), `${count}`);
    options(this.examples, [["", "Examples"], ...examples.map(({ label }, i): [string, string] => [`${i}`, label])], "");
    this.examples.hidden = examples.length === 0;
  }
}
