// Attention patterns as they travel: for every head the lower triangle row by row, one byte a weight, 255 = all attention.

/** One run's patterns. `bytes` is `[heads, tokens (tokens + 1) / 2]`. */
export interface Patterns {
  readonly bytes: Uint8Array;
  readonly heads: number;
  readonly tokens: number;
}

/** Where row `query` begins inside one head's triangle. */
export function rowStart(query: number): number {
  return (query * (query + 1)) / 2;
}

/** Patterns from their wire shape `[heads, triangle]`. Throws when the second number is no triangle. */
export function patternsOf(bytes: Uint8Array, shape: readonly number[]): Patterns {
  const [heads = 0, triangle = 0] = shape;
  const tokens = (Math.sqrt(8 * triangle + 1) - 1) / 2;
  if (!Number.isInteger(tokens)) {
    throw new Error(`The attention patterns hold ${triangle} weights a head, which is not the lower triangle of a square.`);
  }
  return { bytes, heads, tokens };
}

/** One head's triangle, without copying. */
export function triangleOf(patterns: Patterns, head: number): Uint8Array {
  const size = rowStart(patterns.tokens);
  return patterns.bytes.subarray(head * size, (head + 1) * size);
}

/** Where `query` looks in one head: `query + 1` bytes, without copying. */
export function rowOf(patterns: Patterns, head: number, query: number): Uint8Array {
  const start = head * rowStart(patterns.tokens) + rowStart(query);
  return patterns.bytes.subarray(start, start + query + 1);
}

export interface Look {
  key: number;
  /** Share of the reader's attention, 0 to 1. */
  share: number;
}

/** The `count` tokens that a row looks at most, position 0 (the sink) left out; nothing that rounds to 0 %. */
export function strongest(row: Uint8Array, count: number): Look[] {
  return Array.from(row, (byte, key) => ({ key, share: byte / 255 }))
    .filter(({ key, share }) => key > 0 && share >= 0.005)
    .sort((a, b) => b.share - a.share || b.key - a.key)
    .slice(0, count);
}
