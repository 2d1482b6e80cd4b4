import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import type { Fake } from "../shared/fake";
import circuitgraph from ".";
import { covered, wilson } from "./dial";
import { counted, drawnOf } from "./drawn";
import { nearest, placesOf, planOf, stepped } from "./layout";
import { axisOf } from "./outcome";
import { lit, waysOf } from "./paths";
import { sampleGraph, sampleModel, SMALL, SMALL_LEVELS } from "./sample";
import { coverageOf, graphOf, levelsOf, OUTPUT, REST, type CircuitGraphTraits, type Graph, type Rule } from "./traits";
import { effectInWords, levelInWords, litInWords, nameOf, toward } from "./words";

const small = graphOf(SMALL) as Graph;
const full = drawnOf(small, 1, []);
const all = (drawn: { ids: string[]; from: Int32Array; to: Int32Array }, edges: Iterable<number>): string[] => [...edges].map((e) => `${drawn.ids[drawn.from[e]!]} ${drawn.ids[drawn.to[e]!]}`).sort();

describe("what is on screen", () => {
  it("has what a level keeps, and what each edge brings the output", () => {
    const tight = drawnOf(small, 0, []);
    expect(tight.ids).toEqual(["0_1_0", "1_3_1", "E_5_0", "E_6_1", "3_9_1"]);
    expect(counted(small, full)).toEqual({ neurons: 3, rest: 1, edges: 7 });
    const at = (from: string, to: string): number => full.from.findIndex((a, e) => full.ids[a] === from && full.ids[full.to[e]!] === to);
    expect(["0_1_0", "0_2_1", "0_-1_1"].map((from) => full.brings[at(from, "1_3_1")])).toEqual([1, -1, 0.5]);
    expect(full.share[at("0_1_0", "1_3_1")]).toBeCloseTo(0.4);
    expect(full.brings[at("1_3_1", "3_9_1")]).toBe(2);
  });

  it("draws a group as one node with summed edges and none within", () => {
    const drawn = drawnOf(small, 1, [{ name: "early", nodes: ["0_1_0", "0_2_1", "gone"] }]);
    const [group, to] = [drawn.place.get("early")!, drawn.place.get("1_3_1")!];
    const e = drawn.from.findIndex((a, i) => a === group && drawn.to[i] === to);
    expect(drawn.brings[e]).toBe(0);
    expect([drawn.effect[group], drawn.layer[group], drawn.position[group]]).toEqual([0, 0, 0.5]);
    expect(drawn.from.filter((a, i) => a === group && drawn.to[i] === to)).toHaveLength(1);
    const whole = drawnOf(small, 1, [{ name: "two", nodes: ["0_1_0", "1_3_1"] }]);
    expect([...whole.from].some((a, i) => a === whole.to[i])).toBe(false);
    expect(counted(small, whole).neurons).toBe(3);
  });
});

describe("ways", () => {
  it("go up to the output and down to the tokens; what was left out leads no further", () => {
    const ways = waysOf(full);
    expect(all(full, lit(full, ways, full.place.get("0_1_0")!))).toEqual(["0_1_0 1_3_1", "1_3_1 3_9_1", "E_5_0 0_1_0"]);
    expect(all(full, lit(full, ways, full.place.get("1_3_1")!))).toEqual(["0_-1_1 1_3_1", "0_1_0 1_3_1", "0_2_1 1_3_1", "1_3_1 3_9_1", "E_5_0 0_1_0", "E_6_1 0_2_1"]);
    expect(litInWords(full, lit(full, ways, full.place.get("1_3_1")!))).toBe("6 edges lit, its strongest ways up and down; 1 from the rest");
  });

  it("are the strongest, and end at an output or a token", () => {
    const graph = graphOf(sampleGraph(10, 12, 120, 60, 3000)) as Graph;
    const drawn = drawnOf(graph, 9, []);
    const ways = waysOf(drawn);
    const up = (n: number): number => (ways.up[n]! < 0 ? Number(drawn.kind[n] === OUTPUT) : drawn.share[ways.up[n]!]! * up(drawn.to[ways.up[n]!]!));
    // The best over all edges, computed without any order of nodes.
    const best = new Map<number, number>();
    const strongest = (n: number): number => {
      if (drawn.kind[n] === OUTPUT) return 1;
      if (!best.has(n)) best.set(n, Math.max(0, ...[...ways.out[n]!].map((e) => drawn.share[e]! * strongest(drawn.to[e]!))));
      return best.get(n)!;
    };
    for (let n = 0; n < drawn.ids.length; n++) expect(up(n)).toBeCloseTo(strongest(n), 6);
    for (const e of ways.down) if (e >= 0) expect(drawn.kind[drawn.from[e]!]).not.toBe(REST);
  });
});

