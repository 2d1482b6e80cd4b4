import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import builder from ".";
import { drawBars, rowsOf } from "./bars";
import { drawCurve, nearest, plotOf } from "./curve";
import { shapeOf } from "./partmap";
import { placeOf as onStrip } from "./strip";
import { countAt, placeOf } from "./tools";
import { curveOf, partName, partNumber, rankingOf, testedOf, type BeatenWire, type BuilderTraits, type CurveWire, type RankingWire, type TestedWire } from "./traits";
import { aboveInWords, areasInWords, beatenInWords, differing, knockedInWords, neededInWords, restInWords } from "./words";

const NO = Number.NaN;

/** Two layers of two heads: L1H0 is strongest, then L0 MLP. */
const RANKING: RankingWire = {
  edges: 40, scores: encode("float32", [6], [0.1, 0, 2, 4, 0.5, 1]), first: encode("int32", [6], [9, 40, 2, 1, 12, 3]), done: true,
  check: { edges: 12, estimated: 0.4, measured: 0.3, random_measured: 0.02 },
};
const TESTED: TestedWire = {
  mode: "parts", parts: ["L0 MLP", "L1H0"], edges: 7, pairs: 3, measure: encode("float32", [4, 3], [4, 3, 5, -4, -5, -3, 2.4, 2, 3, 1.6, 1, 2]),
  random: encode("float32", [2, 3], [-3.9, -4, -3, 3.2, -2, 4]), faithfulness: encode("float32", [1, 3], [0.8, 0.75, 0.88]), random_faithfulness: encode("float32", [1, 3], [0.01, 0, 0.1]),
  draws: 10, needed: { "L0 MLP": 0.004, "L1H0": 0.5 }, done: true,
};
const CURVE: CurveWire = {
  sizes: encode("int32", [3], [1, 8, 40]), found: encode("float32", [3, 3], [0.1, NO, NO, 0.9, NO, NO, 1, NO, NO]),
  random: encode("float32", [3, 3], [0, 0, 0, 0.2, 0.1, 0.4, 1, 1, 1]), areas: encode("float32", [2, 3], [0.9, NO, NO, 0.1, NO, NO]),
  random_areas: encode("float32", [2, 3], [0.5, 0.4, 0.6, 0.5, 0.4, 0.6]), draws: 5, done: true,
};
const BEATEN: BeatenWire = {
  out: ["L1H0", "L0 MLP"], found: encode("float32", [3, 2], [2, 4, 2, 1, 1.5, -2]), random: encode("float32", [3, 2], [2, 4, 2, 3.5, NO, NO]), done: false,
};
const EMPTY: BuilderTraits = {
  ...IDLE, clean: "one two", corrupt: "one three", answer: " a", foil: " b", on: 0, against: "other prompt", mode: "parts", parts: [], count: 2, beating: false,
  sets: ["this pair", "4 name prompts"], grid: [2, 2], predicted: null, ranking: null, tested: null, curve: null, beaten: null, estimate: null,
};
const FULL: Partial<BuilderTraits> = { parts: ["L0 MLP", "L1H0"], ranking: RANKING, tested: TESTED, curve: CURVE, estimate: { seconds: 8.6 }, predicted: 0.6 };

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

