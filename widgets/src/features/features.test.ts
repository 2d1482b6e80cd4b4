import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import features, { fitInWords } from ".";
import { scoreText } from "./detail";
import { atDose } from "./effect";
import { strongest } from "./live";
import { stepped } from "./list";
import { nearest, places, rare } from "./scatter";
import { search } from "./search";
import { allOf, labelOf, type AllWire, type Detail, type Effect, type FeaturesTraits, type Item } from "./traits";
import { gameInWords, outcomeInWords } from "./trial";

const NAN = Number.NaN;

const ALL: AllWire = {
  density: encode("float32", [4], [0.1, 0.001, 0, 0.01]), peak: encode("float32", [4], [10, 20, 0, 5]),
  score: encode("float32", [4, 3], [0.71, 0.62, 0.79, 0.5, 0.44, 0.56, NAN, NAN, NAN, 0.9, 0.8, 0.95]),
  shuffled: encode("float32", [4], [0.51, 0.49, NAN, 0.5]), stability: encode("float32", [4], [0.9, 0.4, 0.2, NAN]), stability_random: 0.18,
  words: ["mary", "<b>", "\n"], label: encode("int32", [4, 2], [0, -1, 1, 2, -1, -1, 0, 1]), before: encode("uint8", [4], [0, 1, 0, 0]), pool: 1000,
};

const DETAIL: Detail = {
  id: 0, firings: 100, histogram: Array.from({ length: 24 }, (_, i) => 24 - i), promoted: [{ token: " Mary", value: 1.2 }],
  suppressed: [{ token: "<i>", value: -0.8 }],
  examples: [{ band: 0, kind: "mail", tokens: [" to", " Mary", "<img src=x>"], values: [0, 9, 0], centre: 1 }],
  recall: [1, 0.5, null, 0], cosine: [{ id: 3, value: 0.6 }], together: [{ id: 1, value: 0.3 }],
};

const EFFECT: Effect = {
  prompt: "a b", feature: 0, how: "ablate", doses: encode("float32", [3], [0, 1, 2]), kl: encode("float32", [3], [0, 0.2, 0.7]),
  kl_random: encode("float32", [2, 3], [0, 0.01, 0.02, 0, 0.03, 0.05]), tokens: [" x", " y"], change: encode("float32", [3, 2], [0, 0, 1.5, -0.5, 3, -1]),
  change_random: encode("float32", [2, 3, 2], [0, 0, 0.1, 0.2, 0.3, 0.4, 0, 0, -0.1, 0, -0.2, 0]), notes: [],
};

const STATE: FeaturesTraits = {
  ...IDLE, dictionary: "tiny · 0000 · 4 features", place: "resid_post, layer 1", fit: { fvu: 0.2, l0: 4, declared: { fvu: 0.15, l0: null }, random: 0.7 }, refused: "",
  count: 4, all: ALL, opening: [{ id: 3, good: true, why: "best" }, { id: 1, good: false, why: "worst" }], feature: 0, detail: DETAIL,
  wanted: "", found: null, prompt: "a b", how: "ablate", dose: 1, effect: EFFECT, indexing: false, own: {}, quiz: null, game: null,
  on_text: {
    prompt: "a b", feature: 0, tokens: ["a", " b"], values: encode("float32", [2], [NAN, 3]), control: encode("float32", [2], [NAN, 1]),
    strongest: [{ id: 1, share: 0.9, token: " b" }],
  },
};

const ITEMS: Item[] = [{ tokens: ["a", " b"], centre: 1 }, { tokens: ["c"], centre: 0 }];
const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
const all = allOf(ALL)!;

describe("labels", () => {
  it("are worded from their tokens", () => {
    expect(all.labels).toEqual(['on "mary"', 'after "<b>", "\\n"', "", 'on "mary", "<b>"']);
  });

  it("never stand without a score: untested is one", () => {
    expect(scoreText(labelOf(0, all, {}))).toBe("0.71 [0.62, 0.79]");
    expect(scoreText(labelOf(2, all, {}))).toBe("untested");
    const own = { 0: { words: "names", score: null, shuffled: null } };
    expect(labelOf(0, all, own)).toEqual({ words: "names", score: null, shuffled: null, typed: true });
    expect(scoreText(labelOf(0, all, own))).toBe("untested");
  });
});

