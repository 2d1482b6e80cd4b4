import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import lens from ".";
import { columnsOf, mapLayout } from "./layout";
import { barAxis, turned } from "./shares";
import type { LensTraits } from "./traits";

let stop: AbortController;
let host: HTMLElement;
let fake: Fake<LensTraits>;

const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
const guesses = (first: string): { text: string; p: number }[] => [{ text: first, p: 0.5 }, { text: "<b>", p: 0.25 }];

/** Two layers of two heads; the prompt has three tokens, the control two. */
async function open(more: Partial<LensTraits> = {}): Promise<void> {
  fake = fakeModel<LensTraits>({
    ...IDLE, title: "Lens", answers: { lens: 1, direct: 1 }, asked: { lens: 1, direct: 1 },
    prompt: "a b <i>", control: "a c", answer: " John", foil: " Mary", layer: 0, grid: [2, 2],
    tokens: ["a", " b", "<i>"], control_tokens: ["a", " c"],
    lens: encode("float32", [2, 3], [1, 2, 11.5, 4, 5, 5.5]), control_lens: encode("float32", [2, 2], [1, 11.25, 4, -6]),
    limit: 12, top: [guesses(" "), guesses(" John")], control_top: [guesses(" "), guesses(" Mary")],
    layers: encode("float32", [2, 2, 2], [0.5, -0.25, 3, 1, 0.5, -0.125, -4, -1]), ends: encode("float32", [2, 2], [0.04, 0, 0.05, 0]),
    heads: encode("float32", [2, 2, 2], [0.1, 0.4, 3.5, -0.5, 0.1, 0.4, -4.5, 0.5]),
    parts: [{ name: "L1H0", value: 3.5, control: -4.5 }, { name: "L1N7", value: -0.5, control: 0.25 }],
    ...more,
  });
  lens.render({ model: fake.model, el: host, signal: stop.signal } as never);
  await drawn();
}

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
const all = (selector: string): string[] => [...host.querySelectorAll(selector)].map((one) => one.textContent ?? "");
const box = (name: string): HTMLInputElement => host.querySelector(`.mikit-lens-of-${name} input`) as HTMLInputElement;
const press = (at: number, key: string): void => {
  host.querySelectorAll(".mikit-lens-scroller")[at]?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
};

describe("layout", () => {
  const prompt = Array<string>(14).fill(" word");

  it("puts the maps side by side with the same cells, and below one another when the prompts are long", () => {
    const columns = columnsOf([prompt, prompt.slice(0, 12)], 800);
    expect(columns).toEqual({ beside: true, width: 388 });
    const [left, right] = [mapLayout(30, [prompt, prompt.slice(0, 12)], 0, columns, 210), mapLayout(30, [prompt, prompt.slice(0, 12)], 1, columns, 210)];
    expect(left).toMatchObject({ cellWidth: 25, cellHeight: 7, width: 350, height: 210 });
    expect(right).toMatchObject({ cellWidth: 25, width: 300 });
    expect(columnsOf([prompt, prompt], 500).beside).toBe(true);
    expect(columnsOf([Array<string>(40).fill("w"), prompt], 800)).toEqual({ beside: false, width: 800 });
  });

  it("gives both panels of bars one axis with zero in it", () => {
    const shares = { embedding: 0, biases: 0, heads: new Float32Array() };
    expect(barAxis([{ ...shares, attention: Float32Array.of(3), mlp: Float32Array.of(1) }, { ...shares, attention: Float32Array.of(-4), mlp: Float32Array.of(0) }])).toEqual([-4, 3]);
    expect(barAxis([])).toEqual([0, 1]);
  });

  it("turns heads so that layers go right", () => {
    expect([...turned(Float32Array.of(0, 1, 10, 11, 20, 21), 3, 2)]).toEqual([0, 10, 20, 1, 11, 21]);
  });
});

