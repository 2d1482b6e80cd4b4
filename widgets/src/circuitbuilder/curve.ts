// Faithfulness by size: the strongest edges first, and random circuits of each size as a grey band under it.
import { polyline } from "../shared/curves";
import { svg } from "../shared/dom";
import { dot, line, rect, size, text } from "./figure";
import type { Curve } from "./traits";
import { count, fixed } from "./words";

const LEFT = 30;
const RIGHT = 12;
const TOP = 8;
const FOOT = 30;
/** What the y axis covers at most: a ratio can be anything where the two ends are close. */
const LOWEST = -0.5;
const HIGHEST = 3;
/** Below this end the axis has a tick at every half. */
const HALVES = 1.6;

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
  const [low, high] = [Math.max(LOWEST, Math.min(0, ...all)), Math.min(HIGHEST, Math.max(1.05, ...all))];
  return {
    low, high,
    x: (one) => LEFT + ((Math.log(one) - from) / (to - from || 1)) * (width - LEFT - RIGHT),
    y: (share) => TOP + ((high - Math.max(low, Math.min(high, share))) / (high - low)) * (height - TOP - FOOT),
  };
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
    ...(plot.high < HALVES ? [0, 0.5, 1] : [0, 1, 2, 3]).filter((tick) => tick <= plot.high).flatMap((tick) => [line(tick === 0 || tick === 1 ? "base" : "grid", LEFT, plot.y(tick), width - RIGHT, plot.y(tick)), text("axis", LEFT - 6, plot.y(tick) + 4, `${tick}`, "end")]),
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
    ]),
    ...(own && Number.isFinite(own.faithfulness) ? [
      line("hand", plot.x(own.edges), TOP - 4, plot.x(own.edges), bottom), dot("dot", plot.x(own.edges), plot.y(own.faithfulness), 5),
    ] : []),
    ...(at === null ? [] : [rect("hover", xs[at]! - 0.5, TOP, 1, bottom - TOP)]),
  );
}

/** What stands at one measured size. */
export function sizeInWords(curve: Curve, i: number): string {
  const [value, [random, low, high]] = [curve.found[i]![0], curve.random[i]!];
  return `${count(curve.sizes[i]!)} edges: strongest ${fixed(value)}, random ${fixed(random)}${Number.isFinite(low) ? ` [${fixed(low)}, ${fixed(high)}]` : ""}`;
}
