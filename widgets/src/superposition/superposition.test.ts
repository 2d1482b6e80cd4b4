import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import superposition from ".";
import { shareAt } from "./columns";
import { meaning } from "./phase";
import { labelsOf } from "./plane";
import { sceneOf, type Arrow, type SuperpositionTraits } from "./traits";

const NONE = encode("float32", [0, 0], []);

const UNTRAINED: SuperpositionTraits = {
  ...IDLE, title: "Facts", features: 2, importance: 0.8, pairs: "independent", seed: 0, started: false, chosen: 1, sparsities: [0, 0.9], updates: 20, draws: 4, step: 0,
  weights: encode("float32", [0, 0, 2], []), weights_control: encode("float32", [0, 0, 2], []), dimensionality: NONE, dimensionality_control: NONE,
  loss: encode("float32", [0], []), loss_control: encode("float32", [0], []), agree: [], figures: [],
  phase: NONE, phase_length: NONE, phase_importance: [0.1, 10], phase_present: [1, 0.01],
};

/** At sparsity 0 one feature to the right; at 0.9 one up, one down. */
const TRAINED: Partial<SuperpositionTraits> = {
  step: 20,
  weights: encode("float32", [2, 2, 2], [1, 0, 0.1, 0, 0, 1, 0, -1]), weights_control: encode("float32", [2, 2, 2], [0.2, 0, 0, 0.6, 0.3, 0, 0, 0.2]),
  dimensionality: encode("float32", [2, 2], [1, 0.01, 0.5, 0.5]), dimensionality_control: encode("float32", [2, 2], [1, 1, 0.7, 0.3]),
  loss: encode("float32", [2], [0.05, 0.0004]), loss_control: encode("float32", [2], [0.4, 0.03]), agree: [4, 3], figures: ["one direction", "antipodal pair"],
};

const PHASE: Partial<SuperpositionTraits> = { phase: encode("float32", [2, 2], [0, 0.48, 1, 0.52]), phase_length: encode("float32", [2, 2], [0, 1, 1, 1]) };

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

const arrow = (feature: number, right: number, up: number): Arrow => ({ feature, right, up, length: 1, represented: true, dimensions: 1 });

describe("the scene", () => {
  it("gives each sparsity its own rows", () => {
    const { columns } = sceneOf(fakeModel({ ...UNTRAINED, ...TRAINED }).model);
    expect(columns.map(({ sparsity, trained, untrained }) => [sparsity, trained?.count, untrained?.count])).toEqual([[0, 1, 1], [0.9, 2, 0]]);
    const [up, down] = columns[1]!.trained!.arrows;
    expect([up!.up, down!.up, down!.length, down!.dimensions]).toEqual([1, -1, 1, 0.5]);
    expect(columns[0]!.trained!.arrows.map(({ represented }) => represented)).toEqual([true, false]);
  });

  it("is there before the first numbers", () => {
    const { columns, features } = sceneOf(fakeModel({ ...UNTRAINED }).model);
    expect([columns.length, columns[1]!.trained, features]).toEqual([2, null, 2]);
  });
});

