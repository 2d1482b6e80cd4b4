// The words around a heat map: row labels in the gutter, column labels under the map.
import { svg } from "../shared/dom";
import { middle } from "../shared/tokens";
import { printed, type Layout } from "./layout";

export interface Labels {
  rows: string[];
  columns: string[];
  up: boolean;
  tokens: boolean;
  active: readonly [number, number] | null;
}

function label(text: string, x: number, y: number, active: boolean, anchor: "start" | "middle" | "end", turn = ""): SVGTextElement {
  const attributes = { x, y, "text-anchor": anchor, class: active ? "mikit-axis mikit-axis-active" : "mikit-axis" };
  return svg("text", turn ? { ...attributes, transform: turn } : attributes, text);
}

export function drawRowLabels(target: SVGSVGElement, layout: Layout, labels: Labels): void {
  const { gutter, cellHeight, height, rowStep } = layout;
  const active = labels.active?.[0] ?? null;
  target.setAttribute("width", String(gutter));
  target.setAttribute("height", String(height));
  target.replaceChildren(...printed(labels.rows.length, rowStep, active, 12, cellHeight).map((row) => {
    const line = labels.up ? labels.rows.length - 1 - row : row;
    // Figures sit 4 px below their middle at 11 px; the outermost stay inside the picture.
    const y = Math.min(height - 1, Math.max(8, (line + 0.5) * cellHeight + 4));
    return label(middle(labels.rows[row] ?? "", layout.rowCharacters), gutter - 6, y, row === active, "end");
  }));
}

export function drawColumnLabels(target: SVGSVGElement, layout: Layout, labels: Labels): void {
  const { cellWidth, columnStep, columnCharacters, foot, rotated, width } = layout;
  const active = labels.active?.[1] ?? null;
  target.setAttribute("width", String(width));
  target.setAttribute("height", String(foot));
  target.classList.toggle("mikit-axis-tokens", rotated);
  const room = columnStep === 1 ? 0 : rotated ? 12 : columnStep * cellWidth;
  target.replaceChildren(...printed(labels.columns.length, columnStep, active, Math.max(room, 1), cellWidth).map((column) => {
    const text = middle(labels.columns[column] ?? "", columnCharacters);
    const x = (column + 0.5) * cellWidth;
    if (!rotated) return label(text, x, 13, column === active, "middle");
    return label(text, x + 4, 4, column === active, "end", `rotate(-90 ${x + 4} 4)`);
  }));
}
