// Every cell as a point with its interval, over its controls, beside its numbers; wording by wording.
import { h, svg } from "../shared/dom";
import { fixed, percent, signed } from "../shared/format";
import type { CellWire, Measure } from "./traits";

const HEIGHT = 28;

interface Axis {
  low: number;
  high: number;
  text(value: number): string;
}

const finite = (values: (number | null)[]): number[] => values.filter((value): value is number => value !== null);

export function axisOf(cells: CellWire[], measure: Measure, bar: number): Axis {
  if (measure === "share right") return { low: 0, high: 1, text: percent };
  const all = [0, bar, ...cells.flatMap((cell) => finite([...cell.difference, cell.changed[1], cell.shuffled[1]]))];
  return { low: Math.floor(Math.min(...all)), high: Math.ceil(Math.max(...all)), text: (value) => signed(value, 1) };
}

/** "4 of 64 · 6 % [1, 17]" */
export function figures(cell: CellWire, measure: Measure): string {
  const [value, low, high] = measure === "share right" ? cell.right : cell.difference;
  if (value === null) return "not measured yet";
  if (measure === "share right") {
    const ends = low === null || high === null ? "" : ` [${Math.round(100 * low)}, ${Math.round(100 * high)}]`;
    return `${Math.round(value * cell.n)} of ${cell.n} · ${percent(value)}${ends}`;
  }
  return `${signed(value)}${low === null || high === null ? "" : ` [${fixed(low)}, ${fixed(high)}]`} logits`;
}

function picture(cell: CellWire, measure: Measure, axis: Axis, bar: number, width: number): SVGElement {
  const x = (value: number): number => 6 + ((width - 12) * (value - axis.low)) / (axis.high - axis.low || 1);
  const which = measure === "share right" ? 0 : 1;
  const [value, low, high] = measure === "share right" ? cell.right : cell.difference;
  const [changed, shuffled] = [cell.changed[which], cell.shuffled[which]];
  const middle = HEIGHT / 2;
  const at = (from: number | null | undefined): from is number => from !== null && from !== undefined;
  return svg("svg", { width, height: HEIGHT, role: "img", "aria-label": `${cell.names}: ${figures(cell, measure)}, bar ${axis.text(bar)}` },
    svg("line", { class: "mikit-claim-grid", x1: x(axis.low), x2: x(axis.high), y1: middle, y2: middle }),
    ...(at(changed) ? [svg("circle", { class: "mikit-claim-control", cx: x(changed), cy: middle, r: 4 })] : []),
    ...(at(shuffled) ? [svg("line", { class: "mikit-claim-control", x1: x(shuffled), x2: x(shuffled), y1: middle - 5, y2: middle + 5 })] : []),
    svg("line", { class: "mikit-claim-bar-line", x1: x(bar), x2: x(bar), y1: 0, y2: HEIGHT }),
    ...(at(low) && at(high) ? [svg("line", { class: "mikit-claim-whisker", x1: x(low), x2: x(high), y1: middle, y2: middle })] : []),
    ...(at(value) ? [svg("circle", { class: "mikit-claim-point", cx: x(value), cy: middle, r: 4.5 })] : []));
}

export function whiskers(cells: CellWire[], measure: Measure, bar: number, width: number): HTMLElement {
  const axis = axisOf(cells, measure, bar);
  const wide = width >= 700;
  const drawn = wide ? 260 : Math.max(120, width - 300);
  const wordings = [...new Set(cells.map(({ wording }) => wording))];
  return h("div", { class: "mikit-claim-plot" },
    ...wordings.flatMap((wording) => [
      h("p", { class: "mikit-claim-wording" }, wording),
      ...cells.filter((cell) => cell.wording === wording).map((cell) => h("div", { class: "mikit-claim-cell" },
        h("span", { class: "mikit-claim-names" }, cell.names), picture(cell, measure, axis, bar, drawn),
        h("span", { class: "mikit-claim-figures" }, figures(cell, measure)),
        h("span", { class: "mikit-claim-verdict" }, cell.verdict))),
    ]),
    h("p", { class: "mikit-claim-caption" },
      `Each line from ${axis.text(axis.low)} to ${axis.text(axis.high)}. Blue: measured, with the interval (95 % for all cells together). `
      + `Upright line in ink: the bar, ${axis.text(bar)}. Grey ring: the changed prompts, where the other name is right. Grey tick: which name is right drawn by a coin.`));
}