describe("the scatter", () => {
  it("puts rare features low, strong ones right, dead ones nowhere", () => {
    const at = places(all, 224, 150);
    expect(at.y[0]! < at.y[3]! && at.y[3]! < at.y[1]!).toBe(true);
    expect(at.x[3]! < at.x[0]! && at.x[0]! < at.x[1]!).toBe(true);
    expect(at.y[2]).toBeNaN();
    expect(at.y[3]! - at.y[0]!).toBeCloseTo(at.y[1]! - at.y[3]!, 3); // 0.1, 0.01, 0.001: equal steps
  });

  it("picks the nearest dot within reach", () => {
    const at = places(all, 224, 150);
    expect(nearest(at, at.x[1]! + 3, at.y[1]! - 3)).toBe(1);
    expect(nearest(at, at.x[1]!, at.y[1]! - 40)).toBe(-1);
  });

  it("says small shares with the digits they have", () => {
    expect([0.48, 0.0024, 0.000061].map(rare)).toEqual(["48 %", "0.24 %", "0.006 %"]);
  });
});

describe("the search", () => {
  const known = { count: 4, opening: STATE.opening, named: (id: number) => labelOf(id, all, {}), found: null, onText: STATE.on_text };

  it("opens on the best and the worst", () => {
    expect(search({ by: "label", text: "" }, known).rows).toEqual(["best scored labels", 3, "worst scored labels", 1, "all 4", 0, 1, 2, 3]);
  });

  it("finds words of labels, and numbers first", () => {
    expect(search({ by: "label", text: "MARY" }, known).found).toEqual([0, 3]);
    expect(search({ by: "label", text: "2" }, known).found).toEqual([2]);
  });

  it("takes what promotes a token, and what fires on a text, from Python", () => {
    expect(search({ by: "token", text: "x" }, known).rows).toEqual(["looking"]);
    const found = { wanted: "x", ids: [2, 0], values: [0.8, 0.3] };
    const listed = search({ by: "token", text: "x" }, { ...known, found });
    expect([listed.found, listed.figure!(0)]).toEqual([[2, 0], "+0.30"]);
    const text = search({ by: "text", text: "a b" }, known);
    expect([text.found, text.figure!(1)]).toEqual([[1], "·b 90 %"]);
  });

  it("steps over headings with the arrow keys", () => {
    expect(stepped(["best", 3, "worst", 1], 3, "ArrowDown", 5)).toBe(1);
    expect(stepped(["best", 3, "worst", 1], 1, "ArrowDown", 5)).toBe(1);
    expect(stepped(["best", 3, "worst", 1], 1, "x", 5)).toBe(null);
  });
});