describe("the numbers", () => {
  it("rank parts by their scores", () => {
    expect(rankingOf(RANKING)?.order).toEqual([3, 2, 5, 4, 0, 1]);
    expect([partName(2, 2), partName(3, 2), partNumber("L1 MLP", 2), partNumber("L1H1", 2), partNumber("Mary", 2)]).toEqual(["L0 MLP", "L1H0", 5, 4, -1]);
  });

  it("have their rows in order, with random circuits under what a circuit decides", () => {
    const rows = rowsOf(testedOf(TESTED)!).map(({ name, value, random }) => [name, Number(value[0].toFixed(2)), random && Number(random[0].toFixed(2))]);
    expect(rows).toEqual([["whole model", 4, null], ["circuit alone", 2.4, -3.9], ["circuit taken out", 1.6, 3.2], ["every edge cut", -4, null]]);
  });

  it("read as sentences beside their controls", () => {
    const tested = testedOf(TESTED)!;
    expect(knockedInWords(tested)).toBe("Taken out, the circuit leaves 0.70 of the logit difference to the rest (random circuits taken out: 0.90).");
    expect(neededInWords({ ...tested, needed: { ...tested.needed, L1H1: 0.3 } })).toBe("Missed most: L1H0 (faithfulness −0.50); 1 of 3 cost less than 0.01 (minimality).");
    expect([aboveInWords(tested), aboveInWords({ ...tested, faithfulness: [1.3, NO, NO] })]).toEqual(["", "Above 1: edges that work against the answer were left out."]);
    expect(areasInWords(curveOf(CURVE)!)).toBe("Area under it (CPR) 0.90, random 0.50, from 0.40 to 0.60 · between it and 1 (CMD) 0.10, random 0.50, from 0.40 to 0.60");
  });

  it("name what is coloured, before and after the check by cuts", () => {
    const colour = "Colour: how much a part's edges move the logit difference, estimated.";
    expect(restInWords(rankingOf({ ...RANKING, check: null }))).toBe(colour);
    expect(restInWords(rankingOf(RANKING))).toBe(`${colour} Cut one by one, the 12 strongest edges moved the logit difference by 0.30 on average (estimated 0.40), random edges by 0.02.`);
  });

  it("find the words in which two prompts differ", () => {
    expect(differing("A and B met, B gave", "A and B met, A gave")).toEqual(["A and B met,", "B", "A", "gave"]);
    expect(differing("a a", "a a a")).toEqual(["a a", "", "a", ""]);
    expect(differing("one two", "one three")).toEqual(["one", "two", "three", ""]);
    expect(differing("one", "one")).toEqual(["one", "", "", ""]);
  });

  it("say what the adversary did, beside parts drawn blindly where there are any", () => {
    const beaten = { out: ["L1H0"], found: [{ circuit: 2, whole: 4 }, { circuit: 2, whole: -1 }], random: [{ circuit: 2, whole: 4 }, { circuit: 2, whole: 3.5 }], done: true };
    expect(beatenInWords(beaten)).toBe("Without L1H0 the circuit moves by 0.00, the whole model by −5.00. They differ by 3.00 logits (before: 2.00), after 1 part drawn blindly by 1.50.");
    expect(beatenInWords({ ...beaten, random: [{ circuit: NO, whole: NO }], done: false })).toContain("So far: without L1H0");
    expect(beatenInWords({ ...beaten, random: [{ circuit: 2, whole: 4 }, { circuit: NO, whole: NO }] })).not.toContain("blindly");
    expect(beatenInWords({ ...beaten, out: [], done: false }, true)).toBe("The adversary was stopped before its first find.");
    expect(beatenInWords({ ...beaten, out: [], done: false })).toBe("The adversary is looking.");
  });
});

