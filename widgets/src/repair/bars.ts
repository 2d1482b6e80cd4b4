// Who brings it back: the parts that change most, the rest in one row, and the sum; and pairs of heads beside random pairs.
import { h, svg } from "../shared/dom";
import { fill, line, mark, text } from "./marks";
import { backward, two, unsure, type Head, type Named, type Scene, type Value } from "./traits";

const ROW = 18;
const LABEL = 96;
const FIGURE = 48;

/** The largest parts, the others added up, and the sum: the rows but the last add up to the last. */
export function rowsOf(parts: readonly Named[], sum: Value, listed: number): Bar[] {
  const others = parts.slice(listed);
  return [
    ...parts.slice(0, listed).map((part) => ({ ...part, kind: "part" })),
    { low: Number.NaN, high: Number.NaN, name: `${others.length} more parts`, value: others.reduce((all, { value }) => all + value, 0), kind: "rest" },
    { ...sum, name: "sum", kind: "sum" },
  ];
}

type Bar = Named & { kind: string };

const inWords = (bars: readonly Bar[]): string => bars.map(({ name, value }) => `${name} ${two(value)}`).join();

/** Bars around zero, a name to the left and a figure to the right; `band` is a range in grey under all of them. */
function bars(all: readonly Bar[], width: number, band: readonly number[]): SVGElement[] {
  const ends = all.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite).concat(band, 0);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const left = LABEL + 8;
  const x = (value: number): number => left + ((value - low) / (high - low || 1)) * (width - FIGURE - left);
  const between = (kind: string, one: number, other: number, y: number, height: number): SVGElement =>
    mark("rect", kind, { x: Math.min(x(one), x(other)), y, width: Math.max(0.5, Math.abs(x(one) - x(other))), height });
  return [
    ...(band.length ? [between("band", band[0]!, band[1]!, 0, ROW * all.length)] : []),
    ...all.flatMap((one, i) => [
      ...(one.kind === "sum" ? [line("grid", 0, i * ROW + 0.5, width, i * ROW + 0.5)] : []),
      text(`label ${one.kind}`, LABEL, i * ROW + 13, "end", one.name),
      between(one.value < 0 ? "neg" : "pos", 0, one.value, i * ROW + 4, ROW - 7),
      ...(Number.isFinite(one.low) ? [line("whisker", x(one.low), i * ROW + 9.5, x(one.high), i * ROW + 9.5)] : []),
      text(`label ${one.kind}`, width, i * ROW + 13, "end", two(one.value)),
    ]),
    ...(all.length ? [line("zero", x(0), 0, x(0), ROW * all.length)] : []),
  ];
}

export interface BarsPanel {
  element: HTMLElement;
  draw(scene: Scene, width: number, listed: number): void;
}

export function barsPanel(): BarsPanel {
  const [back, pairs] = [svg("svg", { role: "img" }), svg("svg", { role: "img" })];
  const paragraph = (kind: string, ...words: string[]): HTMLElement => h("p", { class: `mikit-rep-${kind}` }, ...words);
  const [title, words, beyond] = [paragraph("title"), paragraph("words"), paragraph("words")];
  return {
    element: h("div", {}, title, words, back, paragraph("title", "Two heads off, beyond their sum"), beyond, pairs),
    draw(scene, width, listed) {
      const { chosen, parts, sum, pairs: all, random, split } = scene;
      title.textContent = !split ? "No numbers yet" : chosen!.row < 0 ? `${chosen!.name} was not split` : `Without ${chosen!.name}, these change`;
      words.textContent = split ? wordsOf(chosen!, scene) : "\u00a0";
      const rows = parts.length ? rowsOf(parts, sum, listed) : [];
      fill(back, width, ROW * (listed + 2), inWords(rows), bars(rows, width, []));
      const values = random.map(({ value }) => value);
      const band = values.length ? [Math.min(...values), Math.max(...values)] : [];
      beyond.textContent = all.length
        ? `Lost without both, beyond each alone: the most of ${all.length} pairs. Grey: ${random.length} random pairs, ${two(band[0]!)} to ${two(band[1]!)}.` : "";
      const shown = all.slice(0, listed / 2).map((pair) => ({ ...pair, kind: "part" }));
      fill(pairs, width, ROW * (listed / 2), inWords(shown), bars(shown, width, band));
    },
  };
}

function wordsOf(head: Head, scene: Scene): string {
  const { direct, total, drawsDirect, drawsTotal, row } = head;
  if (row < 0) return "Only full dots were.";
  const open = unsure(scene);
  const then = open ? `the difference is ${open}` : backward(head) > 0 ? "later parts make up for it" : "later parts lose what they had from it";
  const spread = Number.isNaN(drawsTotal.low) ? "" : ` Set to places of ordinary texts instead (${scene.draws} draws): ${two(drawsDirect.low)} to ${two(drawsDirect.high)}, and ${two(drawsTotal.low)} to ${two(drawsTotal.high)}.`;
  return `It writes ${two(direct.value)}, the model loses ${two(total.value)}: ${then}.${spread}`;
}
