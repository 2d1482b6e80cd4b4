// What the parts of this view are made of.
import { h, svg } from "../shared/dom";

/** A part of the view: what it is, and what it holds. */
export const box = (kind: string, ...children: (Node | string)[]): HTMLElement => h("div", { class: `mikit-cg-${kind}` }, ...children);

export const rect = (kind: string, x: number, y: number, width: number, height: number): SVGElement => svg("rect", { class: `mikit-cg-${kind}`, x, y, width: Math.max(0, width), height });

export const line = (kind: string, x1: number, y1: number, x2: number, y2: number): SVGElement => svg("line", { class: `mikit-cg-${kind}`, x1, y1, x2, y2 });

export const word = (x: number, y: number, text: string, anchor = "start"): SVGElement => svg("text", { class: "mikit-cg-axis", x, y, "text-anchor": anchor }, text);
