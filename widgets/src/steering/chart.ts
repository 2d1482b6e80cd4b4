// One panel of a stack: its own y axis, lines under lines, and beside it the names and figures where the hand stands.
import { polyline } from "../shared/curves";
import { h, svg } from "../shared/dom";
import type { Curve } from "./traits";

export const LEFT = 40;
export const RIGHT = 152;
const LINE = 13;

/** A part of the panel: what it is, and what it holds. */
export const box = (kind: string, ...children: (Node | string)[]): HTMLElement => h("div", { class: `mikit-st-${kind}` }, ...children);

type Line = [x1: number, y1: number, x2: number, y2: number];

export const line = (kind: string, [x1, y1, x2, y2]: Line, more: Record<string, string> = {}): SVGElement => svg("line", { class: `mikit-st-${kind}`, x1, y1, x2, y2, ...more });

export const label = (kind: string, x: number, y: number, text: string, anchor = "start"): SVGElement => svg("text", { class: `mikit-st-${kind}`, x, y, "text-anchor": anchor }, text);

export interface Series {
  kind: string;
  /** Beside the panel, after a piece of the line; none: not named here. */
  name?: string;
  dash?: string;
  values: Float32Array;
}

export interface Panel {
  title: string;
  /** Class of the title. */
  kind: string;
  /** Under the title. */
  unit?: string;
  top: number;
  tall: number;
  low: number;
  high: number;
  ticks: readonly number[];
  text(value: number): string;
  /** From the bottom up: the last one is what the panel is about. */
  series: readonly Series[];
  whiskers?: Curve;
  band?: Curve;
  /** A level to be told from, and its name. */
  level?: [value: number, name: string];
}

/** `xs`: the pixel of each number of a series; `at`: the number whose figures are written. */
export function drawPanel(panel: Panel, xs: readonly number[], [left, right]: readonly [number, number], at: number): SVGElement[] {
  const { top, tall, low, high, text, series, whiskers, band, level: [level, name] = [high, ""] } = panel;
  const y = (value: number): number => top + tall * ((high - Math.max(low, Math.min(high, value))) / (high - low));
  const beside = right + 10;
  const figure = (values: Float32Array): string => (Number.isFinite(values[at]) ? text(values[at]!) : "–");
  const own = series.at(-1)!.values;
  const known = band ? [...xs.keys()].filter((i) => Number.isFinite(band.low[i])) : [];
  const from = top + 10 + LINE * (panel.unit ? 2 : 1);
  return [
    ...panel.ticks.flatMap((value) => [
      line(value === 0 ? "base" : "grid", [left, y(value), right, y(value)]),
      label("axis", left - 6, Math.min(top + tall, Math.max(top + 8, y(value) + 4)), text(value), "end"),
    ]),
    ...(known.length > 1 ? [svg("polygon", { class: "mikit-st-band", points: [...known.map((i) => `${xs[i]},${y(band!.high[i]!)}`), ...known.reverse().map((i) => `${xs[i]},${y(band!.low[i]!)}`)].join(" ") })] : []),
    ...series.map(({ kind, dash, values }) => svg("path", { class: `mikit-st-${kind}`, "stroke-dasharray": dash ?? false, d: polyline(xs, values.map(y)) })),
    ...(whiskers ? xs.flatMap((x, i) => (Number.isFinite(whiskers.low[i]) ? [line("whisker", [x, y(whiskers.high[i]!), x, y(whiskers.low[i]!)])] : [])) : []),
    ...(level < high ? [line("level", [left, y(level), right, y(level)]), label("axis", left + 4, y(level) - 2, name)] : []),
    ...(Number.isFinite(own[at]) ? [svg("circle", { class: `mikit-st-dot ${panel.kind}`, cx: xs[at]!, cy: y(own[at]!), r: 3.5 })] : []),
    svg("text", { class: `mikit-st-label ${panel.kind}`, x: beside, y: top + 10 }, `${panel.title} ${figure(own)}`),
    ...(panel.unit ? [label("axis", beside, top + 10 + LINE, panel.unit)] : []),
    ...series.filter(({ name }) => name).flatMap(({ kind, dash, name, values }, i) => [
      line(kind, [beside, from + i * LINE - 4, beside + 16, from + i * LINE - 4], dash ? { "stroke-dasharray": dash } : {}),
      label("axis", beside + 20, from + i * LINE, `${name} ${figure(values)}`),
    ]),
  ];
}
