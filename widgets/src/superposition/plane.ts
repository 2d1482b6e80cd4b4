// One toy's features as arrows in the plane: large with numbers at the tips, or small in a row.
import { svg } from "../shared/dom";
import type { Arrow, Column } from "./traits";

/** Length of an arrow that would touch the picture's edge; the large one has room for labels. */
const REACH = 1.45;
const SMALL_REACH = 1.22;
const HEAD = 7;
/** Tips nearer than this share a label. */
const NEAR = 12;
const LABEL = 11;
/** Beside a tip that points sideways the text begins or ends nearer to it. */
const BESIDE = 6;

interface Place {
  x: number;
  y: number;
}

/** Labels at the tips, and one for features whose tips coincide. */
export function labelsOf(arrows: Arrow[], unit: number): (Place & { text: string; anchor: string })[] {
  const found: { right: number; up: number; text: string }[] = [];
  for (const one of arrows) {
    const same = found.find((other) => Math.hypot(other.right - one.right, other.up - one.up) * unit < NEAR);
    if (same) same.text += `, ${one.feature}`;
    else found.push({ right: one.right, up: one.up, text: `${one.feature}` });
  }
  return found.map(({ right, up, text }) => {
    const length = Math.hypot(right, up) || 1;
    const anchor = right > 0.4 * length ? "start" : right < -0.4 * length ? "end" : "middle";
    const gap = anchor === "middle" ? LABEL : BESIDE;
    return { x: unit * right + (gap * right) / length, y: -unit * up - (gap * up) / length, text, anchor };
  });
}

function head(x: number, y: number, length: number): string {
  const [along, across] = [[x / length, y / length], [-y / length, x / length]] as const;
  const back = (side: number): string =>
    `${(x - HEAD * along[0]! + (side * HEAD * across[0]!) / 2).toFixed(1)},${(y - HEAD * along[1]! + (side * HEAD * across[1]!) / 2).toFixed(1)}`;
  return `${x.toFixed(1)},${y.toFixed(1)} ${back(1)} ${back(-1)}`;
}

function arrowAt(arrow: Arrow, unit: number): SVGElement {
  const [x, y] = [unit * arrow.right, -unit * arrow.up];
  const length = Math.hypot(x, y);
  const kind = arrow.represented ? "mikit-sp-arrow" : "mikit-sp-arrow mikit-sp-out";
  const stop = length > HEAD ? (length - HEAD / 2) / length : 1;
  const line = svg("line", { class: kind, x2: (x * stop).toFixed(1), y2: (y * stop).toFixed(1) });
  return length > HEAD ? svg("g", {}, line, svg("polygon", { class: arrow.represented ? "mikit-sp-tip" : "mikit-sp-tip-out", points: head(x, y, length) })) : line;
}

function bare(arrow: Arrow, unit: number, kind: string): SVGElement {
  return svg("line", { class: kind, x2: (unit * arrow.right).toFixed(1), y2: (-unit * arrow.up).toFixed(1) });
}

/** Whole picture, its middle at 0, 0: where lengths of 1 end, the untrained directions below, and the learned ones. */
export function large(column: Column, side: number): SVGElement[] {
  const unit = side / 2 / REACH;
  const arrows = column.trained?.arrows ?? [];
  return [
    svg("line", { class: "mikit-sp-cross", x1: -side / 2, x2: side / 2 }),
    svg("line", { class: "mikit-sp-cross", y1: -side / 2, y2: side / 2 }),
    svg("circle", { class: "mikit-sp-circle", r: unit }),
    ...(column.untrained?.arrows ?? []).map((one) => bare(one, unit, "mikit-sp-untrained")),
    ...arrows.map((one) => arrowAt(one, unit)),
    ...labelsOf(arrows.filter((one) => one.represented), unit).map(({ x, y, text, anchor }) => svg("text", { class: "mikit-sp-name", x, y: y + 4, "text-anchor": anchor }, text)),
  ];
}

/** The same without words, for the row of all sparsities. */
export function small(column: Column, side: number): SVGElement[] {
  const unit = side / 2 / SMALL_REACH;
  return [
    svg("circle", { class: "mikit-sp-circle", r: unit }),
    ...(column.trained?.arrows ?? []).map((one) => bare(one, unit, one.represented ? "mikit-sp-line" : "mikit-sp-line mikit-sp-out")),
  ];
}