describe("the pictures", () => {
  it("put labels beyond the tips, up being up", () => {
    const [right, up] = labelsOf([arrow(0, 1, 0), arrow(1, 0, 1)], 50);
    expect([right!.x > 50, right!.anchor, up!.y < -50, up!.anchor]).toEqual([true, "start", true, "middle"]);
  });

  it("write features that coincide as one label", () => {
    expect(labelsOf([arrow(0, 1, 0), arrow(1, -1, 0), arrow(2, 1, 0.05)], 50).map(({ text }) => text)).toEqual(["0, 2", "1"]);
  });

  it("have a whole dimension at the top", () => {
    expect(shareAt(1)).toBeLessThan(shareAt(0.5));
    expect(shareAt(0.5)).toBeLessThan(shareAt(0));
  });

  it("say what a share of one dimension means", () => {
    expect([0, 0.5, 1].map(meaning)).toEqual(["left out", "shares the dimension with feature 0", "has the dimension alone"]);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<SuperpositionTraits>;

  beforeEach(async () => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
    fake = fakeModel<SuperpositionTraits>({ ...UNTRAINED });
    superposition.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  });
  afterEach(() => stop.abort());

  const one = <T extends Element>(selector: string): T => host.querySelector<T>(selector)!;
  const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
  const choose = (selector: string, value: string, event: string): void => {
    const input = one<HTMLInputElement>(selector);
    input.value = value;
    input.dispatchEvent(new Event(event));
  };

  it("waits for Start, which asks both lanes", () => {
    expect(text(".mikit-number-below")).toBe("not trained yet");
    expect(host.querySelectorAll(".mikit-sp-arrow")).toHaveLength(0);
    one<HTMLButtonElement>(".mikit-primary").click();
    expect(fake.model.get("started")).toBe(true);
    expect(fake.model.get("asked")).toEqual({ train: 1, phase: 1 });
  });

  it("draws the chosen sparsity large, over its untrained directions", async () => {
    fake.receive(TRAINED);
    await frame();
    const lines = [...host.querySelectorAll(".mikit-sp-picture line[class^=mikit-sp-un], .mikit-sp-picture line[class^=mikit-sp-arrow]")];
    expect(lines.map((line) => line.getAttribute("class"))).toEqual(["mikit-sp-untrained", "mikit-sp-untrained", "mikit-sp-arrow", "mikit-sp-arrow"]);
    expect([...host.querySelectorAll(".mikit-sp-name")].map((name) => name.textContent)).toEqual(["0", "1"]);
    expect([text(".mikit-number-value"), text(".mikit-number-unit"), text(".mikit-number-below")]).toEqual(["2", "of 2 in 2 dimensions", "dense 1 · untrained 0"]);
    expect(text(".mikit-sp-caption")).toBe("antipodal pair");
    expect(text(".mikit-sp-facts")).toBe("20 updates · loss 0.00040, untrained 0.0300 · best of 4 starts, 3 of them with 2 features");
    expect(host.querySelectorAll(".mikit-sp-dot")).toHaveLength(3);
    expect(host.querySelectorAll(".mikit-sp-none")).toHaveLength(1);
    expect(host.querySelectorAll(".mikit-sp-control")).toHaveLength(4);
  });

  it("goes to another sparsity without asking for numbers", async () => {
    fake.receive(TRAINED);
    choose(".mikit-sp-slider", "0", "input");
    await frame();
    expect(fake.model.get("chosen")).toBe(0);
    expect(fake.model.get("asked")).toEqual({});
    expect(text(".mikit-number-value")).toBe("1");
    expect(one(".mikit-sp-slider").getAttribute("aria-valuetext")).toBe("sparsity 0");
    expect(host.querySelectorAll(".mikit-sp-picture .mikit-sp-out")).toHaveLength(1);
  });

  it("trains anew at once when the features change, if it was started", () => {
    choose(".mikit-field select", "6", "change");
    expect([fake.model.get("features"), fake.model.get("asked")]).toEqual([6, {}]);
    fake.receive({ started: true });
    choose(".mikit-field select", "3", "change");
    expect(fake.model.get("asked")).toEqual({ train: 1 });
    choose(".mikit-seed", "7", "change");
    expect(fake.model.get("asked")).toEqual({ train: 2, phase: 1 });
  });

  it("offers an importance that is not one of the usual ones", () => {
    const options = [...host.querySelectorAll("option")].map((option) => option.textContent);
    expect(options).toContain("falling × 0.8");
    expect(host.querySelectorAll<HTMLSelectElement>("select")[1]!.value).toBe("0.8");
  });

  it("reads the phase diagram cell by cell, more important upwards", async () => {
    fake.receive(PHASE);
    await frame();
    const board = one(".mikit-sp-board canvas");
    const press = (key: string): void => { board.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); };
    press("ArrowDown");
    expect(text(".mikit-sp-read")).toBe("Importance 10 ×, in 100 % of inputs: 1.00 dimensions, has the dimension alone.");
    press("ArrowDown");
    press("ArrowRight");
    expect(text(".mikit-sp-read")).toBe("Importance 0.1 ×, in 1 % of inputs: 0.48 dimensions, shares the dimension with feature 0.");
    press("Escape");
    expect(text(".mikit-sp-read")).toBe("Point at a cell, or use the arrow keys.");
  });

  it("reads as a table, both parts of it", async () => {
    fake.receive({ ...TRAINED, ...PHASE });
    await frame();
    [...host.querySelectorAll("button")].find((button) => button.textContent === "Read as a table")?.click();
    const rows = [...host.querySelectorAll(".mikit-twin tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toHaveLength(4 + 4);
    expect(rows[3]!.slice(0, 7)).toEqual(["2 in 2", "0.90", "1.00", "0.80", "1.00", "0.50", "−90.00"]);
    expect(rows[7]!.slice(0, 6)).toEqual(["2 in 1", "0.99", "1.00", "10.00", "1.00", "0.52"]);
  });
});
