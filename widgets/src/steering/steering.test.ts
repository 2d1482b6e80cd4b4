import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import steering from ".";
import { axisOf, dragged, nearest, outOfRange } from "./axis";
import { sentences } from "./build";
import { span } from "./inputs";
import { panelsOf, rangeOf } from "./panels";
import { tableOf } from "./table";
import { foundOf, measuredOf, type ControlWire, type CurveWire, type LineWire, type MeasuredWire, type Rating, type Share, type SteeringTraits } from "./traits";
import { besideInWords, effectInWords, keyInWords, outcomeInWords, sinceInWords, sinkInWords, tokenInWords } from "./words";

const NAN = Number.NaN;
const curve = (value: number[], half = NAN): CurveWire => ({
  value: encode("float32", [value.length], value), low: encode("float32", [value.length], value.map((one) => one - half)),
  high: encode("float32", [value.length], value.map((one) => one + half)),
});
const text = (tokens: string[], change = tokens.map(() => 1)): LineWire => ({ tokens, change: encode("float32", [tokens.length], change), ended: false });

const CONTROL: ControlWire = {
  name: "random arrows", why: "", effect: curve([-1, 0.2, 1], 0.5), kl: curve([0.1, 0, 0.1]), surprise: curve([2, 2, 2]), repetition: curve([0, 0, 0]), ratio: curve([1, 1, 1]),
};
const MEASURED: MeasuredWire = {
  direction: "formality", how: "add", layer: 14, last: 14, doses: encode("float32", [3], [-0.5, 0, 0.5]), effect: curve([-6, 0.2, 8], 2),
  costs: { kl: curve([0.9, 0, 0.8]), surprise: curve([5, 2, 3]), repetition: curve([0.3, 0.02, 0.05]), ratio: curve([1.2, 1, 1.1]) }, controls: [CONTROL],
  score: { name: "formality", plus: ["hereby"], minus: ["!"] }, unit: "hits per 100 words", bad: [true, false, false], bounds: { surprise: 4, repetition: 0.2, "norm ratio": 1.5 },
  texts: [text(["low"]), text(["plain"]), text(["high"])], prompts: ["Hi:", "Oh:"], of: "4 texts after 2 prompts",
};
const PROMPT = [" <b>", " about", ":"].map((one) => ({ text: one, special: false }));
const RATING: Rating = { question: "Which is more formal?", outcome: null, items: [{ prompt: "Hi:", a: ["one"], b: ["two"] }, { prompt: "Oh:", a: ["three"], b: ["four"] }] };
const STATE: SteeringTraits = {
  ...IDLE, prompt: "Hi:", mode: "continue", direction: "formality", how: "add", layer: 14, last: 14, since: 1, dose: 0.4, samples: 1, seed: 0, shown: 0,
  words: { plus: "hereby", minus: "!" }, measuring: true, layers: 30, has_chat: true, examples: [], scale: { min: -1, max: 1, step: 0.05, unit: "× residual norm" }, norm: 155,
  directions: [{ name: "formality", kind: "pairs", about: "8 pairs", hows: ["add", "project"] }, { name: "mood", kind: "pairs", about: "", hows: ["add"] }],
  found: null, measured: MEASURED, estimate: { seconds: 41 }, rating: null, problem: "",
  stream: {
    direction: "formality", how: "add", dose: 0.4, layer: 14, last: 14, since: 1, prompt: PROMPT, done: true,
    samples: [{ unsteered: text(["<img src=x>", " so"], [-2, NAN]), steered: text([" hereby"], [2.3]), random: text([" other"]) }],
  },
};
const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
const measured = measuredOf(MEASURED)!;

describe("the axis", () => {
  it("gives back the strength that it was given a pixel for, and stays inside", () => {
    const axis = axisOf({ min: -1, max: 1 }, 800);
    expect(axis.dose(axis.x(0.35))).toBeCloseTo(0.35);
    expect([axis.dose(0), axis.dose(800)]).toEqual([-1, 1]);
  });

  it("holds a dragged slider at 0, and nowhere else", () => {
    const drag = (dose: number): number => dragged(dose, STATE.scale);
    expect([0.02, -0.03, 0.05, 0.37].map(drag)).toEqual([0, 0, 0.05, 0.35]);
  });

  it("finds the nearest measured strength", () => {
    expect([-0.4, 0.2, 0.3, 9].map((dose) => nearest(measured.doses, dose))).toEqual([0, 1, 2, 2]);
    expect(nearest(undefined, 1)).toBe(-1);
  });

  it("is out of range half way to the next good strength", () => {
    expect(outOfRange(measured.doses, measured.bad, { min: -1, max: 1 })).toEqual([[-1, -0.25]]);
    expect(outOfRange(measured.doses, [false, false, true], { min: -1, max: 1 })).toEqual([[0.25, 1]]);
  });
});

