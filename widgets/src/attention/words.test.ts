import { describe, expect, it } from "vitest";
import { labelled } from "./matrix";
import { byScore, headOf, includes, nameOf, numberOf, toggled } from "./order";
import { drawsInWords, effectSentence, headsInWords, lookSentence, medianAndRange, score, summary } from "./text";
import type { Effect } from "./traits";
import { patternsOf } from "./unpack";

describe("heads", () => {
  it("are numbered layer by layer", () => {
    expect(numberOf([18, 6], 9)).toBe(168);
    expect(nameOf(headOf(168, 9))).toBe("L18H6");
  });

  it("come best first, ties as in the model, NaN last", () => {
    expect(byScore(Float32Array.from([0.2, Number.NaN, 0.9, 0.2]))).toEqual([2, 0, 3, 1]);
  });

  it("toggle", () => {
    expect(toggled([[1, 2]], [3, 4])).toEqual([[1, 2], [3, 4]]);
    expect(toggled([[1, 2], [3, 4]], [1, 2])).toEqual([[3, 4]]);
    expect(includes([[1, 2]], [2, 1])).toBe(false);
  });

  it("have short names in sentences", () => {
    expect(headsInWords([[18, 6]])).toBe("L18H6");
    expect(headsInWords([[18, 6], [17, 3]])).toBe("2 heads");
  });
});

describe("where a token looks", () => {
  const tokens = ["When", " Mary", "<script>"].map((text) => ({ text, special: false }));
  const patterns = patternsOf(Uint8Array.from([255, 204, 51, 97, 153, 5]), [1, 6]);

  it("says the share on the first position that the picture leaves out", () => {
    expect(lookSentence("L0H0", patterns, tokens, 0, 2))
      .toBe("L0H0: “<script>” looks 60 % at “·Mary”, 2 % at “<script>”, 38 % at the first position (a sink), left out of the picture.");
  });

  it("never writes a score as a power of ten", () => {
    expect([score(0.0047), score(0.937)]).toEqual(["0.00", "0.94"]);
  });

  it("has nothing to say about no token, and little about the first", () => {
    expect(lookSentence("L0H0", patterns, tokens, 0, -1)).toBe("");
    expect(lookSentence("L0H0", patterns, tokens, 0, 0)).toContain("only itself");
  });
});

const effect = (surprise: number, draws: number[]): Effect => ({
  heads: [[18, 6]], base: { guessed: 20, n: 24, surprise: 1.6 }, muted: { guessed: 3, n: 24, surprise, low: null, high: null },
  draws: { guessed: draws.map(() => 20), surprise: draws }, of: 8,
});

describe("the effect in words", () => {
  it("takes the middle and the range of the draws", () => {
    expect(summary([3, 1, 2, 10])).toEqual({ median: 2.5, low: 1, high: 10 });
    expect(summary([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
    expect(medianAndRange([3, 1, 2, 10], 0)).toBe("2.5 (1 to 10)");
    expect(medianAndRange([12, 3, 14], 0)).toBe("12 (3 to 14)");
  });

  it("says above, below or among the draws, and how many there are", () => {
    expect(effectSentence(effect(9, [2, 3, 5]), "")).toBe("Surprise is higher than with random heads off in all 3 draws so far.");
    expect(effectSentence({ ...effect(9, [2, 3, 5]), of: 3 }, "")).toBe("Surprise is higher than with random heads off in all 3 draws.");
    expect(effectSentence(effect(1, [2, 3, 5]), "")).toContain("lower");
    expect(effectSentence(effect(3, [2, 3, 5]), "")).toContain("among the random draws");
    expect(effectSentence(effect(3, []), "")).toContain("Random heads follow");
    expect(drawsInWords(effect(9, [2, 3, 5]))).toBe("n = 3 of 8 draws");
  });

  it("asks for a head, or says why none can be switched off", () => {
    expect(effectSentence(null, "")).toContain("Switch a head off");
    expect(effectSentence({ ...effect(2, []), heads: [] }, "No kernel.")).toBe("No kernel.");
  });
});

describe("labels of the matrix", () => {
  it("are all there while they fit", () => {
    expect(labelled(14, 18, [])).toHaveLength(14);
  });

  it("are every 8th above 40 tokens, and the wanted ones without a neighbour on top of them", () => {
    expect(labelled(64, 4, [])).toEqual([0, 8, 16, 24, 32, 40, 48, 56]);
    expect(labelled(64, 4, [17, -1])).toEqual([0, 8, 17, 24, 32, 40, 48, 56]);
  });
});
