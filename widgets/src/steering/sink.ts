// Why position 0 is left out: what the arrow would be with it, layer by layer, and how well the arrow tells pairs apart.
import { svg } from "../shared/dom";
import { fixed, percent } from "../shared/format";
import { drawPanel, label, LEFT, line, RIGHT } from "./chart";
import type { Found } from "./traits";
import { sinkInWords } from "./words";

const TALL = 38;
const GAP = 8;
const FOOT = 16;

/** Fills the part below the texts with it. */
export function drawSink(element: HTMLElement, found: Found, layer: number, width: number): void {
  const { sink, length, told, shuffled } = found;
  const [layers, right] = [shuffled.length, width - RIGHT];
  const x = (at: number): number => LEFT + (at / Math.max(1, layers - 1)) * (right - LEFT);
  const height = 3 * (TALL + GAP) + FOOT;
  const ends = (low: number, high: number): { low: number; high: number; ticks: number[] } => ({ low, high, ticks: [low, high] });
  const both = ([all, without]: Found["sink"]) => [
    { kind: "all", name: "with position 0", values: all }, { kind: "effect", name: "without it", values: without },
  ];
  const panels = [
    { title: "sink cosine", text: fixed, series: both(sink), ...ends(Math.min(0, ...sink[0], ...sink[1]), 1) },
    { title: "length", text: fixed, series: both(length), ...ends(0, Math.max(1, ...length[0], ...length[1])) },
    {
      title: "told apart", text: percent, whiskers: told, ...ends(0, 1),
      series: [{ kind: "control", dash: "5 3", name: "shuffled pairs", values: shuffled }, { kind: "effect", name: "without it", values: told.value }],
    },
  ];
  const words = sinkInWords(found, layer);
  element.replaceChildren(words, svg("svg", { class: "mikit-st-chart", role: "img", width, height, "aria-label": words },
    ...panels.flatMap((panel, i) => drawPanel(
      { ...panel, text: (value) => panel.text(value), kind: "mikit-st-of-effect", top: 2 + i * (TALL + GAP), tall: TALL },
      Array.from(shuffled, (_, at) => x(at)), [LEFT, right], layer)),
    line("hand", [x(layer), 0, x(layer), height - FOOT]),
    ...[0, Math.floor((layers - 1) / 2), layers - 1].map((at) => label("axis", x(at), height - 3, `L${at}`, "middle"))));
}
