import { describe, expect, it } from "vitest";
import { thumbnail } from "./thumbs";
import { rowStart } from "./unpack";

function triangle(tokens: number, weight: (query: number, key: number) => number): Uint8Array {
  const out = new Uint8Array(rowStart(tokens));
  for (let query = 0; query < tokens; query++) for (let key = 0; key <= query; key++) out[rowStart(query) + key] = weight(query, key);
  return out;
}

/** The strongest weight below each pixel by its definition: every source cell votes for each pixel it overlaps. */
function byDefinition(tokens: number, width: number, height: number, weight: (query: number, key: number) => number): Uint8Array {
  const out = new Uint8Array(width * height);
  const n = tokens - 1;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) for (let q = 1; q < tokens; q++) for (let k = 1; k <= q; k++) {
    const overlaps = (i: number, at: number, size: number): boolean => (i - 1) * size < (at + 1) * n && i * size > at * n;
    if (overlaps(q, y, height) && overlaps(k, x, width)) out[y * width + x] = Math.max(out[y * width + x]!, weight(q, k));
  }
  return out;
}

describe("thumbnails", () => {
  it.each([[64, 18, 22], [40, 9, 13], [23, 22, 22]])("pools %i tokens to %i x %i by maximum", (tokens, width, height) => {
    const weight = (query: number, key: number): number => (query * 37 + key * 101) % 251;
    expect(thumbnail(triangle(tokens, weight), tokens, width, height)).toEqual(byDefinition(tokens, width, height, weight));
  });

  it("keeps a one-token stripe at full strength in every row it crosses", () => {
    const stripe = thumbnail(triangle(64, (query, key) => (query - key === 24 ? 255 : 0)), 64, 18, 22);
    for (let y = 9; y < 22; y++) expect(Math.max(...stripe.subarray(y * 18, (y + 1) * 18)), `row ${y}`).toBe(255);
  });

  it("cuts position 0 away", () => {
    const sink = triangle(50, (_, key) => (key === 0 ? 255 : 0));
    expect(Math.max(...thumbnail(sink, 50, 18, 22))).toBe(0);
  });

  it("repeats cells without smearing where it grows", () => {
    const one = triangle(3, (query, key) => (query === 2 && key === 1 ? 200 : query === 1 && key === 1 ? 100 : 0));
    expect([...thumbnail(one, 3, 4, 4)]).toEqual([100, 100, 0, 0, 100, 100, 0, 0, 200, 200, 0, 0, 200, 200, 0, 0]);
  });

  it.each([0, 1])("is empty for %i tokens", (tokens) => {
    expect(Math.max(...thumbnail(new Uint8Array(rowStart(tokens)).fill(255), tokens, 4, 4))).toBe(0);
  });
});