describe("the panels", () => {
  it("have 0 on every axis, and room for whiskers and controls", () => {
    expect(rangeOf("effect", measured)).toEqual([-8, 10]);
    expect(rangeOf("surprise", measured)).toEqual([0, 5]);
    const flat = { ...measured, curves: { ...measured.curves, repetition: { value: Float32Array.of(0, NAN), low: Float32Array.of(), high: Float32Array.of() } } };
    expect(rangeOf("repetition", flat)).toEqual([0, 0.1]);
  });

  it("stand one below the other, controls under what is measured", () => {
    const panels = panelsOf(measured, true);
    expect(panels.map(({ title }) => title)).toEqual(["effect", "KL", "surprise", "repetition"]);
    for (const [i, panel] of panels.entries()) {
      expect(panel.series.map(({ kind }) => kind)).toEqual(["control", i ? "cost" : "effect"]);
      if (i) expect(panel.top).toBeGreaterThan(panels[i - 1]!.top + panels[i - 1]!.tall);
    }
    expect(panels.map(({ level }) => level?.[0])).toEqual([undefined, undefined, 4, 0.2]);
  });
});

describe("words", () => {
  it("say a token's change as a factor", () => {
    expect(tokenInWords(" so", 2.302585)).toBe("·so: +2.30 nats, 10 times likelier ▲ under steering");
    expect(tokenInWords("a", -0.7)).toContain("2.0 times less likely ▼");
    expect(tokenInWords("a", 0.01)).toContain("about as likely");
    expect(tokenInWords("a", NAN)).toBe("a: not known");
  });

  it("say from where on steering acts", () => {
    expect(sinceInWords(PROMPT, 1)).toContain("Steers all but position 0");
    expect(sinceInWords(PROMPT, 2)).toContain("Steers from : (2) on");
    expect(sinceInWords(PROMPT, 3)).toContain("the written text alone");
  });

  it("put the number beside the unsteered text and the random arrows", () => {
    expect(effectInWords(measured, 2)).toBe("+8.0 [6.0, 10.0]");
    expect(besideInWords(measured, 2)).toBe("unsteered +0.2, random +0.5 to +1.5");
    expect(besideInWords({ ...measured, controls: [] }, 2)).toContain("random not yet");
    expect(keyInWords(measured, 0)).toContain("Mean of 4 texts after 2 prompts, whiskers");
    expect(keyInWords(measured, 0)).toContain("Hatched: surprise > 4.00 or repetition > 0.20 or norm ratio > 1.50.");
    expect(keyInWords(measured, 0)).toContain("Stream × 1.20 as long");
  });

  it("tell the arrow from a random one only where the intervals part", () => {
    expect(outcomeInWords({ picked: [0.9, 0.7, 0.97, 20], random: [0.5, 0.2, 0.8, 8] })).toContain("do not tell");
    expect(outcomeInWords({ picked: [0.9, 0.7, 0.97, 20], random: [0.4, 0.2, 0.65, 20] })).toContain("more often");
    expect(outcomeInWords({ picked: [0.1, 0.03, 0.3, 20], random: [0.5, 0.31, 0.65, 20] })).toContain("less often");
    const none: Share = [null, null, null, 0];
    expect(outcomeInWords({ picked: none, random: [0.5, 0.31, 0.65, 20] })).toBe("Of the pairs with this arrow none was answered: there is nothing to compare.");
    expect(outcomeInWords({ picked: [0.9, 0.7, 0.97, 20], random: none })).toContain("with a random arrow none was answered");
    expect(outcomeInWords({ picked: none, random: none })).toContain("with either arrow none");
  });

  it("say of position 0 what was found", () => {
    const found = foundOf({
      length: encode("float32", [2, 2], [0.5, 3, 0.5, 1]), sink: encode("float32", [2, 2], [0.1, 0.91, 0.08, 0.05]), told: encode("float32", [2, 3], [0.6, 0.4, 0.8, 0.9, 0.7, 1]),
      told_shuffled: encode("float32", [2], [0.5, 0.5]),
    })!;
    expect(found.told.low[1]).toBeCloseTo(0.7);
    expect(sinkInWords(found, 1)).toContain("is mostly the attention sink: cosine 0.91 with the sink's own direction, 3.0 times as long. Without position 0: cosine 0.05");
    expect(sinkInWords(found, 0)).toContain("is not mostly");
  });
});