describe("the places", () => {
  it("go from one edge to all by equal factors", () => {
    expect([countAt(0, 10_000), countAt(500, 10_000), countAt(1000, 10_000)]).toEqual([1, 100, 10_000]);
    expect([placeOf(1, 10_000), placeOf(100, 10_000)]).toEqual([0, 500]);
  });

  it("hold a share beyond the strip at its end, with a mark", () => {
    expect([onStrip(1.5, 260).mark, onStrip(-0.1, 260).mark, onStrip(0.5, 260).mark]).toEqual(["+", "−", ""]);
    expect([onStrip(1.5, 260).x, onStrip(-0.1, 260).x]).toEqual([250, 10]);
  });

  it("let the curve's axis reach down to a smaller circuit", () => {
    const curve = curveOf({ ...CURVE, sizes: encode("int32", [3], [4, 8, 40]) })!;
    expect(plotOf(curve, null, 500, 150).x(4)).toBe(plotOf(curve, { edges: 2, faithfulness: 0 }, 500, 150).x(2));
    const plot = plotOf(curve, null, 500, 150);
    expect([nearest(curve, plot, plot.x(8) + 3), nearest(curve, plot, 0)]).toEqual([1, 0]);
  });

  const words = (of: Element, kind: string): (string | null)[] => [...of.querySelectorAll(`.mikit-cb-${kind}`)].map((one) => one.textContent);
  const drawn = (found: number[]): SVGSVGElement => {
    const target = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawCurve(target, curveOf({ ...CURVE, found: encode("float32", [3, 3], found.flatMap((value) => [value, NO, NO])) })!, null, null, 500, 150);
    return target;
  };

  it("hold the curve at its axis' ends, with a mark", () => {
    expect(words(drawn([0.1, 0.9, 1]), "mark")).toEqual([]);
    expect(words(drawn([-2, 0.9, 7]), "mark")).toEqual(["−", "+"]);
  });

  it.each([[1, ["0", "0.5", "1"]], [1.2, ["0", "0.5", "1", "1.5"]], [1.7, ["0", "1", "2"]], [7, ["0", "1", "2", "3"]]])("have a tick above the curve's highest point, %d", (most, ticks) => {
    expect(words(drawn([0.1, most, 1]), "axis").slice(0, ticks.length + 1)).toEqual([...ticks, "1"]);
  });

  it("show the range of random draws as a band, and a 95 % interval alone as a whisker", () => {
    const target = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawBars(target, testedOf(TESTED), 264);
    expect([target.querySelectorAll(".mikit-cb-whisker").length, target.querySelectorAll(".mikit-cb-band").length]).toEqual([4, 2]);
    expect(target.getAttribute("aria-label")).toContain("circuit alone +2.40 (random circuits −3.90, from −4.00 to −3.00)");
  });

  it("fit thirty layers into both widths", () => {
    for (const [width, wide] of [[512, true], [500, false]] as const) expect(shapeOf([30, 9], width, wide).width).toBeLessThanOrEqual(width);
  });
});

