// Marks of this view's charts, each with its class.
import { svg } from "../shared/dom";

export function mark(tag: "line" | "rect" | "circle" | "text" | "path", kind: string, attributes: Record<string, string | number>, ...words: (Node | string)[]): SVGElement {
  return svg(tag, { class: `mikit-rep-${kind.replace(" ", " mikit-rep-")}`, ...attributes }, ...words);
}

export const line = (kind: string, x1: number, y1: number, x2: number, y2: number): SVGElement => mark("line", kind, { x1, y1, x2, y2 });

export const text = (kind: string, x: number, y: number, anchor: "start" | "middle" | "end", words: string): SVGElement =>
  mark("text", kind, { x, y, "text-anchor": anchor }, words);

/** Fills a chart; `words` say it to whoever does not see it. */
export function fill(chart: SVGSVGElement, width: number, height: number, words: string, marks: SVGElement[]): void {
  for (const [name, value] of Object.entries({ width, height, "aria-label": words })) chart.setAttribute(name, String(value));
  chart.replaceChildren(...marks);
}
