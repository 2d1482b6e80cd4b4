import { describe, expect, it } from "vitest";
import { boxAt, GUTTER, inLayers, inOrder, neighbour, pictureOf, pitchOf, type Layout } from "./layout";

const overlap = (layout: Layout): boolean => layout.boxes.some((a, i) => layout.boxes.some((b, j) =>
  i < j && a.x < b.x + b.size && b.x < a.x + a.size && a.y < b.y + b.size && b.y < a.y + a.size));
const inside = (layout: Layout): boolean =>
  layout.boxes.every(({ x, y, size }) => x >= 0 && y >= 0 && x + size <= layout.width && y + size <= layout.height);

describe("the head map in layers", () => {
  it("has the sizes of the visual direction for 30 x 9 heads", () => {
    expect([pitchOf(800, 30, 9), pictureOf(25)]).toEqual([25, 22]);
    expect([pitchOf(500, 30, 9), pictureOf(15)]).toEqual([15, 13]);
    expect(inLayers(800, 30, 9).height).toBe(225);
    expect(inLayers(500, 30, 9).height).toBe(135);
    expect(pitchOf(800, 2, 2)).toBe(48);
  });

  it("stays on the screen when a layer has many heads", () => {
    expect(inLayers(800, 12, 12).height).toBe(12 * 18);
    expect(inLayers(800, 26, 4).height).toBe(4 * 29);
  });

  it("puts layers right and heads down", () => {
    const layout = inLayers(800, 30, 9);
    expect(layout.boxes[18 * 9 + 6]).toMatchObject({ x: GUTTER + 18 * 25, y: 6 * 25 });
    expect(overlap(layout)).toBe(false);
  });
});

describe("the head map by score", () => {
  const order = Array.from({ length: 270 }, (_, i) => 269 - i);

  it.each([800, 500])("keeps all heads apart, as tall as in layers, at %i px", (width) => {
    const layout = inOrder(width, 30, 9, order);
    expect([layout.width, layout.height]).toEqual([width, inLayers(width, 30, 9).height]);
    expect(layout.boxes.map(({ head }) => head)).toEqual(order);
    expect(overlap(layout)).toBe(false);
    expect(inside(layout)).toBe(true);
  });

  it("names the best ones only", () => {
    const named = inOrder(800, 30, 9, order).boxes.filter((box) => box.named);
    expect(named.map(({ head }) => head)).toEqual(order.slice(0, 11));
  });

  it("works for a model of two heads", () => {
    expect(inOrder(800, 1, 2, [1, 0]).boxes.map(({ head }) => head)).toEqual([1, 0]);
  });
});

describe("pointer and cursor", () => {
  const layout = inLayers(800, 30, 9);
  const at = (layer: number, head: number) => layout.boxes[layer * 9 + head]!;

  it("finds the box below a point, and none beside the map", () => {
    expect(boxAt(layout, GUTTER + 3 * 25 + 10, 4 * 25 + 10)?.head).toBe(3 * 9 + 4);
    expect(boxAt(layout, 5, 5)).toBeUndefined();
  });

  it("moves by arrows and stays at the edge", () => {
    expect(neighbour(layout, at(3, 4), 1, 0)).toBe(at(4, 4));
    expect(neighbour(layout, at(3, 4), -1, 0)).toBe(at(2, 4));
    expect(neighbour(layout, at(3, 4), 0, 1)).toBe(at(3, 5));
    expect(neighbour(layout, at(0, 0), 0, -1)).toBe(at(0, 0));
    expect(neighbour(layout, at(29, 8), 1, 0)).toBe(at(29, 8));
  });

  it("reaches every head of the sorted map", () => {
    const sorted = inOrder(800, 30, 9, Array.from({ length: 270 }, (_, i) => i));
    const seen = new Set([0]);
    const queue = [sorted.boxes[0]!];
    for (let box = queue.pop(); box; box = queue.pop()) {
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
        const next = neighbour(sorted, box, dx, dy);
        if (!seen.has(next.head)) queue.push(next);
        seen.add(next.head);
      }
    }
    expect(seen.size).toBe(270);
  });
});
