// The loss curves: the control dashed and grey below, the network on top, chance dotted, the learner's guess a diamond.
import { spread } from "../shared/curves";
import { svg } from "../shared/dom";
import { fixed } from "../shared/format";
import type { Scene } from "./traits";

const LEFT = 28;
const RIGHT = 136;
const TOP = 8;
const BOTTOM = 34;
const LINE = 14;
const DIAMOND = 5;

/** A loss, two decimals; below that only its smallness counts. */
export const nats = (value: number): string => (value < 0.01 ? "< 0.01" : fixed(value));

export interface Plot {
  width: number;
  height: number;
  /** Pixels of a number of updates, and of a loss in nats. */
  x(update: number): number;
  y(nats: number): number;
}

/** Room for the highest curve; the axis starts at no loss. */
export function plotOf(scene: Scene, width: number, height: number): Plot {
  const finite = [...scene.loss, ...scene.control, scene.chance, scene.predicted ?? 0].filter(Number.isFinite);
  const most = Math.max(1, Math.ceil(2 * Math.max(...finite)) / 2);
  const [inner, tall] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  return {
    width, height,
    x: (update) => LEFT + (inner * update) / Math.max(1, scene.updates),
    y: (nats) => TOP + tall * (1 - nats / most),
  };
}

/** The measured step that is nearest to a point of the chart. */
export function stepAt(scene: Scene, plot: Plot, x: number): number {
  let best = 0;
  scene.steps.forEach((step, i) => {
    if (Math.abs(plot.x(step) - x) < Math.abs(plot.x(scene.steps[best] ?? 0) - x)) best = i;
  });
  return best;
}

function path(plot: Plot, steps: Float32Array, values: Float32Array): string {
  return Array.from(values, (value, i) => `${i ? "L" : "M"}${plot.x(steps[i]!).toFixed(1)} ${plot.y(value).toFixed(1)}`).join("");
}

function ticks(plot: Plot, scene: Scene): SVGElement[] {
  const [bottom, right] = [plot.y(0), plot.x(scene.updates)];
  const losses = Array.from({ length: 20 }, (_, i) => i).filter((value) => plot.y(value) >= TOP - 1);
  const apart = scene.updates / 5;
  const updates = Array.from({ length: 6 }, (_, i) => Math.round(i * apart));
  return [
    ...losses.flatMap((value) => [
      svg("line", { class: "mikit-tr-grid", x1: LEFT, x2: right, y1: plot.y(value), y2: plot.y(value) }),
      svg("text", { class: "mikit-tr-axis", x: LEFT - 6, y: plot.y(value) + 4, "text-anchor": "end" }, `${value}`),
    ]),
    ...updates.map((value) => svg("text", { class: "mikit-tr-axis", x: plot.x(value), y: bottom + 16, "text-anchor": "middle" }, `${value}`)),
    svg("text", { class: "mikit-tr-axis", x: right, y: bottom + 30, "text-anchor": "end" }, "updates →"),
    svg("text", { class: "mikit-tr-axis", x: LEFT, y: bottom + 30 }, "↑ loss, nats a token"),
  ];
}

interface Mark {
  text: string;
  kind: string;
  /** Where the labelled line ends. */
  at: number;
}

function marks(scene: Scene, plot: Plot): Mark[] {
  const last = scene.loss.length - 1;
  const found: Mark[] = [{ text: `chance ${fixed(scene.chance)}`, kind: "mikit-tr-of-chance", at: plot.y(scene.chance) }];
  if (last >= 0) {
    found.push({ text: `one layer ${nats(scene.control[last]!)}`, kind: "mikit-tr-of-control", at: plot.y(scene.control[last]!) });
    found.push({ text: `${words(scene.layers)} layers ${nats(scene.loss[last]!)}`, kind: "mikit-tr-of-effect", at: plot.y(scene.loss[last]!) });
  }
  if (scene.predicted !== null) found.push({ text: `you: ${fixed(scene.predicted, 1)}`, kind: "mikit-tr-of-you", at: plot.y(scene.predicted) });
  return found;
}

export function words(count: number): string {
  return ["no", "one", "two", "three", "four"][count] ?? String(count);
}

function diamond(x: number, y: number): SVGElement {
  const points = [[0, -DIAMOND], [DIAMOND, 0], [0, DIAMOND], [-DIAMOND, 0]].map(([dx, dy]) => `${x + dx!},${y + dy!}`);
  return svg("polygon", { class: "mikit-tr-you", points: points.join(" ") });
}

/** Draws it all; `cursor` is the index of a measured step, or null. */
export function drawChart(target: SVGSVGElement, scene: Scene, plot: Plot, cursor: number | null): void {
  const right = plot.x(scene.updates);
  const ends = marks(scene, plot);
  const places = spread(ends.map(({ at }) => at), LINE, plot.y(0));
  const at = cursor === null ? undefined : scene.steps[cursor];
  target.setAttribute("width", String(plot.width));
  target.setAttribute("height", String(plot.height));
  target.replaceChildren(
    ...ticks(plot, scene),
    svg("line", { class: "mikit-tr-chance", x1: plot.x(0), x2: right, y1: plot.y(scene.chance), y2: plot.y(scene.chance) }),
    svg("path", { class: "mikit-tr-control", d: path(plot, scene.steps, scene.control) }),
    svg("path", { class: "mikit-tr-effect", d: path(plot, scene.steps, scene.loss) }),
    ...ends.map(({ text, kind }, i) => svg("text", { class: `mikit-tr-label ${kind}`, x: right + 10, y: places[i]! + 4 }, text)),
    ...(scene.predicted === null ? [] : [diamond(right, plot.y(scene.predicted))]),
    ...(at === undefined ? [] : [
      svg("line", { class: "mikit-tr-cursor", x1: plot.x(at), x2: plot.x(at), y1: TOP, y2: plot.y(0) }),
      svg("circle", { class: "mikit-tr-dot-control", cx: plot.x(at), cy: plot.y(scene.control[cursor!]!), r: 3 }),
      svg("circle", { class: "mikit-tr-dot", cx: plot.x(at), cy: plot.y(scene.loss[cursor!]!), r: 3 }),
    ]),
  );
}
