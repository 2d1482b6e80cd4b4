// The metric over the dose: three random sites dashed and grey below, this site on top, the hand's dose as a hairline.
import { svg } from "../shared/dom";
import { signed } from "../shared/format";
import type { Dosed } from "./traits";

export const HEIGHT = 150;
const LEFT = 44;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 20;
const DIAMOND = 5;

export interface Ends {
  /** The metric of the original run, where it is known for these numbers. */
  original: number | null;
  predicted: number | null;
}

export interface Plot {
  width: number;
  x(dose: number): number;
  y(value: number): number;
  low: number;
  high: number;
}

export function plotOf(dosed: Dosed, { original, predicted }: Ends, width: number): Plot {
  const every = [...dosed.curve, ...dosed.others.flatMap((one) => [...one]), original ?? Number.NaN, predicted ?? Number.NaN];
  const known = every.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return {
    width, low, high,
    x: (dose) => LEFT + dose * (width - LEFT - RIGHT),
    y: (value) => TOP + ((high - value) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM),
  };
}

function path(plot: Plot, doses: Float32Array, values: Float32Array): string {
  return Array.from(values, (value, i) => `${i ? "L" : "M"}${plot.x(doses[i] ?? 0).toFixed(1)} ${plot.y(value).toFixed(1)}`).join("");
}

/** The levels of both unpatched runs. */
function levels(dosed: Dosed, original: number | null): [name: string, value: number][] {
  return [["changed", dosed.curve[0] ?? Number.NaN], ...(original === null ? [] : [["original", original] as [string, number]])];
}

function labels(plot: Plot, found: [name: string, value: number][]): SVGElement[] {
  return found.flatMap(([name, value]) => {
    const y = plot.y(value);
    return [
      svg("text", { class: "mikit-pat-tick", x: LEFT - 6, y: y + 4, "text-anchor": "end" }, signed(value)),
      svg("text", {
        class: "mikit-pat-tick", x: name === "changed" ? plot.width - RIGHT - 6 : LEFT + 4, "text-anchor": name === "changed" ? "end" : "start",
        y: y > HEIGHT / 2 ? y - 4 : y + 12,
      }, name),
    ];
  });
}

function diamond(x: number, y: number): SVGElement {
  const points = [[0, -DIAMOND], [DIAMOND, 0], [0, DIAMOND], [-DIAMOND, 0]].map(([dx, dy]) => `${x + (dx ?? 0)},${y + (dy ?? 0)}`);
  return svg("polygon", { class: "mikit-pat-you", points: points.join(" ") });
}

/** Draws it all; `at` is the index of the hand's dose. */
export function drawCurve(target: SVGSVGElement, dosed: Dosed, ends: Ends, at: number, width: number): void {
  const plot = plotOf(dosed, ends, width);
  const bottom = HEIGHT - BOTTOM;
  const [dose, value] = [dosed.doses[at] ?? 0, dosed.curve[at] ?? Number.NaN];
  const tick = (where: number, text: string): SVGElement => (
    svg("text", { class: "mikit-pat-tick", x: plot.x(where), y: bottom + 15, "text-anchor": where === 1 ? "end" : where ? "middle" : "start" }, text));
  const found = levels(dosed, ends.original);
  const level = (value: number): SVGElement => (
    svg("line", { class: "mikit-pat-level", x1: LEFT, x2: width - RIGHT, y1: plot.y(value), y2: plot.y(value) }));
  target.setAttribute("width", String(width));
  target.setAttribute("height", String(HEIGHT));
  target.replaceChildren(
    ...found.map(([, value]) => level(value)),
    tick(0, "0"), tick(0.5, "dose"), tick(1, "1"),
    ...dosed.others.filter((one) => one.every(Number.isFinite)).map((one) => svg("path", { class: "mikit-pat-random", d: path(plot, dosed.doses, one) })),
    ...labels(plot, found),
    svg("line", { class: "mikit-pat-hand", x1: plot.x(dose), x2: plot.x(dose), y1: TOP - 6, y2: bottom + 4 }),
    svg("path", { class: "mikit-pat-curve", d: path(plot, dosed.doses, dosed.curve) }),
    svg("circle", { class: "mikit-pat-dot", cx: plot.x(dose), cy: plot.y(value), r: 4 }),
    ...(ends.predicted === null ? [] : [diamond(plot.x(1), plot.y(ends.predicted))]),
  );
}
