import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import training from ".";
import { nats, plotOf, stepAt } from "./chart";
import { pixelsOf } from "./heads";
import { sceneOf, type TrainingTraits } from "./traits";

const NONE = encode("float32", [0], []);

const UNTRAINED: TrainingTraits = {
  ...IDLE, title: "A network learns", seed: 0, started: false, updates: 20, predicted: 3, chance: 3.87, grid: [2, 2],
  steps: NONE, loss: NONE, loss_control: NONE, scores: {}, score_control: {},
  patterns: encode("uint8", [0, 0], []), pattern_control: encode("uint8", [0, 0], []),
};

const TRAINED: Partial<TrainingTraits> = {
  steps: encode("float32", [3], [0, 10, 20]), loss: encode("float32", [3], [4, 1, 0.004]), loss_control: encode("float32", [3], [4, 3.5, 2.9]),
  scores: { induction: encode("float32", [3, 4], [0, 0, 0, 0, 0.1, 0.1, 0.5, 0.1, 0.1, 0.1, 0.9, 0.2]) },
  score_control: { induction: encode("float32", [3, 2], [0, 0, 0.05, 0, 0.06, 0.01]) },
  patterns: encode("uint8", [4, 3], Array.from({ length: 12 }, (_, i) => i)),
  pattern_control: encode("uint8", [2, 3], [255, 0, 255, 255, 128, 127]),
};

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

describe("the chart", () => {
  const scene = sceneOf(fakeModel({ ...UNTRAINED, ...TRAINED }).model);
  const plot = plotOf(scene, 420, 300);

  it("has no loss at the bottom, and room for the highest curve", () => {
    expect(plot.y(0)).toBeGreaterThan(plot.y(1));
    expect(plot.y(4)).toBeGreaterThanOrEqual(0);
    expect(plot.x(20)).toBeGreaterThan(plot.x(0));
  });

  it("finds the measured step under the pointer", () => {
    expect([0, plot.x(9), 1000].map((x) => stepAt(scene, plot, x))).toEqual([0, 1, 2]);
  });

  it("says of the smallest losses only that they are small", () => {
    expect([0.004, 0.33, 3.869].map(nats)).toEqual(["< 0.01", "0.33", "3.87"]);
  });
});

describe("a head", () => {
  it("takes its own column of the scores and its own triangle", () => {
    const { heads } = sceneOf(fakeModel({ ...UNTRAINED, ...TRAINED }).model);
    expect(heads.map(({ name, control }) => (control ? `one ${name}` : name))).toEqual(["L0H0", "L0H1", "L1H0", "L1H1", "one L0H0", "one L0H1"]);
    const [name, values] = heads[2]!.scores[0]!;
    expect([name, ...[...values].map((x) => x.toFixed(1))]).toEqual(["induction", "0.0", "0.5", "0.9"]);
    expect([...heads[2]!.triangle!]).toEqual([6, 7, 8]);
  });

  it("is painted below the diagonal only", () => {
    const colours = Uint32Array.from({ length: 256 }, (_, i) => i + 1);
    expect(pixelsOf(Uint8Array.of(9, 4, 5), colours)).toEqual({ side: 2, pixels: Uint32Array.of(10, 0, 5, 6) });
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<TrainingTraits>;

  beforeEach(async () => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
    fake = fakeModel<TrainingTraits>({ ...UNTRAINED });
    training.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  });
  afterEach(() => stop.abort());

  const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
  const labels = (): string[] => [...host.querySelectorAll(".mikit-tr-label")].map((one) => one.textContent ?? "");
  const press = (key: string): void => {
    host.querySelector(".mikit-tr-chart")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };

  it("waits for Start, with chance and the prediction in place", () => {
    expect(labels()).toEqual(["chance 3.87", "you: 3.0"]);
    expect(host.querySelectorAll(".mikit-tr-you")).toHaveLength(1);
    expect(host.querySelectorAll(".mikit-tr-card")).toHaveLength(6);
    host.querySelector<HTMLButtonElement>(".mikit-primary")?.click();
    expect(fake.model.get("started")).toBe(true);
    expect(fake.model.get("asked")).toEqual({ train: 1 });
  });

  it("draws the control under the effect, and both with their numbers", async () => {
    fake.receive(TRAINED);
    await frame();
    expect(labels()).toEqual(["chance 3.87", "one layer 2.90", "two layers < 0.01", "you: 3.0"]);
    const paths = [...host.querySelectorAll("path")].map((one) => one.getAttribute("class"));
    expect(paths).toEqual(["mikit-tr-control", "mikit-tr-effect"]);
    expect(text(".mikit-number-value")).toBe("< 0.01");
    expect(text(".mikit-number-below")).toBe("one layer 2.90 · chance 3.87");
    expect(text(".mikit-primary")).toBe("Train again");
  });

  it("is read step by step with the arrow keys", async () => {
    fake.receive(TRAINED);
    await frame();
    press("ArrowLeft");
    expect(text(".mikit-number-label")).toBe("loss, two layers, 10 updates");
    expect(text(".mikit-number-value")).toBe("1.00");
    expect(text(".mikit-tr-card .mikit-tr-figure")).toBe("0.10");
    press("Home");
    expect(text(".mikit-number-value")).toBe("4.00");
    press("Escape");
    expect(text(".mikit-number-label")).toBe("loss, two layers, 20 updates");
  });

  it("asks for another network when the seed changes, and not for a seed that is none", () => {
    const seed = host.querySelector<HTMLInputElement>(".mikit-seed")!;
    const type = (value: string): void => {
      seed.value = value;
      seed.dispatchEvent(new Event("change"));
    };
    type("");
    expect(fake.saved).toEqual([]);
    expect(seed.value).toBe("0");
    type("7");
    expect(fake.model.get("seed")).toBe(7);
  });

  it("reads as a table", async () => {
    fake.receive(TRAINED);
    await frame();
    [...host.querySelectorAll("button")].find((one) => one.textContent === "Read as a table")?.click();
    expect([...host.querySelectorAll(".mikit-twin thead th")].slice(0, 4).map((one) => one.textContent)).toEqual(["updates", "two layers", "one layer", "L0H0 induction"]);
    expect(host.querySelectorAll(".mikit-twin tbody tr")).toHaveLength(3);
  });
});