describe("effects and outcomes", () => {
  it("are looked up at a dose, beside the random features", () => {
    const found = atDose(EFFECT, 1);
    expect(found.kl).toBeCloseTo(0.2);
    expect(found.klRandom.map((one) => one.toFixed(2))).toEqual(["0.01", "0.03"]);
    expect([...found.change]).toEqual([1.5, -0.5]);
    expect([...found.changeRandom[1]!].map((one) => one.toFixed(1))).toEqual(["-0.1", "0.0"]);
  });

  it("leave position 0 out of the strongest", () => {
    expect(strongest(["a", " b"], Float32Array.of(NAN, 3))).toBe("up to 3.00 on ·b");
    expect(strongest(["a", " b"], Float32Array.of(NAN, 0))).toBe("silent");
  });

  it("stand beside what guessing gives", () => {
    const outcome = { score: [0.8, 0.6, 0.9] as [number, number, number], recall: [1, null, 0.5, 0], shuffled: 0.52, truth: [true], answers: [true] };
    expect(outcomeInWords({ feature: 0, words: "names", items: [], outcome })).toContain("Score 0.80 [0.60, 0.90]; answers shuffled 0.52; guessing 0.50");
    expect(gameInWords({ feature: 0, items: [], outcome: { foreign: 2, picked: 0, played: [1, 3], range: [0.06, 0.79] } })).toBe("Wrong: it is silent in text 3. Found in 1 of 3 rounds [6 %, 79 %]; guessing finds 20 %.");
  });

  it("say declared numbers only where there are some", () => {
    expect(fitInWords(STATE.fit)).toBe("FVU 0.20 (declared 0.15, random 0.70), L0 4.0");
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<FeaturesTraits>;

  const find = <E extends HTMLElement>(selector: string): E => host.querySelector<E>(selector)!;
  const button = (name: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === name)!;

  async function open(state: Partial<FeaturesTraits> = {}): Promise<void> {
    fake = fakeModel<FeaturesTraits>({ ...STATE, ...state });
    features.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  }

  beforeEach(() => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
  });
  afterEach(() => stop.abort());

  it("shows a label with its score, and the control beside it", async () => {
    await open();
    expect(find(".mikit-fd-name").textContent).toBe('0 on "mary" · blind score 0.71 [0.62, 0.79]');
    expect(find(".mikit-fd-facts").textContent).toBe("another feature's label here 0.51 · in another seed 0.90 (random directions 0.18)");
  });

  it("keeps token text text", async () => {
    await open();
    expect(host.querySelector("img, b, i")).toBe(host.querySelector(".mikit-foot b"));
    expect(find(".mikit-fd-bands").textContent).toContain("<img src=x>");
    expect(find(".mikit-fd-peak").textContent).toBe("·Mary");
  });

  it("asks two lanes when a feature is chosen", async () => {
    await open();
    find("[data-id='1']").click();
    expect(fake.model.get("feature")).toBe(1);
    expect(fake.model.get("asked")).toEqual({ text: 1, effect: 1 });
    find(".mikit-fd-list").dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
    expect(fake.model.get("feature")).toBe(3);
  });

  it("goes to a neighbour", async () => {
    await open();
    button("3").click();
    expect(fake.model.get("feature")).toBe(3);
  });

  it("moves the dose without asking", async () => {
    await open();
    const slider = find<HTMLInputElement>(".mikit-fd-slider");
    slider.value = "2";
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    expect([fake.model.get("dose"), fake.model.get("asked")]).toEqual([2, {}]);
    expect(find(".mikit-fd-pairs").textContent).toContain("0.70");
  });

  it("sends a typed label, untested until Python says otherwise", async () => {
    await open();
    button("Type a label").click();
    const box = find<HTMLInputElement>("[aria-label='Your label']");
    box.value = "names";
    box.dispatchEvent(new Event("change"));
    expect(fake.sent).toEqual([{ do: "label", words: "names" }]);
    fake.receive({ own: { 0: { words: "names", score: null, shuffled: null } } });
    await frame();
    expect(find(".mikit-fd-name").textContent).toBe("0 names (yours) · untested");
    expect(find(".mikit-fd-name .mikit-fd-untested")).not.toBe(null);
  });

  it("sends the answers once all are given, and shows no truth before", async () => {
    await open({ quiz: { feature: 0, words: "names", items: ITEMS, outcome: null } });
    expect(find(".mikit-fd-seen").hidden).toBe(true);
    expect(host.querySelectorAll(".mikit-fd-verdict").length).toBe(0);
    host.querySelectorAll<HTMLElement>("[data-row='0']")[0]!.click();
    expect(fake.sent).toEqual([]);
    host.querySelectorAll<HTMLElement>("[data-row='1']")[1]!.click();
    expect(fake.sent).toEqual([{ do: "answers", answers: [true, false] }]);
  });

  it("says what a person reached", async () => {
    const outcome = { score: [1, 0.4, 1] as [number, number, number], recall: [1, null, null, null], shuffled: 0.5, truth: [true, true], answers: [true, false] };
    await open({ quiz: { feature: 0, words: "names", items: ITEMS, outcome } });
    expect([...host.querySelectorAll(".mikit-fd-verdict")].map((one) => one.textContent)).toEqual(["✓ fires", "× fires"]);
  });

  it("takes one pick of the intruder", async () => {
    await open({ game: { feature: 0, items: ITEMS, outcome: null } });
    [...host.querySelectorAll("button")].filter((one) => one.textContent === "this one")[1]!.click();
    expect(fake.sent).toEqual([{ do: "pick", which: 1 }]);
  });

  it("shows the reason instead of numbers where a dictionary was refused", async () => {
    await open({ refused: "It was made for another place." });
    expect(find(".mikit-fd-refused").textContent).toBe("It was made for another place.");
    expect(find(".mikit-fd-stage").hidden).toBe(true);
    expect(find(".mikit-fd-place").textContent).toContain("not attached");
  });

  it("offers to read the pool where there is no index", async () => {
    await open({ all: null, detail: null, opening: [] });
    button("Read the pool").click();
    expect([fake.model.get("indexing"), fake.model.get("asked")]).toEqual([true, { index: 1 }]);
    expect(find(".mikit-fd-name").textContent).toBe("0 no label · untested");
  });

  it("shows in a saved page what was looked at, and says so of the rest", async () => {
    await open({ frozen: true, kept: { 3: { ...DETAIL, id: 3, firings: 7 } } });
    find("[data-id='3']").click();
    await frame();
    expect(find(".mikit-fd-panels").textContent).toContain("7 firings");
    find("[data-id='1']").click();
    await frame();
    expect(find(".mikit-fd-unseen").textContent).toContain("not among them");
  });
});
