import { afterEach, beforeEach, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import bethehead from ".";
import { columnWidth } from "./board";
import { axisOf } from "./outcomes";
import type { HeadTraits } from "./traits";

let stop: AbortController;
let host: HTMLElement;
let fake: Fake<HeadTraits>;

const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
const token = (text: string): { text: string; special: boolean } => ({ text, special: false });
const next = [{ text: " Mary", p: 0.92 }, { text: " the", p: 0.02 }];

async function open(more: Partial<HeadTraits> = {}): Promise<void> {
  fake = fakeModel<HeadTraits>({
    ...IDLE, title: "Be the head", answers: { placed: 1, each: 1 }, asked: { placed: 1, each: 1 },
    text: "When Mary <b>", head: [23, 3], shares: [0.25, 0.5, 0.25], revealed: false, predicted: null, answer: " Mary", foil: " John",
    grid: [30, 9], tokens: [token("When"), token(" Mary"), token("<b>x</b>")], own: encode("float32", [3], [0.2, 0.1, 0.7]),
    outcomes: [
      { name: "placed", diff: 1.5, answer: 0.4, foil: 0.1, next },
      { name: "real head", diff: 6.12, answer: 0.92, foil: 0.01, next },
      { name: "spread evenly", diff: 3.41, answer: 0.88, foil: 0.03, next },
    ],
    each: encode("float32", [3], [3.2, -1.3, 6.4]), each_others: encode("float32", [2, 3], [6, 6, 6, 5, 7, 5]),
    ...more,
  });
  bethehead.render({ model: fake.model, el: host, signal: stop.signal } as never);
  await drawn();
}

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

const columns = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(".mikit-bth-column")];
const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
const button = (label: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === label) as HTMLButtonElement;
const press = (i: number, key: string): void => {
  columns()[i]?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
};

it("draws the placement and keeps the real head to itself until asked", async () => {
  await open();
  expect(columns().map((column) => column.getAttribute("aria-valuenow"))).toEqual(["25", "50", "25"]);
  expect(text(".mikit-number-value")).toBe("+1.50");
  expect(text(".mikit-bth-rows")).not.toContain("real head");
  expect(host.querySelector(".mikit-bth-each")?.hasAttribute("hidden")).toBe(true);
  expect(columns().every((column) => column.querySelector<HTMLElement>(".mikit-bth-real")?.hidden)).toBe(true);
  button("Show the real head").click();
  await drawn();
  expect(text(".mikit-bth-rows")).toContain("real head");
  expect(columns()[2]?.getAttribute("aria-valuetext")).toBe("25 %, real head 70 %");
  expect(host.querySelectorAll(".mikit-bth-each circle")).toHaveLength(3);
  expect(host.querySelectorAll(".mikit-bth-band")).toHaveLength(3);
});

it("treats tokens as text", async () => {
  await open();
  expect(host.querySelector("b:not(.mikit-foot b)")).toBeNull();
  expect(columns()[2]?.textContent).toContain("<b>x</b>");
});

it("puts everything on the token that is clicked, and asks with a new number", async () => {
  await open();
  columns()[1]?.querySelector<HTMLElement>(".mikit-bth-label")?.click();
  expect(fake.model.get("shares")).toEqual([0, 1, 0]);
  expect(fake.model.get("asked")).toEqual({ placed: 2, each: 1 });
});

it("is worked by keys alone", async () => {
  await open();
  press(0, "ArrowUp");
  expect(fake.model.get("shares")[0]).toBeCloseTo(0.3);
  press(0, "PageDown");
  expect(fake.model.get("shares")[0]).toBeCloseTo(0.1);
  press(0, "Home");
  expect(fake.model.get("shares")[0]).toBe(0);
  press(2, "Enter");
  expect(fake.model.get("shares")).toEqual([0, 0, 1]);
  press(0, "ArrowRight");
  expect(columns().map((column) => column.tabIndex)).toEqual([-1, 0, -1]);
  const shares = fake.model.get("shares").reduce((sum, share) => sum + share, 0);
  expect(shares).toBeCloseTo(1);
});

it("spreads evenly and copies the real head", async () => {
  await open({ revealed: true });
  button("Place as the real head").click();
  expect(fake.model.get("shares")[2]).toBeCloseTo(0.7);
  button("Spread evenly").click();
  expect(fake.model.get("shares")).toEqual([1 / 3, 1 / 3, 1 / 3]);
});

it("answers from the table of single tokens in a saved page", async () => {
  await open({ frozen: true, revealed: true });
  press(1, "ArrowUp");
  await drawn();
  expect(fake.model.get("shares")).toEqual([0, 1, 0]);
  expect(text(".mikit-number-value")).toBe("\u22121.30");
  expect(text(".mikit-bth-next")).not.toContain("placed");
  expect(button("Spread evenly").disabled).toBe(true);
  expect(fake.model.get("asked")).toEqual({ placed: 1, each: 1 });
});

it("draws a prediction as a diamond", async () => {
  await open({ predicted: 8 });
  expect(host.querySelectorAll(".mikit-bth-diamond")).toHaveLength(1);
  expect(text(".mikit-bth-you")).toBe("◇ you: +8.0");
});

it("asks both lanes for another head, and stands without numbers", async () => {
  await open({ tokens: [], shares: [], outcomes: [], own: encode("float32", [0], []), each: encode("float32", [0], []), each_others: encode("float32", [0, 0], []) });
  const layer = host.querySelector<HTMLSelectElement>("select[aria-label=Layer]") as HTMLSelectElement;
  expect(layer.value).toBe("23");
  layer.value = "5";
  layer.dispatchEvent(new Event("change"));
  expect(fake.model.get("head")).toEqual([5, 3]);
  expect(fake.model.get("asked")).toEqual({ placed: 2, each: 2 });
});

it("fits its columns to the room, and its axis to the values and 0", () => {
  expect(columnWidth(14, 528)).toBe(34);
  expect(columnWidth(3, 528)).toBe(44);
  expect(columnWidth(60, 528)).toBe(24);
  const [low, high] = axisOf([3, 6]);
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(6);
});
