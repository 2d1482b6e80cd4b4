// Where the parts of the patching view lie, in CSS pixels.
import { labelStep, layoutOf, type Layout } from "../heatmap/layout";
import { tokenLabel } from "../shared/tokens";
import type { Scene } from "./traits";

/** The right column, and the gap before it. */
export const SIDE = 280;
export const GAP = 24;
const TOKEN_CHARACTER = 7.25;
const LONGEST_TOKEN = 64;
/** Height of the cells; lower at 500, where much more stands below. */
const TALL = 240;
const LOW = 180;
/** Before the first numbers: the size that most maps have. */
const EMPTY = { rows: 30, columns: 14 };

export interface Plan extends Layout {
  /** Height of one row of rotated tokens; 0 where columns are heads. */
  tokens: number;
  characters: number;
}

export function planOf(scene: Scene | null, width: number): Plan {
  const byHead = scene?.by === "head";
  const rows = Array.from({ length: scene?.rows ?? EMPTY.rows }, (_, i) => `${i}`);
  const columns = Array.from({ length: scene?.columns ?? EMPTY.columns }, (_, i) => `${i}`);
  const found = layoutOf({ rows, columns, tokens: false }, width);
  const cellHeight = Math.min(24, Math.max(5, Math.floor((found.beside ? TALL : LOW) / rows.length)));
  const texts = scene && !byHead ? [...scene.clean_tokens, ...scene.corrupt_tokens] : [];
  const longest = texts.reduce((most, text) => Math.max(most, [...tokenLabel(text)].length), 6);
  return {
    ...found, cellHeight, height: rows.length * cellHeight,
    rowStep: labelStep(12, cellHeight),
    foot: byHead ? found.foot : 0,
    tokens: byHead ? 0 : Math.min(LONGEST_TOKEN, Math.ceil(longest * TOKEN_CHARACTER)) + 6,
    characters: Math.floor(LONGEST_TOKEN / TOKEN_CHARACTER),
  };
}
