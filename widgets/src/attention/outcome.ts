// What switching heads off did: the number, and on one scale the random heads it has to be compared with.

import { h, svg } from "../shared/dom";
import { fixed, interval } from "../shared/format";
import type { NumberSlot } from "../shared/number";
import type { Now, Part } from "./parts";
import { drawsInWords, effectSentence, headsInWords, medianAndRange, summary } from "./text";
import type { Effect } from "./traits";

const WIDTH = 128;
const HEIGHT = 28;
const AXIS = 18;
const EDGE = 8;
/** Stands where a number will. */
const NONE = "–";

export class Outcome implements Part {
  readonly element = h("div", { class: "mikit-att-outcome" });
  private readonly table = h("table", { class: "mikit-att-effect-table" });
  private readonly strip = h("div", { class: "mikit-att-strip" });
  private readonly sentence = h("p", { class: "mikit-att-sentence" });

  constructor(private readonly number: NumberSlot) {
    this.element.append(this.table, h("div", { class: "mikit-att-number" }, number.element, this.strip), this.sentence);
  }

  draw({ scene: { effect, surprise }, held }: Now): void {
    const off = effect !== null && effect.heads.length > 0;
    this.sentence.textContent = effectSentence(effect, held);
    this.table.replaceChildren(...rowsOf(effect));
    this.strip.replaceChildren(...(off ? [stripOf(effect)] : []));
    if (off) this.number.show({ label: `guessed, ${headsInWords(effect.heads)} off`, value: `${effect.muted.guessed} of ${effect.muted.n}` });
    else if (effect) this.number.show({ label: "guessed, all heads on", value: `${effect.base.guessed} of ${effect.base.n}` });
    else this.drawAsIs(surprise);
  }

  /** Before any effect came: how surprised the run is by its text. */
  private drawAsIs(nats: Float32Array): void {
    const scored = nats.filter((value) => !Number.isNaN(value));
    if (!scored.length) return this.number.clear();
    const mean = scored.reduce((sum, value) => sum + value, 0) / scored.length;
    this.number.show({ label: "surprise, as is", value: fixed(mean), unit: "nats a token" });
  }
}

/** Switched off, as is, random heads: each as tokens guessed and as surprise. The rows stand there before their numbers. */
function rowsOf(effect: Effect | null): HTMLElement[] {
  const off = effect !== null && effect.heads.length > 0;
  const row = (cells: string[], title = ""): HTMLElement =>
    h("tr", { title }, ...cells.map((text, i) => h(i ? "td" : "th", i ? {} : { scope: "row" }, text)));
  return [
    h("thead", {}, h("tr", {}, ...[off ? drawsInWords(effect) : "", "guessed", "surprise, nats"].map((text) => h(text ? "th" : "td", {}, text)))),
    h("tbody", {},
      row(off ? offCells(effect) : ["heads off", NONE, NONE]),
      row(effect ? ["as is", `${effect.base.guessed}`, fixed(effect.base.surprise)] : ["as is", NONE, NONE]),
      row(off ? randomCells(effect) : ["random heads", NONE, NONE], "median of the draws, and their range")),
  ];
}

function offCells({ heads, muted: { guessed, surprise, low, high } }: Effect): string[] {
  return [`${headsInWords(heads)} off`, `${guessed}`, low === null || high === null ? fixed(surprise) : interval(surprise, low, high, 2)];
}

function randomCells({ heads, draws }: Effect): string[] {
  const name = heads.length === 1 ? "a random head" : `${heads.length} random heads`;
  return draws.guessed.length ? [name, medianAndRange(draws.guessed, 0), medianAndRange(draws.surprise, 2)] : [name, "…", "…"];
}

/** Guessed tokens from none to all: random draws in grey below, as is a dashed line, the heads switched off on top. */
function stripOf({ heads, base, muted, draws }: Effect): SVGSVGElement {
  const x = (guessed: number): number => EDGE + (guessed / Math.max(1, base.n)) * (WIDTH - 2 * EDGE);
  const { median, low, high } = summary(draws.guessed);
  const words = `Guessed of ${base.n}: ${headsInWords(heads)} off ${muted.guessed}, as is ${base.guessed}`
    + (draws.guessed.length ? `, random heads ${medianAndRange(draws.guessed, 0)}` : "");
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", "aria-label": words });
  picture.append(svg("line", { class: "mikit-att-strip-axis", x1: x(0), x2: x(base.n), y1: AXIS, y2: AXIS }));
  if (draws.guessed.length) {
    picture.append(
      svg("rect", { class: "mikit-att-band", x: x(low) - 3, y: AXIS - 13, width: x(high) - x(low) + 6, height: 13 }),
      ...stacked(draws.guessed).map(([value, level]) => svg("circle", { class: "mikit-att-draw", cx: x(value), cy: AXIS - 3 - 2.5 * Math.min(level, 4), r: 2.5 })),
      svg("line", { class: "mikit-att-median", x1: x(median), x2: x(median), y1: AXIS - 15, y2: AXIS + 2 }),
    );
  }
  picture.append(
    svg("line", { class: "mikit-att-base", x1: x(base.guessed), x2: x(base.guessed), y1: 2, y2: AXIS + 2 }),
    svg("circle", { class: "mikit-att-effect", cx: x(muted.guessed), cy: AXIS - 6, r: 4 }),
    ...ends(x(0), x(base.n), base.n),
  );
  return picture;
}

/** Equal draws stand one above the other, so that each stays countable. */
function stacked(values: readonly number[]): [value: number, level: number][] {
  const seen = new Map<number, number>();
  return values.map((value) => {
    const level = seen.get(value) ?? 0;
    seen.set(value, level + 1);
    return [value, level];
  });
}

function ends(left: number, right: number, n: number): SVGElement[] {
  return [
    svg("text", { class: "mikit-att-strip-text", x: left, y: HEIGHT, "text-anchor": "middle" }, "0"),
    svg("text", { class: "mikit-att-strip-text", x: right, y: HEIGHT, "text-anchor": "middle" }, `${n}`),
  ];
}