describe("what is given", () => {
  it("keeps the layers in order", () => {
    expect(span("layer", 18, 14, 14)).toEqual({ layer: 18, last: 18 });
    expect(span("layer", 18, 10, 14)).toEqual({ layer: 18, last: 18 });
    expect(span("last", 8, 10, 14)).toEqual({ layer: 8, last: 8 });
    expect(span("last", 18, 14, 14)).toEqual({ layer: 14, last: 18 });
  });

  it("is one sentence a line", () => {
    expect(sentences(" Dear Sir, \n\n Hi! \n")).toEqual(["Dear Sir,", "Hi!"]);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<SteeringTraits>;

  const find = <E extends HTMLElement>(selector: string): E => host.querySelector<E>(selector)!;
  const button = (name: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === name)!;
  const choose = (name: string, value: string): void => {
    const field = find<HTMLSelectElement>(`[aria-label='${name}']`);
    field.value = value;
    field.dispatchEvent(new Event("change"));
  };
  const drag = (value: string): void => {
    const slider = find<HTMLInputElement>(".mikit-st-slider");
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
  };

  async function open(state: Partial<SteeringTraits> = {}): Promise<void> {
    fake = fakeModel<SteeringTraits>({ ...STATE, ...state });
    steering.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  }

  beforeEach(() => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
  });
  afterEach(() => stop.abort());

  it("sends every strength while the slider is dragged, and asks for new texts alone", async () => {
    await open();
    for (const value of ["0.5", "-0.2", "0.75"]) drag(value);
    expect([fake.model.get("dose"), fake.model.get("asked")]).toEqual([0.75, { stream: 3 }]);
    expect(fake.saved.filter((names) => names.includes("dose")).length).toBe(3);
    expect(find(".mikit-st-here").textContent).toBe("+0.75");
  });

  it("is held at 0 by the pointer, and passes it by key", async () => {
    await open();
    drag("0.02");
    expect(fake.model.get("dose")).toBeCloseTo(0.02);
    find(".mikit-st-slider").dispatchEvent(new Event("pointerdown"));
    drag("0.02");
    expect(fake.model.get("dose")).toBe(0);
  });

  it("asks every lane when another direction is chosen", async () => {
    await open();
    choose("Direction", "mood");
    expect([fake.model.get("direction"), fake.model.get("asked")]).toEqual(["mood", { find: 1, stream: 1, dose: 1 }]);
    choose("Last steered layer", "18");
    expect([fake.model.get("layer"), fake.model.get("last"), fake.model.get("asked")]).toEqual([14, 18, { find: 1, stream: 2, dose: 2 }]);
  });

  it("begins steering at the token that is clicked, never at position 0", async () => {
    await open();
    const tokens = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(".mikit-st-prompt .mikit-token")];
    expect(tokens().map((one) => one.classList.contains("mikit-tint-out"))).toEqual([true, false, false, false]);
    tokens()[2]!.click();
    await frame();
    expect(fake.model.get("since")).toBe(2);
    expect(tokens().map((one) => one.classList.contains("mikit-tint-out"))).toEqual([true, true, false, false]);
    tokens()[0]!.click();
    expect(fake.model.get("since")).toBe(1);
    tokens()[3]!.click();
    expect(fake.model.get("since")).toBe(3);
  });

  it("keeps token text text, and says a token's number", async () => {
    await open();
    expect(host.querySelector("img")).toBe(null);
    const [first] = host.querySelectorAll(".mikit-st-plain .mikit-token");
    expect(first!.textContent).toBe("<img src=x>");
    first!.dispatchEvent(new Event("pointerover", { bubbles: true }));
    expect(find(".mikit-st-readout").textContent).toContain("<img src=x>: −2.00 nats, 7.4 times less likely");
  });

  it("shows a random arrow's text in the steered one's place", async () => {
    await open();
    expect(find(".mikit-st-changed").textContent).toContain("·hereby");
    button("a random arrow instead").click();
    await frame();
    expect(find(".mikit-st-changed").textContent).toContain("·other");
    button("back to “formality”").click();
    await frame();
    expect(find(".mikit-st-changed").textContent).toContain("·hereby");
  });

  it("stands the number beside its controls", async () => {
    await open();
    expect(find(".mikit-number").textContent).toBe("formality at +0.50, hits per 100 words+8.0 [6.0, 10.0] unsteered +0.2, random +0.5 to +1.5");
    expect(host.querySelectorAll(".mikit-st-panels g").length).toBe(4);
    // The slider and each of four panels.
    expect(host.querySelectorAll(".mikit-st-out").length).toBe(5);
  });

  it("asks for the doses once the button is pressed", async () => {
    await open({ measured: null, measuring: false });
    expect(find(".mikit-st-unmeasured").textContent).toContain("about 41 s");
    button("Measure doses").click();
    expect([fake.model.get("measuring"), fake.model.get("asked")]).toEqual([true, { dose: 1 }]);
  });

  it("goes in a saved page to the measured strengths, with their texts", async () => {
    await open({ frozen: true });
    expect(find(".mikit-st-changed").textContent).toContain("·hereby");
    drag("0.3");
    await frame();
    expect(fake.model.get("dose")).toBe(0.5);
    expect(find(".mikit-st-changed").textContent).toContain("high");
    expect(find(".mikit-st-plain").textContent).toContain("plain");
    expect(find(".mikit-st-readout").textContent).toContain("the 3 measured strengths");
    find(".mikit-st-slider").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
    expect([fake.model.get("dose"), fake.model.get("asked")]).toEqual([0, {}]);
    expect(button("Rate blind").disabled).toBe(true);
  });

  it("sends what a direction is built from", async () => {
    await open();
    const [plus, minus] = host.querySelectorAll("textarea");
    [plus!.value, minus!.value] = ["Dear Sir,\n\nGood day.", "Hey!\nHi!"];
    find<HTMLInputElement>("[aria-label='Name of the direction']").value = "greeting";
    button("Build").click();
    choose("What the direction is built from", "token");
    find<HTMLInputElement>("[aria-label='A token']").value = "·formal";
    button("Build").click();
    choose("What the direction is built from", "sum");
    button("Build").click();
    for (const empty of ["file", "feature"]) {
      choose("What the direction is built from", empty);
      button("Build").click();
    }
    await frame();
    expect(fake.sent).toEqual([
      { do: "build", name: "greeting", how: "mean", plus: ["Dear Sir,", "Good day."], minus: ["Hey!", "Hi!"] }, { do: "token", token: " formal" },
      { do: "sum", name: "greeting", terms: [[1, "formality"], [-1, "mood"]] },
    ]);
  });

  it("opens the form where a direction could not be built, with the reason", async () => {
    await open({ problem: "8 and 7 came." });
    expect(find(".mikit-st-build").hidden).toBe(false);
    expect(find(".mikit-st-build [role='alert']").textContent).toBe("× 8 and 7 came.");
    button("Doses").click();
    fake.receive({ dose: 0.5 });
    await frame();
    expect(find(".mikit-st-build").hidden).toBe(true);
    fake.receive({ problem: "7 and 6 came." });
    expect(find(".mikit-st-build").hidden).toBe(false);
  });

  it("gives nothing away while texts are judged", async () => {
    await open({ rating: RATING });
    expect(find(".mikit-st-panel").hidden).toBe(true);
    expect(find(".mikit-number").textContent).not.toContain("8.0");
    expect(host.querySelectorAll(".mikit-st-rate .mikit-tinted").length).toBe(0);
    expect(tableOf(fake.model, measured).rows).toEqual([]);
    button("B").click();
    button("one back").click();
    button("A").click();
    expect(fake.sent).toEqual([]);
    expect(find(".mikit-st-rate").textContent).toContain("2 of 2");
    button("cannot tell").click();
    expect(fake.sent).toEqual([{ do: "answers", answers: [true, null] }]);
    fake.receive({ rating: { ...RATING, outcome: { picked: [1, 0.2, 1, 1], random: [0, 0, 0.8, 1] } } });
    await frame();
    expect(find(".mikit-st-rate").textContent).toContain("100 % [20, 100], n = 1");
    button("Back to the panel").click();
    expect(fake.sent.at(-1)).toEqual({ do: "leave" });
  });

  it("has every number as a table", async () => {
    await open();
    const table = tableOf(fake.model, measured);
    expect(table.rows[2]!.slice(0, 4)).toEqual([0.5, 8, 6, 10]);
    expect(table.columns.length).toBe(table.rows[0]!.length);
    expect(table.rows[0]!.at(-1)).toBe("yes");
    expect(tableOf(fake.model, null).rows.map((row) => row.slice(0, 3))).toEqual([
      ["unsteered", "0", "<img src=x>"], ["unsteered", "1", "·so"], ["steered", "0", "·hereby"], ["random arrow", "0", "·other"],
    ]);
  });
});
