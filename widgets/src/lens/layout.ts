// Where the parts of the lens view lie, in CSS pixels.
import { labelStep, type Layout } from "../heatmap/layout";
import { tokenLabel } from "../shared/tokens";

export const GUTTER = 36;
const GAP = 24;
const WIDEST = 30;
const NARROWEST = 10;
const TOKEN_CHARACTER = 7.25;
const LONGEST_TOKEN = 64;
/** Before the first numbers: about as many tokens as most prompts have. */
const EMPTY = 14;
const EMPTY_CHARACTERS = 6;

export interface Columns {
  /** Two columns; one below the other where the prompts are too long for that. */
  beside: boolean;
  /** Width of one column. */
  width: number;
}

function longest(prompts: readonly string[][]): number {
  return Math.max(...prompts.map((tokens) => tokens.length)) || EMPTY;
}

export function columnsOf(prompts: readonly string[][], width: number): Columns {
  const half = Math.floor((width - GAP) / 2);
  const beside = GUTTER + longest(prompts) * NARROWEST <= half;
  return { beside, width: beside ? half : width };
}

/** One map's layout; both maps have the same cells. */
export function mapLayout(layers: number, prompts: readonly string[][], at: 0 | 1, columns: Columns, tall: number): Layout {
  const [count, most] = [prompts[at]?.length || longest(prompts), longest(prompts)];
  const cellWidth = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((columns.width - GUTTER) / most)));
  const cellHeight = Math.min(24, Math.max(3, Math.floor(tall / layers)));
  const characters = Math.max(...prompts.flat().map((text) => [...tokenLabel(text)].length), prompts.flat().length ? 1 : EMPTY_CHARACTERS);
  return {
    beside: columns.beside, gutter: GUTTER, cellWidth, cellHeight, rotated: true,
    width: count * cellWidth,
    height: layers * cellHeight,
    foot: Math.min(LONGEST_TOKEN, Math.ceil(characters * TOKEN_CHARACTER)) + 6,
    rowStep: labelStep(12, cellHeight),
    columnStep: labelStep(12, cellWidth),
    rowCharacters: 3,
    columnCharacters: Math.floor(LONGEST_TOKEN / TOKEN_CHARACTER),
  };
}
