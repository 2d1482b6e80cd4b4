import { afterEach, beforeEach, expect, it } from "vitest";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import predict from ".";
import type { PredictTraits } from "./traits";

let stop: AbortController;
let host: HTMLElement;

const NUMBER: PredictTraits = {
  title: "Predict 01.P1", question: "How many of 19?", options: null, low: 0, high: 19, step: 1, unit: "tokens", within: 2,
  locked: null, revealed: null, error: "", frozen: false,
};
const CHOICE: PredictTraits = { ...NUMBER, options: ["a comma", "<b>a space</b>", "a letter"] };

function show(traits: PredictTraits): Fake<PredictTraits & typeof IDLE> {
  const fake = fakeModel({ ...IDLE, ...traits });
  predict.render({ model: fake.model, el: host, signal: stop.signal } as never);
  return fake;
}

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

const lockIn = (): HTMLButtonElement => host.querySelector(".mikit-predict-lock") as HTMLButtonElement;
const sliders = (): HTMLInputElement[] => [...host.querySelectorAll<HTMLInputElement>("input[type=range]")];
const text = (): string => host.querySelector(".mikit-predict")?.textContent ?? "";
function move(input: HTMLInputElement, to: number): void {
  input.value = String(to);
  input.dispatchEvent(new Event("input"));
}

it("locks a number only once the slider was moved, with how sure", () => {
  const fake = show(NUMBER);
  expect(lockIn().disabled).toBe(true);
  expect(text()).toContain("move the slider");
  expect(text()).toContain("Within 2 tokens of what is measured counts as right.");
  move(sliders()[0] as HTMLInputElement, 12);
  expect(text()).toContain("12 tokens");
  move(sliders()[1] as HTMLInputElement, 90);
  lockIn().click();
  expect(fake.sent).toEqual([{ do: "lock", value: 12, sure: 90 }]);
  expect(host.querySelector(".mikit-predict-answer")).toBeNull();
});

it("locks a choice; its text is data", () => {
  const fake = show(CHOICE);
  expect(host.querySelector("b")).toBeNull();
  const radio = [...host.querySelectorAll<HTMLInputElement>("input[type=radio]")][1] as HTMLInputElement;
  radio.checked = true;
  radio.dispatchEvent(new Event("change"));
  lockIn().click();
  expect(fake.sent).toEqual([{ do: "lock", value: "<b>a space</b>", sure: 75 }]);
});

it("is read-only once locked, and shows the truth and the score when revealed", () => {
  const fake = show(NUMBER);
  fake.receive({ locked: { value: 12, sure: 80 } });
  expect(host.querySelector("input, button")).toBeNull();
  expect(text()).toContain("◇you: 12 tokens");
  expect(text()).not.toContain("measured");
  fake.receive({ revealed: { truth: 1, right: false, brier: 0.64 } });
  expect(text()).toContain("◆measured: 1 tokens");
  expect(text()).toContain("It came out otherwise. Brier score 0.64");
  const [yours, truth] = [".mikit-predict-yours", ".mikit-predict-truth"].map((mark) => host.querySelector<HTMLElement>(mark)?.style.left);
  expect(parseFloat(yours as string)).toBeCloseTo((100 * 12) / 19);
  expect(parseFloat(truth as string)).toBeCloseTo(100 / 19);
});

it("marks the choice and the truth in the list", () => {
  show({ ...CHOICE, locked: { value: "a comma", sure: 60 }, revealed: { truth: "a letter", right: false, brier: 0.36 } });
  const rows = [...host.querySelectorAll("li")].map((row) => row.textContent);
  expect(rows).toEqual(["a comma ◇ you", "<b>a space</b> ", "a letter ◆ measured"]);
});

it("writes as many decimals as the slider has", () => {
  show({ ...NUMBER, low: -1, high: 1, step: 0.05, unit: "", locked: { value: -0.5, sure: 50 } });
  expect(text()).toContain("you: \u22120.50");
});

it("shows an error, and keeps what was set", () => {
  const fake = show(NUMBER);
  move(sliders()[0] as HTMLInputElement, 5);
  fake.receive({ error: "A prediction lies between 0 and 19." });
  expect(host.querySelector(".mikit-error")?.textContent).toBe("× A prediction lies between 0 and 19.");
  expect(sliders()[0]?.value).toBe("5");
  expect(lockIn().disabled).toBe(false);
});

it("asks for the cell to be run again when the kernel is gone", () => {
  host.className = "jupyter-widgets-disconnected";
  show(NUMBER);
  expect(text()).toContain("The kernel is gone. Run the cell again to predict.");
  expect(sliders().every((input) => input.disabled)).toBe(true);
});

it("takes nothing in a saved page", () => {
  show({ ...NUMBER, frozen: true });
  expect(text()).toContain("A saved page");
  expect(lockIn().disabled).toBe(true);
});