describe("the view", () => {
  it("shows the logit difference at the end of the last layer beside the control's", async () => {
    await open();
    expect(text(".mikit-number-value")).toBe("+5.50");
    expect(text(".mikit-number-below")).toBe("control −6.00");
    expect(text(".mikit-number-label")).toBe("·John − ·Mary at the end");
  });

  it("lists the likeliest tokens of the chosen layer for both prompts", async () => {
    await open();
    expect(all(".mikit-lens-lensed")).toEqual(["prompt at <i>+11.50", "control at ·c+11.25"]);
    press(0, "ArrowRight"); // the cursor appears at the top left: the last layer, the first token
    press(0, "Enter");
    expect(fake.model.get("layer")).toBe(1);
    expect(fake.saved).toEqual([["layer"]]);
    press(0, "Escape");
    expect(all(".mikit-lens-lensed")).toEqual(["prompt at <i>+5.50", "control at ·c−6.00"]);
    expect(all(".mikit-lens-guess .mikit-token").filter((one) => one.includes("·"))).toEqual(["·John", "·Mary"]);
  });

  it("reads the place under the cursor in both maps, and leaves out what only one prompt has", async () => {
    await open();
    press(0, "ArrowRight");
    press(0, "ArrowDown");
    press(0, "End");
    expect(all(".mikit-lens-lensed")).toEqual(["prompt at <i>+11.50", "control"]);
    expect([...host.querySelectorAll<HTMLElement>(".mikit-lens-map .mikit-lens-marker")].map((one) => one.hidden)).toEqual([false, true]);
  });

  it("draws the control's bars under the effect's, and names a head beside its control", async () => {
    await open();
    const kinds = [...host.querySelectorAll(".mikit-lens-bars")[0]!.querySelectorAll("rect")].map((one) => one.getAttribute("class"));
    expect(kinds).toEqual([
      "mikit-lens-here", "mikit-lens-bar-control", "mikit-lens-bar-control", "mikit-lens-bar-pos", "mikit-lens-bar-pos",
    ]);
    press(2, "ArrowRight");
    press(2, "ArrowRight");
    expect(host.querySelector(".mikit-lens-shares")?.textContent).toContain("L1H0 +3.50, control −4.50");
    expect(text(".mikit-lens-parts tbody tr")).toBe("L1H0+3.50−4.50");
    expect(text(".mikit-lens-parts")).toContain("embedding+0.04+0.05");
  });

  it("asks both lanes anew, and writes a leading space as a dot", async () => {
    await open();
    expect(box("answer").value).toBe("·John");
    box("answer").value = "·Anna";
    box("answer").dispatchEvent(new Event("change"));
    expect(fake.model.get("answer")).toBe(" Anna");
    expect(fake.model.get("asked")).toEqual({ lens: 2, direct: 2 });
    box("control").value = "other words";
    box("control").dispatchEvent(new Event("change"));
    expect(fake.model.get("control")).toBe("other words");
  });

  it("fades what is old, lane by lane", async () => {
    await open();
    fake.receive({ answers: { lens: 2, direct: 1 }, asked: { lens: 2, direct: 2 } });
    expect(host.querySelector(".mikit-lens-maps")?.classList.contains("mikit-old")).toBe(false);
    expect(host.querySelector(".mikit-lens-shares")?.classList.contains("mikit-old")).toBe(true);
  });

  it("treats tokens as text, and says so when there are no numbers", async () => {
    await open();
    expect(host.querySelector("i, .mikit-lens-guess b")).toBeNull();
    fake.receive({
      control_tokens: [], control_lens: encode("float32", [0, 0], []), control_top: [], heads: encode("float32", [0, 0], []),
      layers: encode("float32", [0, 0], []), ends: encode("float32", [0, 0], []), parts: [],
    });
    await drawn();
    expect([...host.querySelectorAll<HTMLElement>(".mikit-lens-nothing")].map((one) => one.hidden)).toEqual([true, false]);
    expect(text(".mikit-number-below")).toBe("\u00a0");
    expect(host.querySelectorAll(".mikit-lens-bar-control")).toHaveLength(0);
  });

  it("reads as a table", async () => {
    await open();
    [...host.querySelectorAll("button")].find((one) => one.textContent === "Read as a table")?.click();
    expect(all(".mikit-twin tbody tr")[1]).toBe("15.50−6.00·John·Mary3.00−4.001.00−1.00");
  });
});
