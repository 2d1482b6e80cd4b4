import { describe, expect, it } from "vitest";
import { patternsOf, rowOf, strongest, triangleOf } from "./unpack";

/** Two heads, three tokens: weight = 100 head + 10 query + key, so that every byte names its place. */
const weights = [0, 1].flatMap((head) => [0, 1, 2].flatMap((query) => Array.from({ length: query + 1 }, (_, key) => 100 * head + 10 * query + key)));
const patterns = patternsOf(Uint8Array.from(weights), [2, 6]);

describe("patterns", () => {
  it("finds tokens from the triangle", () => {
    expect([patterns.heads, patterns.tokens]).toEqual([2, 3]);
    expect(patternsOf(new Uint8Array(), [270, 0]).tokens).toBe(0);
    expect(patternsOf(new Uint8Array(2080), [1, 2080]).tokens).toBe(64);
  });

  it("refuses what is no triangle, and says the number", () => {
    expect(() => patternsOf(new Uint8Array(7), [1, 7])).toThrow("7 weights a head");
  });

  it("reads one reader's row of one head", () => {
    expect([...rowOf(patterns, 0, 2)]).toEqual([20, 21, 22]);
    expect([...rowOf(patterns, 1, 1)]).toEqual([110, 111]);
    expect([...triangleOf(patterns, 1)]).toEqual([100, 110, 111, 120, 121, 122]);
  });

  it("names the strongest looks without the sink and without what rounds to nothing", () => {
    expect(strongest(Uint8Array.from([250, 51, 0, 102, 1]), 5)).toEqual([{ key: 3, share: 0.4 }, { key: 1, share: 0.2 }]);
    expect(strongest(Uint8Array.from([0, 9, 8, 7]), 2).map(({ key }) => key)).toEqual([1, 2]);
  });
});
