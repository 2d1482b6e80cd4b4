// In figures: what the lens says at one layer of both prompts, and the strongest parts.
import { h } from "../shared/dom";
import { percent, signed } from "../shared/format";
import { middle, tokenLabel, tokenSpan } from "../shared/tokens";
import { atEnd, valueAt, type Guess, type Reading, type Scene } from "./traits";

const RANKS = 5;
/** As many as Python names: rows that keep their place before the numbers come. */
const PARTS = 5;

export interface Place {
  layer: number;
  /** Position under the pointer; null: each prompt's last. */
  position: number | null;
}

function guess(one: Guess | undefined): HTMLElement {
  const bar = h("span", { class: "mikit-lens-share" });
  bar.style.width = `${Math.round(56 * (one?.p ?? 0))}px`;
  return h("div", { class: "mikit-lens-guess" },
    one ? tokenSpan({ text: one.text, special: false }) : h("span", {}, "\u00a0"), bar, h("span", { class: "mikit-lens-figure" }, one ? percent(one.p) : ""));
}

function column(reading: Reading, { layer, position }: Place): HTMLElement {
  const token = reading.tokens[position ?? reading.tokens.length - 1];
  const value = position === null ? atEnd(reading, layer) : valueAt(reading, layer, position);
  const at = token === undefined ? "" : ` at ${middle(tokenLabel(token), 9)}`;
  return h("div", { class: "mikit-lens-column" },
    h("div", { class: "mikit-lens-lensed" }, h("span", {}, `${reading.name}${at}`), h("span", { class: "mikit-lens-figure" }, Number.isNaN(value) ? "" : signed(value))),
    ...Array.from({ length: RANKS }, (_, i) => guess(reading.top[layer]?.[i])));
}

/** Both prompts at one layer, in a sentence. */
export function placeInWords(scene: Scene, { layer, position }: Place): string {
  const both = scene.readings.map((reading) => `${reading.name} ${signed(position === null ? atEnd(reading, layer) : valueAt(reading, layer, position))}`);
  const tops = scene.readings.map((reading) => tokenLabel(reading.top[layer]?.[0]?.text ?? ""));
  return `Layer ${layer}: ${both.join(", ")}; likeliest next ${tops.join(" and ")}`;
}

export class Readout {
  private readonly heading = h("div", { class: "mikit-lens-title" });
  private readonly columns = h("div", { class: "mikit-lens-columns" });
  private readonly parts = h("div", { class: "mikit-lens-parts" });
  readonly lens = h("div", { class: "mikit-lens-tops" }, this.heading, this.columns);
  readonly strongest = h("div", { class: "mikit-lens-strongest" }, this.parts);
  readonly element = h("div", { class: "mikit-lens-readout" }, this.lens, this.strongest);

  drawPlace(scene: Scene, place: Place): void {
    this.heading.replaceChildren(h("b", {}, `after layer ${place.layer}`), " likeliest next tokens at the end, through the lens");
    this.columns.replaceChildren(...scene.readings.map((reading) => column(reading, place)));
  }

  drawParts(scene: Scene): void {
    const [effect, control] = scene.shares ?? [];
    const row = (name: string, value: number | undefined, beside: number | undefined): HTMLElement => h("tr", {},
      name ? h("th", { scope: "row" }, name) : h("td", {}, "\u00a0"),
      h("td", {}, value === undefined ? "" : signed(value)),
      h("td", { class: "mikit-muted" }, beside === undefined ? "" : signed(beside)));
    this.parts.replaceChildren(h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "strongest heads and neurons"), h("th", { scope: "col" }, "adds"), h("th", { scope: "col" }, "control"))),
      h("tbody", {},
        ...Array.from({ length: PARTS }, (_, i) => row(scene.parts[i]?.name ?? "", scene.parts[i]?.value, scene.parts[i]?.control)),
        row("embedding", effect?.embedding, control?.embedding),
        row("biases of norm and unembedding", effect?.biases, control?.biases))));
  }
}