describe("places", () => {
  const graph = graphOf(sampleGraph(14, 30, 400, 300, 2000)) as Graph;
  const plan = planOf(graph, 544, 470);

  it("keep each node in its token's column, layers going up", () => {
    for (const level of [0, 9]) {
      const drawn = drawnOf(graph, level, []);
      const { x, y, radius } = placesOf(drawn, plan);
      expect(radius >= 2.5 && radius <= 5).toBe(true);
      drawn.ids.forEach((_, n) => {
        expect(x[n]! >= plan.columns[drawn.position[n]!]! && x[n]! <= plan.columns[drawn.position[n]! + 1]!).toBe(true);
        expect(Math.abs(y[n]! - plan.y(drawn.layer[n]!))).toBeLessThan(plan.row);
      });
    }
    expect(plan.y(29)).toBeLessThan(plan.y(0));
    expect([plan.y(30) > 32, plan.y(-1) < 403]).toEqual([true, true]);
    expect(plan.columns[14]).toBe(544);
  });

  it("never draw a node smaller than can be seen", () => {
    const crowded = graphOf(sampleGraph(3, 30, 4000, 6, 10)) as Graph;
    expect(placesOf(drawnOf(crowded, 9, []), planOf(crowded, 544, 470)).radius).toBe(2.5);
    expect(placesOf(drawnOf(crowded, 0, []), planOf(crowded, 544, 470)).radius).toBeGreaterThan(2.5);
  });

  it("put a group's box beside its column, and two of one place apart", () => {
    const last = graph.ids.filter((_, n) => graph.position[n] === 13 && graph.layer[n] === 20).slice(0, 4);
    const drawn = drawnOf(graph, 9, [{ name: "one", nodes: last.slice(0, 2) }, { name: "two", nodes: last.slice(2) }]);
    const { x, y } = placesOf(drawn, plan);
    expect(x[0]! < plan.columns[13]! && x[0]! > plan.columns[13]! - 60).toBe(true);
    expect(Math.abs(y[0]! - y[1]!)).toBeGreaterThanOrEqual(20);
  });

  it("are found by a pointer near them, and by every arrow key", () => {
    const drawn = drawnOf(small, 1, []);
    const places = placesOf(drawn, planOf(small, 544, 470));
    expect(nearest(places, places.x[2]! + 4, places.y[2]! - 4)).toBe(2);
    expect(nearest(places, 5, 5)).toBe(-1);
    const go = (key: string, from: string): string => drawn.ids[stepped(key, drawn.place.get(from)!, drawn, places)!]!;
    expect(go("ArrowUp", "1_3_1")).toBe("3_9_1");
    expect(go("ArrowDown", "1_3_1")).toMatch(/^0_/);
    expect(["0_1_0", "0_-1_1", "0_2_1"].map((from) => go("ArrowRight", from))).toEqual(["0_-1_1", "0_2_1", "0_2_1"]);
    expect(go("ArrowLeft", "0_-1_1")).toBe("0_1_0");
    expect([go("Home", "E_5_0"), go("PageDown", "1_3_1"), go("End", "E_5_0")]).toEqual(["1_3_1", "0_1_0", "3_9_1"]);
    expect(stepped("x", 0, drawn, places)).toBeNull();
  });
});

