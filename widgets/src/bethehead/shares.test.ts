import { expect, it } from "vitest";
import { alike, allOn, holder, placed } from "./shares";

const total = (shares: readonly number[]): number => shares.reduce((sum, share) => sum + share, 0);

it("always places 100 %", () => {
  const shares = [alike(4), allOn(2, 4), placed(alike(4), 1, 0.7), placed(allOn(2, 4), 2, 0.25), placed([0.5, 0.3, 0.2], 0, 4), placed([1], 0, 0.2)];
  for (const one of shares) expect(total(one)).toBeCloseTo(1, 9);
});

it("leaves the others' proportions, and gives to all alike where the others had nothing", () => {
  expect(placed([0.5, 0.3, 0.2], 0, 0)).toEqual([0, expect.closeTo(0.6), expect.closeTo(0.4)]);
  expect(placed([0, 1, 0], 1, 0.4)).toEqual([expect.closeTo(0.3), 0.4, expect.closeTo(0.3)]);
});

it("tells who holds everything", () => {
  expect(holder(allOn(2, 4))).toBe(2);
  expect(holder(alike(4))).toBe(-1);
});
