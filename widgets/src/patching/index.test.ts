import { afterEach, beforeEach, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import patching from ".";
import { agreementOf } from "./agreement";
import { plotOf } from "./curve";
import { listed, siteLabel } from "./dose";
import { dosedOf, sceneOf, type DosedWire, type MapWire, type PatchingTraits } from "./traits";
import { cellInWords, leaning, progressInWords, randomInWords } from "./words";

let stop: AbortController;
let host: HTMLElement;
let fake: Fake<PatchingTraits>;

const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
const NOT_YET = Number.NaN;
const ABOUT = { clean: "a John x", corrupt: "a Mary x", answer: " Mary", foil: " John", site: "resid_pre", metric: "logit difference" };

// Two layers by three tokens; the prompts first differ at token 1.
const MAP: MapWire = {
  ...ABOUT, direction: "denoise", unit: "logits", by: "position", clean_tokens: ["a", " John", " x"], corrupt_tokens: ["a", " Mary", " x"],
  first: 1, size: [2, 3], changed: -5, original: 6,
  approx: encode("float32", [2, 3], [0, 9, 1, 0, 4, -2]), exact: encode("float32", [2, 3], [0, NOT_YET, NOT_YET, 0, 8, -1]),
  approx_random: encode("float32", [3], [0.1, 0.2, 3]), exact_random: encode("float32", [3], [0.5, NOT_YET, -0.5]),
};
const DOSED: DosedWire = {
  ...ABOUT, unit: "logits", row: 1, column: 1, doses: encode("float32", [3], [0, 0.5, 1]), curve: encode("float32", [3], [-5, 1, 3]),
  curve_random: encode("float32", [2, 3], [-5, -5, -5, NOT_YET, NOT_YET, NOT_YET]),
  kl: encode("float32", [3], [0, 0.5, 2.25]), kl_random: encode("float32", [2, 3], [0, 0, 0.01, NOT_YET, NOT_YET, NOT_YET]),
  sites: ["L1 1: John", "L0 2: x", "L0 1: John"], top: [" Mary", " John", " low", "<i>high</i>"],
  probabilities: encode("float32", [3, 4], [0.01, 0.75, 0.01, 0.02, 0.3, 0.3, 0.01, 0.1, 0.84, 0.002, 0.01, 0.12]),
};

async function open(more: Partial<PatchingTraits> = {}): Promise<void> {
  fake = fakeModel<PatchingTraits>({
    ...IDLE, title: "Patching", answers: { approx: 1, map: 1, dose: 1 }, asked: { approx: 1, map: 1, dose: 1 },
    clean: ABOUT.clean, corrupt: ABOUT.corrupt, answer: " Mary", foil: " John", site: "resid_pre", direction: "denoise", metric: "logit difference",
    sites: ["resid_pre", "z"], metrics: ["logit difference", "KL"],
    examples: [{ label: "first", clean: "p q", corrupt: "r q", answer: " A", foil: " B" }],
    selected: [1, 1], dose: 2, predicted: null, map: MAP, dosed: DOSED, estimate: { seconds: 8.2, bytes: 41e6 }, ...more,
  });
  patching.render({ model: fake.model, el: host, signal: stop.signal } as never);
  await drawn();
}

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
const box = (label: string): HTMLSelectElement => host.querySelector(`select[aria-label="${label}"]`) as HTMLSelectElement;
const slider = (): HTMLInputElement => host.querySelector("input[type=range]") as HTMLInputElement;
const map = (): HTMLElement => host.querySelector(".mikit-pat-scroller") as HTMLElement;
const press = (key: string): void => {
  map().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
};
function drag(to: number): void {
  slider().value = String(to);
  slider().dispatchEvent(new Event("input"));
}

it("puts the exact cell where there is one, the approximate one elsewhere, and 0 before the prompts differ", () => {
  const scene = sceneOf({ ...MAP, approx: encode("float32", [2, 3], [7, 9, 1, 7, 4, -2]), exact: null });
  expect([...(scene?.values ?? [])]).toEqual([0, 9, 1, 0, 4, -2]);
  expect([...(scene?.isExact ?? [])]).toEqual([1, 0, 0, 1, 0, 0]);
  const mixed = sceneOf(MAP);
  expect([...(mixed?.values ?? [])]).toEqual([0, 9, 1, 0, 8, -1]);
  expect([...(mixed?.isExact ?? [])]).toEqual([1, 0, 0, 1, 1, 1]);
  expect(mixed?.limit).toBe(9);
});

it("shows the number of the selected cell beside its random sites, exact or marked approximate", async () => {
  await open();
  expect(text(".mikit-number-label")).toBe("L1 ·John (1), restored");
  expect(text(".mikit-number-value")).toBe("+8.00");
  expect(text(".mikit-number-below")).toBe("2 random sites: median 0.00, −0.50 to +0.50");
  fake.receive({ selected: [0, 1] });
  expect(text(".mikit-number-value")).toBe("≈ +9.00");
  expect(text(".mikit-number-unit")).toBe("logits, approximate");
  expect(text(".mikit-number-below")).toBe("3 random sites: median +0.20, +0.10 to +3.00");
});

it("only looks a dose up: the picture follows in the same turn, and nothing is asked", async () => {
  await open();
  drag(0);
  expect(text(".mikit-pat-here")).toBe("dose 0.00: −5.00");
  drag(1);
  expect(text(".mikit-pat-here")).toBe("dose 0.50: +1.00");
  expect(slider().getAttribute("aria-valuetext")).toBe("0.50: +1.00 logits");
  expect([...host.querySelectorAll(".mikit-pat-figures")].map((one) => one.textContent)).toEqual(["1 % → 30 %", "75 % → 30 %", "2 % → 10 %", "1 % → 1 %", ""]);
  expect(text(".mikit-pat-next")).toContain("KL from the changed run 0.50 nats; random sites 0.00");
  expect(fake.model.get("asked")).toEqual({ approx: 1, map: 1, dose: 1 });
  expect(fake.model.get("dose")).toBe(1);
});

it("keeps the dose alive in a saved page, where no other cell can be chosen", async () => {
  await open({ frozen: true });
  drag(0);
  expect(text(".mikit-pat-here")).toBe("dose 0.00: −5.00");
  press("ArrowRight");
  press("Enter");
  expect(fake.model.get("selected")).toEqual([1, 1]);
});

it("is worked by keys: the cursor reads each cell, Enter asks for its doses alone", async () => {
  await open();
  for (const key of ["ArrowUp", "ArrowRight", "ArrowRight"]) press(key);
  expect(text(".mikit-pat-readout")).toBe("L1 ·x (2): −1.00 logits ▼ toward ·John, exact");
  press("ArrowDown");
  expect(text(".mikit-pat-readout")).toBe("L0 ·x (2): +1.00 logits ▲ toward ·Mary, approximate");
  press("Enter");
  expect(fake.model.get("selected")).toEqual([0, 2]);
  expect(fake.model.get("asked")).toEqual({ approx: 1, map: 1, dose: 2 });
  expect(host.querySelector(".mikit-pat-dose")?.classList.contains("mikit-old")).toBe(true);
  expect(host.querySelector(".mikit-pat-left")?.classList.contains("mikit-old")).toBe(false);
  press("Escape");
  expect(text(".mikit-pat-readout")).toContain("Change of the logit difference");
});

it("fades at once when a text is changed, and until either map answers the new one", async () => {
  await open();
  const first = host.querySelector<HTMLInputElement>(".mikit-pat-of-clean input") as HTMLInputElement;
  first.value = "a Jane x";
  first.dispatchEvent(new Event("change"));
  expect(fake.model.get("clean")).toBe("a Jane x");
  expect(fake.model.get("asked")).toEqual({ approx: 2, map: 2, dose: 2 });
  const faded = (): boolean | undefined => host.querySelector(".mikit-pat-left")?.classList.contains("mikit-old");
  expect(faded()).toBe(true);
  expect(host.querySelector(".mikit-number")?.classList.contains("mikit-old")).toBe(true);
  fake.receive({ map: { ...MAP, exact: null, exact_random: null }, answers: { approx: 2, map: 1, dose: 1 } });
  await drawn();
  expect(faded()).toBe(false);
  expect(host.querySelector(".mikit-pat-dose")?.classList.contains("mikit-old")).toBe(true);
});

it("stays old when the new question has an error", async () => {
  await open({ asked: { approx: 2, map: 2, dose: 2 }, error: "The two prompts are the same." });
  expect(host.querySelector(".mikit-pat-left")?.classList.contains("mikit-old")).toBe(true);
  expect(text(".mikit-error")).toBe("× The two prompts are the same.");
});

it("asks both maps for a direction, and everything for a metric, a site or an example", async () => {
  await open();
  const choose = (label: string, value: string): void => {
    box(label).value = value;
    box(label).dispatchEvent(new Event("change"));
  };
  choose("Direction", "noise");
  expect(fake.model.get("asked")).toEqual({ approx: 2, map: 2, dose: 1 });
  choose("Metric", "KL");
  expect(fake.model.get("metric")).toBe("KL");
  choose("What is patched", "z");
  expect(fake.model.get("site")).toBe("z");
  choose("Examples", "0");
  expect([fake.model.get("clean"), fake.model.get("answer"), box("Examples").value]).toEqual(["p q", " A", ""]);
  expect(fake.model.get("asked")).toEqual({ approx: 5, map: 5, dose: 4 });
});

it("treats tokens as text, and writes both prompts above their columns", async () => {
  await open({ map: { ...MAP, clean_tokens: ["a", " <b>", " x"] } });
  expect(host.querySelector("b:not(.mikit-foot b), i")).toBeNull();
  const words = [...host.querySelectorAll(".mikit-pat-tokens text")].map((one) => one.textContent);
  expect(words).toEqual(["a", "·<b>", "·x", "a", "·Mary", "·x"]);
  expect(host.querySelectorAll(".mikit-pat-tokens rect")).toHaveLength(2);
});

it("stands without numbers, and before the doses of a cell", async () => {
  await open({ map: null, dosed: null, selected: null, estimate: null });
  expect(text(".mikit-pat-nothing")).toBe("No numbers yet.");
  expect(host.querySelector<HTMLElement>(".mikit-pat-dosed")?.hidden).toBe(true);
  press("ArrowRight");
  press("Enter");
  expect(fake.model.get("selected")).toBeNull();
});

it("draws a prediction as a diamond, and the original's level only beside numbers of the same question", async () => {
  await open({ predicted: 4 });
  expect(host.querySelectorAll(".mikit-pat-you")).toHaveLength(1);
  expect(text(".mikit-pat-key")).toContain("◇ you: +4.0");
  expect(host.querySelectorAll(".mikit-pat-level")).toHaveLength(2);
  fake.receive({ map: { ...MAP, clean: "b John x" } });
  await drawn();
  expect(host.querySelectorAll(".mikit-pat-level")).toHaveLength(1);
  expect(host.querySelectorAll(".mikit-pat-random")).toHaveLength(1);
});

it("offers the sweep again after a stop", async () => {
  await open({ status: { state: "stopped", text: "stopped", done: 0.4 } });
  const again = [...host.querySelectorAll("button")].find((one) => one.textContent === "Sweep again") as HTMLButtonElement;
  expect(again.hidden).toBe(false);
  again.click();
  expect(fake.model.get("asked")).toEqual({ approx: 1, map: 2, dose: 1 });
});

it("compares the two maps where both have a number and can differ", () => {
  const exact = encode("float32", [2, 3], [0, 1, 2, 0, 3, 9]);
  const found = agreementOf(sceneOf({ ...MAP, approx: encode("float32", [2, 3], [0, 2, 4, 0, 6, 8]), exact }) as never);
  expect(found).toMatchObject({ count: 4, worst: 4 });
  const [x, y] = [[2, 4, 6, 8], [1, 2, 3, 9]];
  const mean = (v: number[]): number => v.reduce((a, b) => a + b) / 4;
  const about = (v: number[]): number[] => v.map((a) => a - mean(v));
  const dot = (a: number[], b: number[]): number => a.reduce((sum, one, i) => sum + one * (b[i] as number), 0);
  expect(found?.correlation).toBeCloseTo(dot(about(x as number[]), about(y as number[])) / Math.sqrt(dot(about(x as number[]), about(x as number[])) * dot(about(y as number[]), about(y as number[]))));
  expect(agreementOf(sceneOf(MAP) as never)).toBeNull();
});

it("says in words what is where", () => {
  const scene = sceneOf(MAP) as NonNullable<ReturnType<typeof sceneOf>>;
  expect(cellInWords(scene, [1, 0])).toBe("L1 a (0): 0.00 logits, exact: the prompts do not differ up to here; position 0, an attention sink");
  expect(progressInWords(scene, { seconds: 8.2, bytes: 41e6 })).toBe(
    "4 of 6 cells are exact (full squares); the small ones are approximate. The whole sweep takes about 8 s and 41 MB.");
  expect(randomInWords({ ...scene, exactRandom: new Float32Array() }, true)).toBe("random sites: not yet");
  expect(leaning({ ...scene, metric: "probability" }, -0.2)).toBe("▼ lower");
  expect(cellInWords(sceneOf({ ...MAP, by: "head", approx: null, exact: null }) as never, [1, 2])).toBe("L1H2: not computed yet");
});

it("names sites and orders tokens without regard to the dose", () => {
  expect(siteLabel("L3 9: John")).toBe("L3 ·John (9)");
  expect(siteLabel("L3 8:\n")).toBe("L3 ⏎ (8)");
  expect(siteLabel("L3H2")).toBe("L3H2");
  expect(listed(dosedOf(DOSED) as never)).toEqual([0, 1, 3, 2]);
  const plot = plotOf(dosedOf(DOSED) as never, { original: 6, predicted: null }, 280);
  expect([plot.low, plot.high]).toEqual([-5, 6]);
  expect(plot.y(6)).toBeLessThan(plot.y(-5));
});
