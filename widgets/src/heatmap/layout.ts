// Where the parts of a heat map lie, in CSS pixels: plain arithmetic on widths and counts.
import type { Rect } from "../shared/canvas";

const SIDE = 280;
const GAP = 24;
/** Pitch of 11 px axis figures, and of rotated 12 px token labels. */
const LINE = 12;
const AXIS_CHARACTER = 6.7;
const TOKEN_CHARACTER = 7.25;
const LONGEST_TOKEN = 64;
/** Cells shrink below 12 pixels to fit, unless the page is so small that the map had better scroll. */
const NARROWEST = 12;
const SCROLL_BELOW = 480;
const TALLEST = 480;

export interface Shape {
  rows: string[];
  columns: string[];
  /** Column labels are tokens: always rotated, in the code font. */
  tokens: boolean;
}

export interface Layout {
  /** The side column stands beside the map, not under it. */
  beside: boolean;
  gutter: number;
  cellWidth: number;
  cellHeight: number;
  width: number;
  height: number;
  /** Height of the labels under the map. */
  foot: number;
  rotated: boolean;
  /** Every so many rows and columns carry a label. */
  rowStep: number;
  columnStep: number;
  /** Most characters of a label before its middle is left out. */
  rowCharacters: number;
  columnCharacters: number;
}

const clamp = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

const longest = (labels: string[]): number => labels.reduce((most, label) => Math.max(most, [...label].length), 0);

/** A step that leaves `room` pixels a label, in round numbers. */
export function labelStep(room: number, pitch: number): number {
  const least = Math.ceil(room / pitch);
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => step >= least) ?? 1000;
}

/** Before the first numbers: the size that most maps have, so that little moves when they come. */
const EMPTY = { rows: 15, columns: 15 };

export function layoutOf(shape: Shape, width: number): Layout {
  const [rows, columns] = [shape.rows.length || EMPTY.rows, shape.columns.length || EMPTY.columns];
  const gutter = clamp(36, Math.ceil(longest(shape.rows) * AXIS_CHARACTER) + 10, 112);
  const preferred = clamp(NARROWEST, Math.floor(460 / columns), 36);
  // Cells give way before the side column does: under the map it would make the view twice as tall.
  const beside = width >= 700 && gutter + columns * NARROWEST <= width - SIDE - GAP;
  const room = (beside ? width - SIDE - GAP : width) - gutter;
  const smallest = width < SCROLL_BELOW ? NARROWEST : 2;
  const cellWidth = clamp(smallest, Math.floor(room / columns), preferred);
  const cellHeight = Math.max(2, Math.min(clamp(8, Math.floor(330 / rows), 24), Math.floor(TALLEST / rows)));

  const characters = longest(shape.columns);
  const rotated = shape.tokens || characters * AXIS_CHARACTER > 2 * Math.max(cellWidth, LINE);
  const columnCharacters = rotated ? Math.floor(LONGEST_TOKEN / TOKEN_CHARACTER) : characters;
  const labelWidth = rotated ? LINE : characters * AXIS_CHARACTER + 4;
  return {
    beside, gutter, cellWidth, cellHeight, rotated, columnCharacters,
    width: columns * cellWidth,
    height: rows * cellHeight,
    foot: rotated ? Math.min(LONGEST_TOKEN, Math.ceil(characters * TOKEN_CHARACTER)) + 6 : 18,
    rowStep: labelStep(LINE, cellHeight),
    columnStep: labelStep(labelWidth, cellWidth),
    rowCharacters: Math.floor((gutter - 8) / AXIS_CHARACTER),
  };
}

/** The cell at a point of the map, or null outside it. */
export function cellAt(layout: Layout, rows: number, columns: number, x: number, y: number, up: boolean): [number, number] | null {
  const [column, line] = [Math.floor(x / layout.cellWidth), Math.floor(y / layout.cellHeight)];
  if (column < 0 || column >= columns || line < 0 || line >= rows) return null;
  return [up ? rows - 1 - line : line, column];
}

export function cellBox(layout: Layout, rows: number, row: number, column: number, up: boolean): Rect {
  const line = up ? rows - 1 - row : row;
  return {
    x: column * layout.cellWidth, y: line * layout.cellHeight, width: layout.cellWidth, height: layout.cellHeight,
  };
}

/** Which labels to print: every `step`-th, and `active`, which pushes its neighbours aside. */
export function printed(count: number, step: number, active: number | null, room: number, pitch: number): number[] {
  const indices = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  if (active === null) return indices;
  return [...indices.filter((i) => Math.abs(i - active) * pitch >= room), active];
}
