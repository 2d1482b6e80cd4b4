// The view without a kernel: it waits, it draws the random dictionary below, and it keeps the truth hidden.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import training from "./index";
import { figure, plotOf, stepAt } from "./panels";
import { sceneOf, type DictionaryTrainingTraits } from "./traits";

const NONE = encode("float32", [0, 0], []);
const UNTRAINED: DictionaryTrainingTraits = {
  ...IDLE, seed: 0, started: false, chosen: 0, revealed: false, predicted: 15, knob: "sparsity", levels: [0.02, 0.3], updates: 20, features: 8,
  truth: 4, resumable: false, steps: encode("float32", [0], []), curves: {}, curves_control: {}, held_out: [], recovered: [], recovered_control: [],
  cosine: NONE, cosine_control: NONE,
};

const curve = (...values: number[]): ReturnType<typeof encode<"float32">> => encode("float32", [3, 2], values);
const TRAINED: Partial<DictionaryTrainingTraits> = {
  steps: encode("float32", [3], [1, 10, 20]),
  curves: { fvu: curve(1.5, 1, 0.1, 0.4, 0.006, 0.2), l0: curve(6, 6, 5, 3, 5, 2), dead: curve(0, 0, 0, 0, 0, 0.125) },
  curves_control: { fvu: curve(0.4, 0.4, 0.3, 0.5, 0.3, 0.6), l0: curve(6, 6, 5, 3, 5, 2), dead: curve(0, 0, 0, 0, 0, 0) },
  recovered: [1, 3], recovered_control: [0, 1],
  cosine: encode("float32", [2, 4], [0.5, 0.95, 0.7, 0.8, 0.99, 0.98, 0.6, 0.97]), cosine_control: encode("float32", [2, 4], [0.5, 0.6, 0.7, 0.8, 0.5, 0.92, 0.6, 0.7]),
};

const REAL: Partial<DictionaryTrainingTraits> = {
  levels: [32], knob: "k", truth: 0, predicted: 0.25, steps: encode("float32", [2], [1, 2]),
  curves: { fvu: encode("float32", [2, 1], [0.9, 0.4]), l0: encode("float32", [2, 1], [32, 32]), dead: encode("float32", [2, 1], [0, 0]) },
  curves_control: { fvu: encode("float32", [2, 1], [0.7, 0.7]), l0: encode("float32", [2, 1], [32, 32]), dead: encode("float32", [2, 1], [0, 0]) },
  recovered: [], recovered_control: [], cosine: NONE, cosine_control: NONE,
};

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

describe("the scene", () => {
  it("gives each dictionary its own numbers, directions best first", () => {
    const { levels } = sceneOf(fakeModel({ ...UNTRAINED, ...TRAINED }).model);
    expect([...levels[1]!.effect.l0]).toEqual([6, 3, 2]);
    expect(levels[0]!.cosine.map((one) => figure("fvu", one))).toEqual(["0.950", "0.800", "0.700", "0.500"]);
  });

  it("keeps a FVU above 1 inside its panel, and the panels apart", () => {
    const scene = sceneOf(fakeModel({ ...UNTRAINED, ...TRAINED }).model);
    const plot = plotOf(scene, 600, 400);
    const [fvu, l0, dead] = plot.panels;
    expect(fvu!.y(1.5)).toBe(fvu!.top);
    expect(l0!.top).toBeGreaterThan(fvu!.y(0));
    expect(dead!.y(0)).toBeLessThan(400);
    expect(stepAt(scene, plot, plot.x(11))).toBe(1);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<DictionaryTrainingTraits>;

  beforeEach(async () => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
    fake = fakeModel<DictionaryTrainingTraits>({ ...UNTRAINED });
    training.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  });
  afterEach(() => stop.abort());

  const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
  const labels = (): string[] => [...host.querySelectorAll(".mikit-dt-chart .mikit-dt-label")].map((one) => one.textContent ?? "");
  const button = (name: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === name)!;

  it("waits for Start", () => {
    expect(text(".mikit-number-below")).toBe("not trained yet");
    button("Start").click();
    expect([fake.model.get("started"), fake.model.get("asked")]).toEqual([true, { train: 1 }]);
  });

  it("draws the random dictionary under the one that is read out", async () => {
    fake.receive(TRAINED);
    await frame();
    const paths = [...host.querySelectorAll(".mikit-dt-chart path")].map((one) => one.getAttribute("class"));
    expect(paths.slice(0, 3)).toEqual(["mikit-dt-control", "mikit-dt-other", "mikit-dt-effect"]);
    expect(paths).toHaveLength(9);
    expect(labels().slice(0, 3)).toEqual(["random 0.300", "0.02: 0.006", "0.3: 0.200"]);
    expect([text(".mikit-number-value"), text(".mikit-number-below")]).toEqual(["0.006", "random dictionary 0.300"]);
  });

  it("reads another dictionary without asking for numbers", async () => {
    fake.receive(TRAINED);
    const select = host.querySelector("select")!;
    await frame();
    select.selectedIndex = 1;
    select.dispatchEvent(new Event("change"));
    await frame();
    expect([fake.model.get("chosen"), fake.model.get("asked")]).toEqual([1, {}]);
    expect(text(".mikit-number-value")).toBe("0.200");
  });

  it("hides the truth until it is asked for", async () => {
    fake.receive(TRAINED);
    await frame();
    expect(text(".mikit-dt-body")).toContain("You: 15 of 4 will come back.");
    expect(host.querySelectorAll(".mikit-dt-marks")).toHaveLength(0);
    button("Read as a table").click();
    expect(text("caption")).not.toContain("came back");
    button("Show the true directions").click();
    await frame();
    expect(fake.model.get("revealed")).toBe(true);
    expect(text(".mikit-dt-count")).toBe("1 of 4 came back, with sparsity 0.02");
    expect([".mikit-dt-mark", ".mikit-dt-mark-lost", ".mikit-dt-mark-control", ".mikit-dt-marks .mikit-dt-you"].map((one) => host.querySelectorAll(one).length))
      .toEqual([1, 3, 4, 1]);
    expect([...host.querySelectorAll(".mikit-dt-table tbody tr")].map((row) => row.textContent)).toEqual(["0.020.0065.01 of 4", "0.30.2002.03 of 4"]);
    expect(text("caption")).toContain("came back: 1 with sparsity 0.02, 3 with sparsity 0.3");
  });

  it("is read step by step with the arrow keys", async () => {
    fake.receive(TRAINED);
    await frame();
    const press = (key: string): void => { host.querySelector(".mikit-dt-chart")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); };
    press("ArrowLeft");
    expect([text(".mikit-number-label"), text(".mikit-number-value")]).toEqual(["left out, sparsity 0.02, 10 updates", "0.100"]);
    press("Escape");
    expect(text(".mikit-number-label")).toBe("left out, sparsity 0.02, 20 updates");
  });

  it("shows a model's dictionary without planted truth, and what it reaches on held-out windows", async () => {
    fake.receive({ ...REAL, resumable: true });
    await frame();
    expect(host.querySelector<HTMLElement>(".mikit-dt-truth")!.hidden).toBe(true);
    expect(labels().slice(0, 3)).toEqual(["random 0.700", "0.400", "you: 0.25"]);
    expect(text(".mikit-primary")).toBe("Go on");
    fake.receive({ held_out: [0.41, 0.38, 0.44, 0.71] });
    await frame();
    expect([text(".mikit-number-value"), text(".mikit-number-below")]).toEqual(["0.410 [0.380, 0.440]", "random dictionary 0.710"]);
  });
});