describe("coverage", () => {
  // Of each prompt's orders: how many agree on k tenths of the signs or more. The last prompt that was run has too few scores.
  const orders = [[1, 1, 1, 0.9, 0.8, 0.5, 0.4, 0.3, 0.1, 0, 0], [1, 1, 1, 1, 1, 0.7, 0.2, 0.1, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], Array<number>(11).fill(Number.NaN)];
  const coverage = coverageOf({
    count: 600, prompts: ["a", "b", "c", "d"], replacement: encode("float32", [4], [0.2, 0.2, 0.1, Number.NaN]), completeness: encode("float32", [4], [0.7, 0.8, 0.9, Number.NaN]),
    agreement: encode("float32", [4], [0.7, 0.6, 0.9, Number.NaN]), shuffled: encode("float32", [4, 11], orders.flat()), stated: null, stated_shuffled: null,
  })!;

  it("counts the prompts that were run and meet the rule, on its very edge too", () => {
    expect(covered(coverage, { replacement: 0.2, completeness: 0.7, agreement: 0.7 }).map((one) => one.toFixed(3))).toEqual(["0.333", "0.061", "0.792", "3.000", "0.133"]);
    expect(covered(coverage, { replacement: 0, completeness: 0, agreement: 0 })[0]).toBe(1);
  });

  it("counts orders of the predictions, not prompts whose mean agreement passes", () => {
    const shuffled = (rule: Rule): number => covered(coverage, rule)[4];
    // Two prompts pass the other bars: 0.3 and 0.1 of their orders reach 0.7; the third adds none; three were run.
    expect(shuffled({ replacement: 0.2, completeness: 0.7, agreement: 0.7 })).toBeCloseTo(0.4 / 3);
    expect(shuffled({ replacement: 0.2, completeness: 0.8, agreement: 0.7 })).toBeCloseTo(0.1 / 3);
    expect(shuffled({ replacement: 0.2, completeness: 0.7, agreement: 0.3 })).toBeCloseTo(1.9 / 3);
    expect(shuffled({ replacement: 0, completeness: 0, agreement: 0 })).toBe(1);
    expect(shuffled({ replacement: 0.2, completeness: 0, agreement: 1 })).toBe(0);
  });

  it("has Wilson's interval", () => {
    // Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const published = [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [1, 29, 0.0061, 0.1718]] as const;
    for (const [right, n, low, high] of published) {
      const [, found, upper] = wilson(right, n);
      expect(found).toBeCloseTo(low, 4);
      expect(upper).toBeCloseTo(high, 4);
    }
    expect(wilson(0, 0)[0]).toBeNaN();
  });
});

