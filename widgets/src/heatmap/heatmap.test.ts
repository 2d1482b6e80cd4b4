import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import heatmap, { type HeatmapTraits } from ".";
import { largestCells } from "./largest";
import { cellAt, cellBox, labelStep, layoutOf, printed } from "./layout";

const names = (count: number, letter = ""): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);

describe("layout", () => {
  const patching = { rows: names(30, "L"), columns: names(14), tokens: true };

  it("has the sizes of the visual direction", () => {
    const layout = layoutOf(patching, 800);
    expect(layout).toMatchObject({ gutter: 36, cellWidth: 32, cellHeight: 11, beside: true, rotated: true, rowStep: 2 });
    expect(layoutOf({ ...patching, rows: Array(14).fill("·store"), columns: Array(14).fill("·store") }, 800)).toMatchObject({ gutter: 51, cellWidth: 31, beside: true });
    expect(layoutOf(patching, 500)).toMatchObject({ cellWidth: 32, beside: false });
  });

  it("clamps cells to 12 to 36 by 8 to 24 pixels", () => {
    expect(layoutOf({ rows: names(2), columns: names(2), tokens: false }, 800)).toMatchObject({ cellWidth: 36, cellHeight: 24 });
    expect(layoutOf({ rows: names(60), columns: names(60), tokens: false }, 800)).toMatchObject({ cellWidth: 12, cellHeight: 8 });
  });

  it("shrinks what would not fit, and scrolls instead on a small screen", () => {
    const many = { rows: names(3), columns: names(128), tokens: false };
    expect(layoutOf(many, 800).width).toBeLessThanOrEqual(764);
    expect(layoutOf(many, 400).cellWidth).toBe(12);
  });

  it("finds the cell under a point, and the point of a cell", () => {
    const layout = layoutOf(patching, 800);
    expect(cellAt(layout, 30, 14, 0, 0, true)).toEqual([29, 0]);
    expect(cellAt(layout, 30, 14, 33, 329, true)).toEqual([0, 1]);
    expect(cellAt(layout, 30, 14, 14 * 32, 0, true)).toBeNull();
    expect(cellBox(layout, 30, 0, 1, true)).toEqual({ x: 32, y: 319, width: 32, height: 11 });
  });

  it("prints labels that do not touch, and always the active one", () => {
    expect(labelStep(12, 5)).toBe(5);
    expect(printed(12, 5, null, 12, 5)).toEqual([0, 5, 10]);
    expect(printed(12, 5, 6, 12, 5)).toEqual([0, 10, 6]);
  });
});

describe("largestCells", () => {
  it("orders by size, whatever the sign, and skips NaN", () => {
    expect(largestCells(Float32Array.of(1, -5, Number.NaN, 3), 2, 2)).toEqual([[0, 1], [1, 1]]);
    expect(largestCells(Float32Array.of(Number.NaN), 1, 2)).toEqual([]);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<HeatmapTraits>;

  beforeEach(async () => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
    fake = fakeModel<HeatmapTraits>({
      ...IDLE, title: "Patching", values: encode("float32", [2, 3], [0, 1, -4, 2, Number.NaN, 0.5]),
      rows: ["L0", "L1"], cols: ["When", " Mary", "<script>"], row_axis: "layer", col_axis: "position", unit: "logits",
      scale: "diverging", limit: 4, layers_up: true, exact: encode("uint8", [2, 3], [1, 1, 0, 1, 1, 1]), tokens_on_x: true, selected: null,
    });
    heatmap.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await new Promise((done) => requestAnimationFrame(done));
  });
  afterEach(() => stop.abort());

  const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
  const press = (key: string): void => {
    host.querySelector(".mikit-heatmap-map")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };

  it("opens on the largest value, with its place and whether it is exact", () => {
    expect(text(".mikit-number-label")).toBe("L0, <script>");
    expect(text(".mikit-number-value")).toBe("\u22124.00");
    expect(text(".mikit-number-below")).toBe("largest of 5, approximate");
  });

  it("moves by keys, selects with Enter, lets go with a second Enter", () => {
    press("ArrowRight");
    expect(text(".mikit-number-label")).toBe("L1, When");
    press("ArrowDown");
    press("ArrowRight");
    expect(text(".mikit-number-label")).toBe("L0, ·Mary");
    press("Enter");
    expect(fake.model.get("selected")).toEqual([0, 1]);
    expect(fake.saved).toEqual([["selected"]]);
    press("Enter");
    expect(fake.model.get("selected")).toBeNull();
    press("Escape");
    expect(text(".mikit-number-label")).toBe("L0, <script>");
  });

  it("follows Python: a selection, new numbers of another shape", async () => {
    fake.receive({ selected: [1, 0] });
    expect(text(".mikit-number-below")).toBe("selected");
    fake.receive({ values: encode("float32", [1, 1], [7]), rows: ["L0"], cols: ["a"], exact: null });
    await new Promise((done) => requestAnimationFrame(done));
    expect(text(".mikit-number-value")).toBe("+7.00");
    expect(text(".mikit-number-below")).toBe("largest of 1");
  });

  it("reads as a table", () => {
    [...host.querySelectorAll("button")].find((one) => one.textContent === "Read as a table")?.click();
    expect([...host.querySelectorAll(".mikit-twin thead th")].map((one) => one.textContent)).toEqual(["layer", "When", "·Mary", "<script>"]);
    expect([...host.querySelectorAll(".mikit-twin tbody tr")].map((one) => one.textContent)).toEqual(["L00.001.00\u22124.00", "L12.00NaN0.50"]);
  });

  it("selects from the list of the largest", () => {
    host.querySelector<HTMLButtonElement>(".mikit-largest-line")?.click();
    expect(fake.model.get("selected")).toEqual([0, 2]);
  });
});
