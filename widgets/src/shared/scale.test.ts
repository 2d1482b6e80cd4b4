import { describe, expect, it } from "vitest";
import { ColourMap, colourMap, contrast, inkOn, packed, parseHex, place } from "./scale";

describe("colour maps", () => {
  it("pass through their stops, zero in the middle", () => {
    expect(colourMap("diverging", "light").at(0)).toEqual(parseHex("#F3F3F1"));
    expect(colourMap("diverging", "light").at(1)).toEqual(parseHex("#0B4A8F"));
    expect(colourMap("diverging", "light").at(-0.5)).toEqual(parseHex("#E39B5F"));
    expect(colourMap("diverging", "dark").at(0)).toEqual(parseHex("#232A33"));
    expect(colourMap("sequential", "light").at(0)).toEqual(parseHex("#FBFBF7"));
    expect(colourMap("sequential", "dark").at(1)).toEqual(parseHex("#F2F7C9"));
  });

  it("hold their end colour beyond the end", () => {
    const map = new ColourMap("diverging", "light");
    expect(map.at(3)).toEqual(map.at(1));
    expect(map.at(-3)).toEqual(map.at(-1));
  });

  // What a browser makes of `color-mix(in oklab, …)` between neighbouring stops.
  it.each([
    ["sequential", "light", 0.5 / 7, [239, 243, 232]],
    ["sequential", "light", 2.5 / 7, [154, 199, 197]],
    ["sequential", "dark", 2.5 / 7, [42, 98, 137]],
    ["diverging", "light", -3.5 / 4, [167, 80, 19]],
  ] as const)("mix in OKLab between the stops (%s, %s, at %d)", (kind, theme, t, mixed) => {
    const rgb = colourMap(kind, theme).at(t);
    expect(Math.max(...rgb.map((channel, i) => Math.abs(channel - mixed[i]!)))).toBeLessThanOrEqual(1);
  });

  it("run monotone in lightness from the neutral outward", () => {
    const grey = (t: number): number => contrast(colourMap("sequential", "light").at(t), [255, 255, 255]);
    for (let i = 1; i <= 50; i++) expect(grey(i / 50)).toBeGreaterThanOrEqual(grey((i - 1) / 50));
  });

  it("carry readable text everywhere", () => {
    for (const theme of ["light", "dark"] as const) {
      for (const kind of ["diverging", "sequential"] as const) {
        for (let t = -1; t <= 1; t += 0.01) {
          const rgb = colourMap(kind, theme).at(t);
          expect(contrast(rgb, parseHex(inkOn(rgb)))).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  });

  it("pack pixels as ImageData reads them", () => {
    expect([...new Uint8Array(Uint32Array.of(packed([1, 2, 3])).buffer)]).toEqual([1, 2, 3, 255]);
  });
});

describe("place", () => {
  it.each([
    [Number.NaN, "diverging", 0, "×"],
    [0, "diverging", 0, ""],
    [-2, "diverging", -1, ""],
    [-2.1, "diverging", -1, "−"],
    [9, "diverging", 1, "+"],
    [-0.1, "sequential", 0, "−"],
    [1, "sequential", 0.5, ""],
  ] as const)("puts %d on a %s scale of 2 at %d, marked %j", (value, kind, t, mark) => {
    const placed = place(value, 2, kind);
    expect(placed.t + 0).toBeCloseTo(t, 12);
    expect(placed.mark).toBe(mark);
  });

  it("takes a limit that float32 rounded down for the end, not for clipping", () => {
    expect(place(Math.fround(0.1), 0.1, "sequential").mark).toBe("");
  });
});
