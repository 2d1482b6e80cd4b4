import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import minimal from ".";
import { foundOf, growthOf, type FoundWire, type GrowthWire, type MinimalTraits } from "./traits";
import { count } from "./words";

const FOUND: FoundWire = {
  units: 4, share: 0.9, tested: [11, 7], circuits: encode("uint8", [2, 4], [1, 1, 0, 0, 0, 1, 0, 1]), greedy: [0, 1, 1, 1],
  overlap: encode("float32", [2, 2], [1, 1 / 3, 1 / 3, 1]), kept: [0.91, 0.93, 0.95], random: [0.7, 0.55, 0.85], draws: 200,
};
const GROWTH: GrowthWire = {
  tested: encode("int32", [2, 2], [11, 7, 26, 9]), at_most: encode("float32", [3, 2], [16, 10, 32, 15, 64, 21]), speed: 1000,
};
const EMPTY: MinimalTraits = { ...IDLE, units: 4, share: 0.9, seed: 0, chosen: 0, fewest: 4, most: 16, found: null, growth: null };

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

describe("the numbers", () => {
  it("are circuits, compared with the chosen one", () => {
    const { circuits, greedy } = foundOf(fakeModel({ ...EMPTY, found: FOUND, chosen: 1 }).model)!;
    expect(circuits.map(({ units }) => units.map(Number).join(""))).toEqual(["1100", "0101"]);
    expect([circuits[0]!.overlap.toFixed(2), greedy.overlap.toFixed(2), greedy.kept]).toEqual(["0.33", "0.67", 0.95]);
  });

  it("grow from the fewest units on, measured and by closed form", () => {
    const { curves } = growthOf(fakeModel({ ...EMPTY, growth: GROWTH }).model)!;
    expect(curves[0]).toMatchObject({ how: "every set", measured: [[4, 11], [5, 26]], most: [[4, 16], [5, 32], [6, 64]] });
    expect(curves[1]).toMatchObject({ how: "greedy", measured: [[4, 7], [5, 9]] });
  });

  it("are read in words", () => {
    expect([42, 2510, 26_333, 1.1e6, 2 ** 48].map(count)).toEqual(["42", "2,510", "26,333", "1.1 million", "281 trillion"]);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<MinimalTraits>;

  beforeEach(async () => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
    fake = fakeModel<MinimalTraits>({ ...EMPTY });
    minimal.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  });
  afterEach(() => stop.abort());

  const rows = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>("button.mikit-min-row")];

  it("shows circuits, what they keep and share, greedy's and the control", async () => {
    expect(host.textContent).toContain("No numbers yet");
    fake.receive({ found: FOUND, growth: GROWTH });
    await frame();
    expect(host.querySelector(".mikit-number-value")!.textContent).toBe("11");
    expect(host.textContent).toContain("2 smallest circuits, 2 of 4 units");
    expect(host.textContent).toContain("Greedy ends at 3 units");
    expect(host.textContent).toContain("Overlap: units in both, of those in either; dotted: not in the chosen one.");
    expect(host.textContent).toContain("200 random sets of 2 units keep 70 % (95 % of them 55 % to 85 %)");
    expect(rows()[1]!.getAttribute("aria-label")).toBe("units 1, 3, keeps 93 %, overlap 33 %");
    expect(host.querySelectorAll("circle.mikit-min-every").length).toBe(2);
    expect(host.querySelectorAll("line.mikit-min-time").length).toBe(4);
  });

  it("says what overlap is where there is one circuit, too", async () => {
    fake.receive({ found: { ...FOUND, circuits: encode("uint8", [1, 4], [1, 1, 0, 0]), overlap: encode("float32", [1, 1], [1]), kept: [0.91, 0.95] }, growth: GROWTH });
    await frame();
    expect(host.textContent).toContain("The only smallest circuit");
    expect(host.textContent).toContain("Overlap: units in both");
  });

  it("compares with the circuit that is chosen, and keeps the cursor there", async () => {
    fake.receive({ found: FOUND, growth: GROWTH });
    await frame();
    rows()[0]!.focus();
    rows()[0]!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    await frame();
    expect([fake.model.get("chosen"), rows()[1]!.getAttribute("aria-checked"), document.activeElement]).toEqual([1, "true", rows()[1]]);
    expect(fake.model.get("asked")).toEqual({});
  });

  it("asks anew when the slider moves", async () => {
    const slider = host.querySelector<HTMLInputElement>('input[type="range"]')!;
    expect([slider.min, slider.max]).toEqual(["4", "16"]);
    slider.value = "9";
    slider.dispatchEvent(new Event("input"));
    expect([fake.model.get("units"), fake.model.get("asked")]).toEqual([9, { search: 1 }]);
  });
});
