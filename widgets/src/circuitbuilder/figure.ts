// Small pieces that the strip, the bars, the curve and the rounds are drawn with.
import { svg } from "../shared/dom";
import type { Ranged } from "./traits";

export const line = (kind: string, x1: number, y1: number, x2: number, y2: number): SVGElement => svg("line", { class: `mikit-cb-${kind}`, x1, y1, x2, y2 });

export const text = (kind: string, x: number, y: number, words: string, anchor = "start"): SVGElement => svg("text", { class: `mikit-cb-${kind}`, x, y, "text-anchor": anchor }, words);

export const rect = (kind: string, x: number, y: number, width: number, height: number): SVGElement => svg("rect", { class: `mikit-cb-${kind}`, x, y, width: Math.max(0, width), height });

export const dot = (kind: string, cx: number, cy: number, r: number): SVGElement => svg("circle", { class: `mikit-cb-${kind}`, cx, cy, r });

/** The learner's locked prediction. */
export function diamond(x: number, y: number, half = 5): SVGElement {
  return svg("polygon", { class: "mikit-cb-you", points: `${x},${y - half} ${x + half},${y} ${x},${y + half} ${x - half},${y}` });
}

/** A hairline over the range along x, where there is one. */
export function whisker([, low, high]: Ranged, y: number, x: (value: number) => number): SVGElement[] {
  return Number.isFinite(low) && Number.isFinite(high) ? [line("whisker", x(low), y, x(high), y)] : [];
}

/** A grey band over the range of a control's draws, where there is one. */
export function range([, low, high]: Ranged, y: number, height: number, x: (value: number) => number): SVGElement[] {
  return Number.isFinite(low) && Number.isFinite(high) ? [rect("band", x(low) - 1, y, x(high) - x(low) + 2, height)] : [];
}

export function size(target: SVGSVGElement, width: number, height: number): void {
  target.setAttribute("width", String(width));
  target.setAttribute("height", String(height));
}