describe("words", () => {
  it("name nodes and say which way they push", () => {
    expect([0, 3, 5, 6].map((n) => nameOf(small, n))).toEqual(["L0 neuron 1 at a (0)", "L0 rest at ·<b> (1)", "token ·<b> (1)", "output ·flower − ·animal"]);
    expect(effectInWords(small, full, 1)).toBe("value +1.00, effect −1.00 logits ▼ toward ·animal");
    expect(toward({ answer: " a", foil: "" }, -1)).toBe("▼ away from ·a");
    expect(levelInWords(levelsOf(SMALL_LEVELS)!, 0).map(([, value]) => value)).toEqual(["0.08", "0.60", "−5.31", "−7.01", "−0.10, from −0.50 to +0.20"]);
    expect(levelInWords(levelsOf(SMALL_LEVELS)!, 1).map(([, value]) => value)).toEqual(["0.13", "0.71", "−7.35", "–", "–"]);
  });

  it("puts both bars of a test on one axis, 0 on it", () => {
    const x = axisOf([-1.8, -0.4, -0.2, 0.1, Number.NaN], 232);
    expect(x(-1.8)).toBe(6);
    expect(x(0.1)).toBeCloseTo(226);
    expect(x(0)).toBeGreaterThan(200);
    expect(axisOf([2, 3], 232)(0)).toBe(6);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<CircuitGraphTraits>;
  const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));

  async function open(more: Partial<CircuitGraphTraits> = {}): Promise<void> {
    fake = sampleModel(more);
    circuitgraph.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await drawn();
  }

  beforeEach(() => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
  });
  afterEach(() => stop.abort());

  const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
  const button = (label: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === label)!;
  const plot = (): HTMLElement => host.querySelector(".mikit-cg-plot") as HTMLElement;
  const press = (...keys: string[]): void => keys.forEach((key) => plot().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
  const field = (label: string): HTMLInputElement => host.querySelector(`[aria-label="${label}"]`) as HTMLInputElement;
  const slide = (label: string, to: number): void => {
    field(label).value = String(to);
    field(label).dispatchEvent(new Event("input"));
  };

  it("shows how much the neurons hold, beside random ones, and takes tokens and labels as text", async () => {
    await open({ chosen: "1_3_1" });
    expect(text(".mikit-number")).toBe("all 600 neurons, before pruning, hold11.8 % of the effect8 random sets: 0.40 % (0.31 to 0.52)");
    expect(text(".mikit-cg-title")).toBe("L1 neuron 3 at ·<b> (1) “flowers <i>”");
    expect(host.querySelector(".mikit-cg-title *, .mikit-cg-axes b, i")).toBeNull();
  });

  it("is walked and pinned with keys, and asks for the examples of a neuron alone", async () => {
    await open();
    press("ArrowDown");
    expect(text(".mikit-cg-readout")).toContain("output ·flower − ·animal");
    press("ArrowDown");
    expect(text(".mikit-cg-readout")).toBe("L1 neuron 3 at ·<b> (1) · value −4.00, effect +2.00 logits ▲ toward ·flower · 6 edges lit, its strongest ways up and down; 1 from the rest");
    press("Enter");
    expect([fake.model.get("pinned"), fake.model.get("chosen")]).toEqual([["1_3_1"], "1_3_1"]);
    expect(fake.model.get("asked")["examples"]).toBe(2);
    await drawn();
    expect(text(".mikit-cg-name")).toBe("L1 3");
    press("ArrowDown", "ArrowLeft", "Enter");
    await drawn();
    expect(fake.model.get("pinned")).toHaveLength(2);
    press("Enter", "Escape");
    expect(fake.model.get("pinned")).toEqual(["1_3_1"]);
  });

  it("makes pins a group, tests its neurons, and takes it apart", async () => {
    await open({ pinned: ["0_1_0", "1_3_1", "0_-1_1"], chosen: "1_3_1" });
    field("Name of the group").value = "flowers";
    button("Group").click();
    expect(fake.model.get("groups")).toEqual([{ name: "flowers", nodes: ["0_1_0", "1_3_1", "0_-1_1"] }]);
    expect([fake.model.get("pinned"), fake.model.get("chosen")]).toEqual([[], "flowers"]);
    await drawn();
    expect(text(".mikit-cg-group")).toBe("+ flowers");
    expect(document.activeElement).toBe(plot());
    button("Switch off").click();
    expect(fake.model.get("tests")).toEqual([{ name: "flowers", nodes: ["0_1_0", "1_3_1"], how: "ablate", other: "" }]);
    expect(fake.model.get("asked")).toMatchObject({ test: 2, graph: 1 });
    await drawn();
    expect(text(".mikit-cg-answer")).toBe("1 more being tested");
    button("Ungroup").click();
    expect([fake.model.get("groups"), fake.model.get("pinned")]).toEqual([[], ["0_1_0", "1_3_1", "0_-1_1"]]);
  });

  it("asks for the other prompt before it swaps, and offers no test of what is no neuron", async () => {
    await open({ chosen: "1_3_1" });
    button("Swap in").click();
    expect(fake.model.get("tests")).toEqual([]);
    expect(field("Prompt to swap in from").hidden).toBe(false);
    fake.receive({ other: "a tulip" });
    button("Swap in").click();
    expect(fake.model.get("tests")[0]).toMatchObject({ how: "swap", other: "a tulip" });
    fake.receive({ chosen: "0_-1_1" });
    await drawn();
    expect(host.querySelector<HTMLElement>(".mikit-cg-testing")!.hidden).toBe(true);
  });

  it("draws what was foretold beside what came, with the random neurons' range, and the learner's guess of the first test", async () => {
    const one = { name: "late", nodes: ["1_3_1"], how: "ablate" as const, other: "", predicted: -1.83, measured: -0.41, random: [0, -0.1, 0.12] as [number, number, number] };
    await open({ tests: [one, one], outcome: [one], predicted: -1 });
    expect(text(".mikit-cg-verdict")).toBe("predicted −1.83 · measured −0.41");
    expect(text(".mikit-cg-outcome")).toContain("8 random sets: 0, from −0.10 to +0.12");
    expect(host.querySelectorAll(".mikit-cg-outcome .mikit-cg-neg, .mikit-cg-outcome .mikit-cg-band, .mikit-cg-you")).toHaveLength(4);
    expect(text(".mikit-cg-answer")).toContain("1 more being tested");
    fake.receive({ outcome: [one, { ...one, how: "boost", measured: 0.2 }] });
    await drawn();
    expect(text(".mikit-cg-verdict")).toBe("predicted −1.83 · measured +0.20");
    expect(host.querySelector(".mikit-cg-you")).toBeNull();
    field("Which test is shown").value = "0";
    field("Which test is shown").dispatchEvent(new Event("change"));
    expect(host.querySelectorAll(".mikit-cg-you")).toHaveLength(1);
    button("Forget tests").click();
    expect(fake.sent).toEqual([{ do: "forget" }]);
  });

  it("prunes without asking anything, and its numbers move with it", async () => {
    await open();
    slide("Pruning: how much of the graph is kept", 0);
    await drawn();
    expect(text(".mikit-cg-numbers")).toBe("kept2 neurons, 0 rest, 4 edgesreplacement0.08completeness0.60all off, logits: predicted−5.31measured−7.018 random sets−0.10, from −0.50 to +0.20");
    expect(host.querySelector(".mikit-cg-figure:nth-child(2)")!.getAttribute("aria-label")).toMatch(/^replacement 0\.08\. Of all influence, how much/);
    expect(host.querySelector<HTMLElement>(".mikit-cg-figure:nth-child(3)")!.title).toContain("not from the rest");
    expect(fake.model.get("level")).toBe(0);
    expect(fake.model.get("asked")).toEqual({ graph: 1, levels: 1, test: 1, examples: 1, cover: 1 });
  });

  it("states a rule before any prompt is run; moving it afterwards leaves the stated one where it was", async () => {
    await open();
    slide("Rule: replacement at least", 0.2);
    expect(text(".mikit-cg-covered")).toBe("State a rule: 2 prompts are run then.");
    button("State this rule").click();
    const stated = { replacement: 0.2, completeness: 0.7, agreement: 0.7 };
    expect(fake.sent).toEqual([{ do: "state", rule: stated }]);
    const orders = [1, 1, 0.9, 0.8, 0.6, 0.4, 0.2, 0.04, 0, 0, 0];
    expect(text(".mikit-cg-about")).toBe("600 neurons, unpruned; signs of the 10 strongest");
    const ran = (replacement: number[]): CircuitGraphTraits["coverage"] => ({
      ...fake.model.get("coverage")!, replacement: encode("float32", [2], replacement), completeness: encode("float32", [2], [0.9, 0.9]),
      agreement: encode("float32", [2], replacement.map((one) => one && 1)), shuffled: encode("float32", [2, 11], [...orders, ...orders]), count: 300,
    });
    fake.receive({ stated, coverage: ran([0.3, Number.NaN]), status: { state: "stopped", text: "", done: 0 } });
    await drawn();
    expect(text(".mikit-cg-covered")).toBe("covered 100 % [21, 100] of 1 (2 in all), shuffled 4 %");
    expect(button("Go on").hidden).toBe(false);
    fake.receive({ coverage: { ...ran([0.3, 0.15])!, stated: [0.5, 0.09, 0.91], stated_shuffled: [0.028, 0, 0.167] } });
    await drawn();
    const line = (): string | null => host.querySelector(".mikit-cg-dial .mikit-cg-stated")!.getAttribute("x1");
    const before = line();
    expect(text(".mikit-cg-covered")).toBe("covered 50 % [9, 91] of 2, shuffled 3 % [0, 17]");
    const band = (): Element | null => host.querySelector(".mikit-cg-dial .mikit-cg-band");
    expect([band()!.getAttribute("x"), text(".mikit-cg-about")]).toEqual(["1", "300 neurons, unpruned; signs of the 10 strongest"]);
    slide("Rule: replacement at least", 0.1);
    expect(text(".mikit-cg-covered")).toBe("covered 100 % [34, 100] of 2, shuffled 4 %");
    expect(band()).toBeNull();
    expect(line()).toBe(before);
    expect(text(".mikit-cg-state")).toContain("│ stated 0.20/0.70/0.7\n50 % [9, 91]");
  });

  it("takes an example, a count, a token with its space, and fades what they make old", async () => {
    await open();
    const give = (label: string, value: string): void => {
      field(label).value = value;
      field(label).dispatchEvent(new Event("change"));
    };
    give("Answer", "·tree");
    expect(fake.model.get("answer")).toBe(" tree");
    give("How many neurons", "300");
    give("Examples", "0");
    expect([fake.model.get("count"), fake.model.get("prompt"), fake.model.get("foil")]).toEqual([300, "p", ""]);
    expect(fake.model.get("asked")).toMatchObject({ graph: 4, levels: 4, test: 1 });
    expect(plot().classList.contains("mikit-old")).toBe(true);
    expect(host.querySelector(".mikit-cg-prune")!.classList.contains("mikit-old")).toBe(true);
  });

  it("stands at its full size before there is a graph, while it is drawn, and without a kernel", async () => {
    const none = { ...sampleGraph(2, 2, 1, 1, 0), ids: [], ...Object.fromEntries(["kind", "since"].map((name) => [name, encode("uint8", [0], [])])),
      ...Object.fromEntries(["layer", "position", "feature"].map((name) => [name, encode("int32", [0], [])])), ...Object.fromEntries(["value_of", "effect"].map((name) => [name, encode("float32", [0], [])])), done: false };
    await open({ graph: null, levels: null, coverage: null });
    expect(text(".mikit-cg-nothing")).toBe("No graph yet. Drawing takes about 3 s and 400 MB.");
    expect(plot().style.height).toBe("470px");
    expect(text(".mikit-cg-covered")).toBe("No prompts were given.");
    fake.receive({ graph: none as never });
    await drawn();
    expect(text(".mikit-cg-nothing")).toBe("The graph is being drawn.");
    expect(text(".mikit-number-value")).toBe("11.8 %");
    fake.receive({ graph: SMALL, frozen: true, chosen: "1_3_1", problem: "x.json cannot be read." });
    await drawn();
    expect(button("Switch off").disabled).toBe(true);
    expect(text(".mikit-cg-inspector .mikit-error")).toBe("× x.json cannot be read.");
    press("End", "Enter");
    expect(fake.model.get("pinned")).toEqual(["3_9_1"]);
  });

  it("reads as a table: levels, tests and dial, then nodes, strongest first", async () => {
    await open({ outcome: [{ name: "late", nodes: ["1_3_1"], how: "ablate", other: "", predicted: -1.83, measured: -0.41, random: [0.05, -0.1, 0.12] }] });
    button("Read as a table").click();
    const rows = [...host.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent).join("|"));
    expect(rows[0]).toBe("level 1: 2 neurons off|level||||||0.08|0.60||−5.31|−7.01|−0.10|−0.50|0.20");
    expect(rows[2]).toBe("late switched off|test|||||||||−1.83|−0.41|0.05|−0.10|0.12");
    expect(rows[3]).toMatch(/^State a rule: 2 prompts are run then\..*unpruned; signs of the 10 strongest\|dial\|+$/);
    expect(rows[4]).toBe("p|dial||||||NaN|NaN|NaN|||||");
    expect(rows[6]).toBe("1_3_1|neuron|1|1|·<b>|−4.00|2.00||||||||");
    expect(rows).toHaveLength(13);
    expect(new Set([...host.querySelectorAll("tbody tr, thead tr")].map((row) => row.children.length))).toEqual(new Set([15]));
  });

  it("follows the hand over 2,000 nodes and 20,000 edges within a frame", async () => {
    const graph = graphOf(sampleGraph(20, 30, 1379, 600, 20_000)) as Graph;
    const many = drawnOf(graph, 9, []);
    const [places, ways] = [placesOf(many, planOf(graph, 544, 470)), waysOf(many)];
    expect([many.ids.length, many.from.length]).toEqual([2000, 20_000]);
    const taken = Array.from({ length: 300 }, (_, i) => {
      const start = performance.now();
      lit(many, ways, nearest(places, places.x[6 * i]!, places.y[6 * i]!));
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(taken[150]).toBeLessThan(4);
  });
});
