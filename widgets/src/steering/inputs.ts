// What a reader sets first: the prompt, the direction and what is done with it, the layers, how many texts.
import { options, selectField, textField } from "../shared/fields";
import { box } from "./chart";
import type { How, Offered, SteeringModel, SteeringTraits } from "./traits";

export type Given = Partial<Pick<SteeringTraits, "prompt" | "mode" | "direction" | "how" | "layer" | "last" | "samples">>;

const HOWS: Record<How, string> = { add: "add", project: "take out", clamp: "hold at", ablate: "switch off" };
const MOST_SAMPLES = 4;

/** Both layers, in order: one that passes the other takes it along. */
export function span(which: "layer" | "last", to: number, layer: number, last: number): { layer: number; last: number } {
  return which === "layer" ? { layer: to, last: layer === last ? to : Math.max(to, last) } : { layer: Math.min(to, layer), last: to };
}

export class Inputs {
  private readonly prompt: HTMLInputElement;
  private readonly selects: Record<"mode" | "examples" | "direction" | "how" | "layer" | "last" | "samples", HTMLSelectElement>;
  readonly controls: (HTMLInputElement | HTMLSelectElement)[];
  readonly elements: HTMLElement[];

  constructor(private readonly model: SteeringModel, signal: AbortSignal, give: (given: Given) => void) {
    const layers = (which: "layer" | "last") => (to: string): void => give(span(which, Number(to), model.get("layer"), model.get("last")));
    this.prompt = textField("Prompt", signal, (prompt) => give({ prompt }));
    const { mode, examples, direction, how, layer, last, samples } = this.selects = {
      mode: selectField("How the prompt is read", signal, (mode) => give({ mode: mode as "continue" | "chat" })),
      examples: selectField("Examples", signal, (i) => {
        const { prompt, direction } = model.get("examples")[Number(i)]!;
        give({ prompt, direction });
      }),
      direction: selectField("Direction", signal, (direction) => give({ direction })),
      how: selectField("What is done with the direction", signal, (how) => give({ how: how as How })),
      layer: selectField("First steered layer", signal, layers("layer")),
      last: selectField("Last steered layer", signal, layers("last")),
      samples: selectField("How many texts", signal, (samples) => give({ samples: Number(samples) })),
    };
    this.controls = [this.prompt, ...Object.values(this.selects)];
    this.elements = [box("row", this.prompt, mode, examples), box("row", direction, how, layer, last, samples)];
  }

  chosen(): Offered | undefined {
    return this.model.get("directions").find(({ name }) => name === this.model.get("direction"));
  }

  draw(): void {
    const { model, selects } = this;
    const count = (n: number, text: (i: number) => string, from = 0): [string, string][] => Array.from({ length: n }, (_, i) => [`${i + from}`, text(i + from)]);
    const examples = model.get("examples");
    // While someone types, the box is ahead of the model.
    if (!this.prompt.matches(":focus")) this.prompt.value = model.get("prompt");
    selects.mode.hidden = !model.get("has_chat");
    selects.examples.hidden = examples.length === 0;
    options(selects.mode, [["continue", "Continue"], ["chat", "Chat"]], model.get("mode"));
    options(selects.examples, [["", "Examples"], ...count(examples.length, (i) => examples[i]!.label)], "");
    options(selects.direction, model.get("directions").map(({ name }) => [name, name]), model.get("direction"));
    options(selects.how, (this.chosen()?.hows ?? ["add"]).map((how) => [how, HOWS[how]]), model.get("how"));
    options(selects.layer, count(model.get("layers"), (i) => `from L${i}`), `${model.get("layer")}`);
    options(selects.last, count(model.get("layers"), (i) => `to L${i}`), `${model.get("last")}`);
    options(selects.samples, count(MOST_SAMPLES, (n) => (n > 1 ? `${n} texts` : "1 text"), 1), `${model.get("samples")}`);
  }
}