describe("the view", () => {
  let host: HTMLElement;
  let gone: AbortController;

  beforeEach(() => {
    host = document.createElement("div");
    document.body.append(host);
    gone = new AbortController();
  });
  afterEach(() => gone.abort());

  async function open(traits: Partial<BuilderTraits> = {}): Promise<Fake<BuilderTraits>> {
    const fake = fakeModel<BuilderTraits>({ ...EMPTY, ...traits });
    builder.render({ model: fake.model, el: host, signal: gone.signal } as never);
    await frame();
    return fake;
  }

  const boxes = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>('[role="checkbox"]')];
  const button = (name: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === name || one.getAttribute("aria-label") === name)!;
  const press = (key: string): void => {
    (document.activeElement ?? host).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };

  it("says what is missing before there is anything", async () => {
    await open();
    expect(host.textContent).toContain("The edges are being ranked.");
    expect(button("Tick the strongest 5 parts").disabled).toBe(true);
  });

  it("says that nothing was run where nothing will be", async () => {
    const fake = await open({ ...FULL, tested: null });
    expect(host.textContent).toContain("The circuit is being run.");
    fake.receive({ status: { state: "stopped", text: "stopped", done: 1 } });
    await frame();
    expect(host.textContent).toContain("No circuit was run.");
  });

  it("says of an empty circuit that it keeps nothing", async () => {
    await open({ ...FULL, parts: [], tested: null });
    expect(host.textContent).toContain("the faithfulness of nothing is 0");
    expect(button("Beat it").hidden).toBe(true);
  });

  it("asks for a tick only where one can be made", async () => {
    await open({ ...FULL, parts: [], tested: null });
    expect(host.textContent).toContain("Tick a part.");
    host.replaceChildren();
    await open({ ...FULL, parts: [], tested: null, frozen: true });
    expect(host.textContent).toContain("the faithfulness of nothing is 0.");
    expect(host.textContent).not.toContain("Tick a part.");
  });

  it("stands beside random circuits, with the prediction on the same axis", async () => {
    await open(FULL);
    expect(host.querySelector(".mikit-number")!.textContent).toContain("0.80 [0.75, 0.88] 3 pairs10 random circuits of 7 edges: 0.01, from 0.00 to 0.10");
    expect(host.querySelector(".mikit-cb-strip .mikit-cb-you")).not.toBeNull();
    expect(host.querySelector(".mikit-cb-strip")!.getAttribute("aria-label")).toBe("Faithfulness 0.80, from 0.75 to 0.88; random circuits 0.01, from 0.00 to 0.10; you: 0.60");
  });

  it("ticks by mouse, and asks for that circuit alone", async () => {
    const fake = await open(FULL);
    boxes()[5]!.click();
    expect(fake.model.get("parts")).toEqual(["L0 MLP", "L1H0", "L1 MLP"]);
    expect(fake.model.get("asked")).toEqual({ test: 1 });
    boxes()[2]!.click();
    expect(fake.model.get("parts")).toEqual(["L1H0", "L1 MLP"]);
  });

  it("ticks by keys: arrows move, Space puts in and takes out", async () => {
    const fake = await open({ ...FULL, parts: [] });
    boxes()[0]!.focus();
    for (const key of ["ArrowRight", "ArrowDown", " "]) press(key);
    expect(document.activeElement).toBe(boxes()[4]);
    expect(fake.model.get("parts")).toEqual(["L1H1"]);
    await frame();
    expect([boxes()[4]!.getAttribute("aria-checked"), boxes()[4]!.textContent]).toEqual(["true", "✓"]);
    press(" ");
    expect(fake.model.get("parts")).toEqual([]);
    expect(boxes().filter((one) => one.tabIndex === 0)).toHaveLength(1);
  });

  it("ticks the strongest, none and all", async () => {
    const fake = await open({ ...FULL, parts: [] });
    button("Tick the strongest 5 parts").click();
    expect(fake.model.get("parts")).toEqual(["L0H0", "L0 MLP", "L1H0", "L1H1", "L1 MLP"]);
    button("all").click();
    expect(fake.model.get("parts")).toHaveLength(6);
    button("none").click();
    expect(fake.model.get("parts")).toEqual([]);
  });

  it("fills the cells of estimates to 60 %", async () => {
    await open(FULL);
    expect(boxes().every(({ style }) => style.backgroundSize === "60% 60%" && style.backgroundImage.startsWith("linear-gradient(") && !style.backgroundColor)).toBe(true);
  });

  it("shows the parts of the strongest edges, and takes one edge more by key", async () => {
    const fake = await open({ ...FULL, mode: "edges", count: 3 });
    expect(boxes().map((one) => one.getAttribute("aria-checked"))).toEqual(["false", "false", "true", "true", "false", "true"]);
    expect(host.querySelector(".mikit-cb-here")!.textContent).toBe("3 of 40 edges");
    const slider = host.querySelector<HTMLInputElement>(".mikit-cb-slider")!;
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect([fake.model.get("count"), fake.model.get("asked")]).toEqual([4, { test: 1 }]);
  });

  it("asks the adversary, and shows its rounds", async () => {
    const fake = await open(FULL);
    expect(host.textContent).toContain("about 9 s");
    button("Beat it").click();
    expect([fake.model.get("beating"), fake.model.get("asked")]).toEqual([true, { beat: 1 }]);
    fake.receive({ beaten: BEATEN, status: { state: "busy", text: "computing", done: 0.5 } });
    await frame();
    expect(button("Beat it").hidden).toBe(true);
    expect(host.querySelector(".mikit-cb-rounds")!.getAttribute("aria-label")).toContain("without L0 MLP too: circuit +1.50, whole model −2.00, apart 3.50");
  });

  it("goes to measured sizes in a saved page", async () => {
    const fake = await open({ ...FULL, frozen: true, mode: "edges", count: 7, tested: { ...TESTED, mode: "edges" } });
    const slider = host.querySelector<HTMLInputElement>(".mikit-cb-slider")!;
    slider.value = `${placeOf(10, 40)}`;
    slider.dispatchEvent(new Event("input"));
    await frame();
    expect(fake.model.get("count")).toBe(8);
    expect(host.querySelector(".mikit-number")!.textContent).toMatch(/^faithfulness of 8 edges \(20 %\)0\.90 3 pairs5 random circuits of 8 edges: 0\.20, from 0\.10 to 0\.40$/);
    expect(fake.model.get("asked")).toEqual({});
    boxes()[0]!.click();
    expect(fake.model.get("parts")).toEqual(["L0 MLP", "L1H0"]);
  });

  it("names the strongest edges, not the parts that were tested, over a measured size", async () => {
    await open({ ...FULL, frozen: true, count: 8 });
    expect(host.querySelector(".mikit-number")!.textContent).toContain("faithfulness of 2 parts, 7 edges");
    button("Strongest edges").click();
    await frame();
    expect(host.querySelector(".mikit-number")!.textContent).toMatch(/^faithfulness of 8 edges \(20 %\)0\.90/);
    expect(boxes()[3]!.getAttribute("aria-label")).not.toContain("without it");
    button("Read as a table").click();
    const rows = [...host.querySelectorAll(".mikit-twin tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows[0]!.slice(0, 3)).toEqual(["faithfulness", "circuit", "0.90"]);
    expect(rows.filter(([what, of]) => what === "lost without" || of === "circuit alone").map((row) => row[2])).toEqual([""]);
  });

  it.each([
    ["parts", 7, { ...TESTED, mode: "edges", parts: [], needed: {} }, "Parts"], ["edges", 7, TESTED, "Strongest edges"],
  ] as const)("has no number for %s in a page saved with the other", async (mode, count, tested, name) => {
    await open({ ...FULL, frozen: true, mode: mode === "parts" ? "edges" : "parts", count, tested: tested as TestedWire });
    expect(host.querySelector(".mikit-number")!.hasAttribute("hidden")).toBe(false);
    button(name).click();
    await frame();
    expect(host.querySelector(".mikit-number")!.hasAttribute("hidden")).toBe(true);
    expect(host.querySelector<HTMLElement>(".mikit-cb-nothing")!.textContent).toBe("No circuit was run.");
    expect(host.querySelector(".mikit-cb-curve .mikit-cb-hand")).toBeNull();
  });

  it("steps over sizes that fall together in a saved page", async () => {
    const fake = await open({ ...FULL, frozen: true, mode: "edges", count: 1, curve: { ...CURVE, sizes: encode("int32", [3], [1, 1, 40]) } });
    host.querySelector(".mikit-cb-slider")!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect(fake.model.get("count")).toBe(40);
  });

  it("sends the boxes with their pair, a dot being a space", async () => {
    const fake = await open(FULL);
    const answer = host.querySelector<HTMLInputElement>(".mikit-cb-of-answer input")!;
    expect(answer.value).toBe("·a");
    answer.value = "·c";
    answer.dispatchEvent(new Event("change"));
    expect([fake.model.get("answer"), fake.model.get("on"), fake.model.get("asked")]).toEqual([" c", 0, { rank: 1, test: 1, curve: 1 }]);
  });

  it("has the whole prompts at hand, and the words that differ", async () => {
    const fake = await open(FULL);
    expect([...host.querySelectorAll<HTMLInputElement>(".mikit-cb-of-clean input, .mikit-cb-of-corrupt input")].map((box) => box.title)).toEqual(["one two", "one three"]);
    expect(host.querySelector(".mikit-cb-differ")!.textContent).toBe("original: one two  · changed: one three ");
    expect([...host.querySelectorAll(".mikit-cb-differ > span")].map((one) => one.textContent)).toEqual(["two", "three"]);
    fake.receive({ on: 1 });
    await frame();
    expect(host.querySelector(".mikit-cb-differ")!.textContent).toBe("");
  });

  it("reads as a table", async () => {
    await open({ ...FULL, beaten: BEATEN });
    button("Read as a table").click();
    const rows = [...host.querySelectorAll(".mikit-twin tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows[0]).toEqual(["faithfulness", "circuit", "0.80", "0.75", "0.88", "0.01", "0.00", "0.10"]);
    expect(rows.find(([what, of]) => what === "faithfulness" && of === "8 edges")).toEqual(["faithfulness", "8 edges", "0.90", "", "", "0.20", "0.10", "0.40"]);
    expect(rows.find(([, of]) => of === "L1H0")).toEqual(["lost without", "L1H0", "0.50", "", "", "", "", ""]);
    expect(rows.at(-6)!.slice(0, 3)).toEqual(["score, in the circuit", "L1H0", "4.00"]);
  });
});
