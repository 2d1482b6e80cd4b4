import { afterEach, beforeEach, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import strip, { type TokensTraits } from ".";

let stop: AbortController;
let host: HTMLElement;
let fake: Fake<TokensTraits>;

const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));

beforeEach(async () => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
  fake = fakeModel<TokensTraits>({
    ...IDLE, title: "Surprise",
    tokens: [{ text: "<|im_start|>", special: true }, { text: " Mary", special: false }, { text: "<script>x</script>", special: false }],
    values: encode("float32", [3], [Number.NaN, 2, 9]), unit: "nats", scale: "sequential", limit: 8, selected: -1,
  });
  strip.render({ model: fake.model, el: host, signal: stop.signal } as never);
  await drawn();
});
afterEach(() => stop.abort());

const spans = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(".mikit-flow > .mikit-token")];
const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
const press = (key: string): void => {
  host.querySelector(".mikit-flow")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
};

it("draws tokens as text: hatched without a number, marked beyond the scale, grey when special", () => {
  expect(spans().map((span) => span.textContent)).toEqual(["<|im_start|>", "·Mary", "<script>x</script>"]);
  expect(host.querySelector("script")).toBeNull();
  expect(spans()[0]?.className).toContain("mikit-token-special");
  expect(spans()[0]?.className).toContain("mikit-tint-out");
  expect(spans()[1]?.style.backgroundColor).not.toBe("");
  expect(spans()[2]?.dataset.mark).toBe("+");
});

it("opens on the largest value, and follows the pointer", () => {
  expect(text(".mikit-number-value")).toBe("9.00");
  spans()[1]?.dispatchEvent(new Event("pointerover", { bubbles: true }));
  expect(text(".mikit-number-value")).toBe("2.00");
  host.querySelector(".mikit-flow")?.dispatchEvent(new Event("pointerleave"));
  expect(text(".mikit-number-value")).toBe("9.00");
});

it("selects by click and by keys, and tells Python", () => {
  spans()[1]?.click();
  expect(fake.model.get("selected")).toBe(1);
  press("ArrowRight");
  press("End");
  press("Enter");
  expect(fake.model.get("selected")).toBe(2);
  press("Enter");
  expect(fake.model.get("selected")).toBe(-1);
  expect(fake.saved).toEqual([["selected"], ["selected"], ["selected"]]);
});

it("stands without numbers", async () => {
  fake.receive({ values: null });
  await drawn();
  expect(spans().every((span) => span.style.backgroundColor === "")).toBe(true);
  expect(host.querySelector<HTMLElement>(".mikit-legend")?.hidden).toBe(true);
  expect(text(".mikit-number-value").trim()).toBe("");
});
