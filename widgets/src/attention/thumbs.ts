// Thumbnails of attention patterns: small enough to see 270 at once, pooled by maximum so that a one-pixel stripe survives.

import { rowStart } from "./unpack";

/** Which source rows (or columns) a target pixel covers: all of them when shrinking, one when growing. */
function windows(from: number, to: number): { first: Uint16Array; last: Uint16Array } {
  const first = new Uint16Array(to);
  const last = new Uint16Array(to);
  for (let i = 0; i < to; i++) {
    const start = Math.floor((i * from) / to);
    first[i] = start;
    last[i] = from > to ? Math.ceil(((i + 1) * from) / to) - 1 : start;
  }
  return { first, last };
}

/**
 * One head's triangle as `width x height` pixels of the strongest weight below each, position 0 cut away as reader and as
 * target: it takes half of all attention and would drown the rest. Pixels wholly above the diagonal stay 0.
 */
export function thumbnail(triangle: Uint8Array, tokens: number, width: number, height: number): Uint8Array {
  const picture = new Uint8Array(width * height);
  const inner = tokens - 1;
  if (inner < 1) return picture;
  const rows = windows(inner, height);
  const columns = windows(inner, width);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [rows.first[y]! + 1, rows.last[y]! + 1];
    for (let x = 0; x < width && columns.first[x]! < bottom; x++) {
      picture[y * width + x] = strongestIn(triangle, top, bottom, columns.first[x]! + 1, columns.last[x]! + 1);
    }
  }
  return picture;
}

function strongestIn(triangle: Uint8Array, top: number, bottom: number, left: number, right: number): number {
  let most = 0;
  for (let query = top; query <= bottom; query++) {
    const row = rowStart(query);
    for (let key = left, end = Math.min(right, query); key <= end; key++) {
      const weight = triangle[row + key]!;
      if (weight > most) most = weight;
    }
  }
  return most;
}
