// Faithfulness by size: the strongest edges first, and random circuits of each size as a grey band under it.
import { polyline } from "../shared/curves";
import { svg } from "../shared/dom";
import { dot, line, rect, size, text } from "./figure";
import type { Curve } from "./traits";
import { count, drawnInWords, fixed } from "./words";

const LEFT = 30;
const RIGHT = 12;
const TOP = 8;
const FOOT = 30;
/** What the y axis covers at most: a ratio can be anything where the two ends are close. */
const LOWEST = -0.5;
const HIGHEST = 3;
/** Up to this end the axis has a tick at every half. */
const HALVES = 1.5;

export interface Own {
  edges: number;
  faithfulness: number;
}

export interface Plot {
  x(size: number): number;
  y(share: number): number;
  low: number;
  high: number;
}

export function plotOf(curve: Curve, own: Own | null, width: number, height: number): Plot {
  const sizes = [...curve.sizes, ...(own ? [Math.max(1, own.edges)] : [])];
  const [from, to] = [Math.log(Math.min(...sizes)), Math.log(Math.max(...sizes))];
  const all = [...curve.found, ...curve.random, [own?.faithfulness ?? 0]].flat().filter(Number.isFinite);
  const [low, most] = [Math.max(LOWEST, Math.min(0, ...all)), Math.max(1.05, ...all)];
  const high = most > 1.05 ? Math.min(HIGHEST, Math.ceil(2 * most) / 2) : most; // up to a tick
  return {
    low, high,
    x: (one) => LEFT + ((Math.log(one) - from) / (to - from || 1)) * (width - LEFT - RIGHT),
    y: (share) => TOP + ((high - Math.max(low, Math.min(high, share))) / (high - low)) * (height - TOP - FOOT),
  };
}

/** A value beyond the axis is held at its end, and carries a mark on the side that has room. */
function held(kind: string, value: number, x: number, { y, low, high }: Plot, width: number): SVGElement[] {
  const side = x > width / 2 ? -1 : 1;
  return value > high || value < low ? [text(kind, x + 8 * side, y(value) + 4, value > high ? "+" : "−", side > 0 ? "start" : "end")] : [];
}

function ticksOf({ low, high }: Plot): number[] {
  const step = high > HALVES ? 1 : 0.5;
  return [...(low === LOWEST ? [LOWEST] : []), ...Array.from({ length: Math.floor(high / step) + 1 }, (_, i) => i * step)];
}

/** The measured size under a pixel. */
export function nearest(curve: Curve, plot: Plot, x: number): number {
  let best = 0;
  curve.sizes.forEach((one, i) => {
    if (Math.abs(plot.x(one) - x) < Math.abs(plot.x(curve.sizes[best]!) - x)) best = i;
  });
  return best;
}

export function drawCurve(target: SVGSVGElement, curve: Curve, own: Own | null, at: number | null, width: number, height: number): void {
  const plot = plotOf(curve, own, width, height);
  const xs = Array.from(curve.sizes, plot.x);
  const ys = (values: number[]): number[] => values.map((value) => (Number.isFinite(value) ? plot.y(value) : Number.NaN));
  const known = [...xs.keys()].filter((i) => Number.isFinite(curve.random[i]![1]));
  const bottom = height - FOOT;
  const powers = Array.from({ length: 8 }, (_, i) => 10 ** i).filter((one) => plot.x(one) >= LEFT - 1 && plot.x(one) <= width - RIGHT + 1);
  size(target, width, height);
  target.replaceChildren(
    ...ticksOf(plot).flatMap((tick) => [line(tick === 0 || tick === 1 ? "base" : "grid", LEFT, plot.y(tick), width - RIGHT, plot.y(tick)), text("axis", LEFT - 6, plot.y(tick) + 4, `${tick}`.replace("-", "−"), "end")]),
    ...powers.flatMap((one) => [line("base", plot.x(one), bottom, plot.x(one), bottom + 4), text("axis", plot.x(one), bottom + 15, count(one), "middle")]),
    text("axis", width - RIGHT, height - 2, "edges in the circuit →", "end"),
    text("axis", LEFT, height - 2, "↑ faithfulness"),
    ...(known.length > 1 ? [svg("polygon", { class: "mikit-cb-band", points: [
      ...known.map((i) => `${xs[i]!.toFixed(1)},${plot.y(curve.random[i]![2]).toFixed(1)}`), ...[...known].reverse().map((i) => `${xs[i]!.toFixed(1)},${plot.y(curve.random[i]![1]).toFixed(1)}`),
    ].join(" ") })] : []),
    svg("path", { class: "mikit-cb-random", d: polyline(xs, ys(curve.random.map(([value]) => value))) }),
    svg("path", { class: "mikit-cb-line", d: polyline(xs, ys(curve.found.map(([value]) => value))) }),
    ...curve.found.flatMap(([value, low, high], i) => [
      ...(Number.isFinite(low) ? [line("whisker", xs[i]!, plot.y(low), xs[i]!, plot.y(high))] : []), ...(Number.isFinite(value) ? [dot("point", xs[i]!, plot.y(value), 2.5)] : []),
      ...held("mark", value, xs[i]!, plot, width), ...held("axis", curve.random[i]![0], xs[i]!, plot, width),
    ]),
    ...(own && Number.isFinite(own.faithfulness) ? [
      line("hand", plot.x(own.edges), TOP - 4, plot.x(own.edges), bottom), dot("dot", plot.x(own.edges), plot.y(own.faithfulness), 5), ...held("mark", own.faithfulness, plot.x(own.edges), plot, width),
    ] : []),
    ...(at === null ? [] : [rect("hover", xs[at]! - 0.5, TOP, 1, bottom - TOP)]),
  );
}

/** What stands at one measured size. */
export function sizeInWords(curve: Curve, i: number): string {
  return `${count(curve.sizes[i]!)} edges: strongest ${fixed(curve.found[i]![0])}, random ${drawnInWords(curve.random[i]!)}`;
}
