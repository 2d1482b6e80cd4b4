import { describe, expect, it } from "vitest";
import { hatching, polyline, spread } from "./curves";

describe("curves", () => {
  it("break where a number is missing", () => {
    expect(polyline([0, 1, 2, 3], [5, Number.NaN, 6, 7])).toBe("M0.0 5.0M2.0 6.0L3.0 7.0");
  });

  it("have labels that keep apart, and inside", () => {
    expect(spread([10, 12, 50], 14, 100)).toEqual([10, 24, 50]);
    expect(spread([98, 100], 14, 100)).toEqual([86, 100]);
    expect(spread([10, 11, 12], 13, 30)).toEqual([4, 17, 30]);
  });

  it("are hatched with lines at 45° that stay inside", () => {
    const lines = [...hatching(10, 30, 5, 15).matchAll(/M(\S+) (\S+)L(\S+) (\S+?)(?=M|$)/g)].map((found) => found.slice(1).map(Number));
    expect(lines.length).toBeGreaterThan(3);
    for (const [x1, y1, x2, y2] of lines as [number, number, number, number][]) {
      expect(x2 - x1).toBeCloseTo(y1 - y2);
      for (const x of [x1, x2]) expect(x >= 10 && x <= 30).toBe(true);
      for (const y of [y1, y2]) expect(y >= 5 && y <= 15).toBe(true);
    }
    expect(hatching(10, 10, 5, 15)).toBe("");
  });
});
