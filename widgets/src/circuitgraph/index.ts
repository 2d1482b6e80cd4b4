// CircuitGraph: what acted on what on the way from a prompt's tokens to one logit, how little of it is drawn, and whether
// the model does as the drawing says.
import type { RenderProps } from "@anywidget/types";
import { textButton } from "../shared/dom";
import { fixed } from "../shared/format";
import { frame } from "../shared/frame";
import { tokenLabel } from "../shared/tokens";
import type { Table } from "../shared/types";
import { box } from "./box";
import { dialOf } from "./dial";
import { drawnOf, strongest, type Drawn } from "./drawn";
import { Inputs } from "./inputs";
import { Inspector } from "./inspector";
import { Picture } from "./picture";
import { pruneOf } from "./prune";
import { coverageOf, graphOf, levelCount, levelsOf, EMBEDDING, NEURON, type CircuitGraphTraits, type Graph, type Group, type How, type Rule } from "./traits";
import { DRAWS, drawnName, effectInWords, testInWords } from "./words";
import "./circuitgraph.css";

const WIDE = [544, 470] as const;
const NARROW = [500, 380] as const;
const SIDE = 232;
const GAP = 24;
/** The bar of coverage. */
const COVER = 272;
const TABS = ["Node", "Texts", "Coverage"] as const;
const KINDS = ["neuron", "rest", "token", "output", "group"];

/** What every graph is drawn from: with another, all that was measured on the older one is old. */
const DRAWN_LANES = ["graph", "levels"];

type Rows = Table["rows"];
const blanks = (count: number): string[] => Array<string>(count).fill("");

function render({ model, el, signal }: RenderProps<CircuitGraphTraits>): void {
  let graph: Graph | null = graphOf(model.get("graph"));
  let levels = levelsOf(model.get("levels"));
  let coverage = coverageOf(model.get("coverage"));
  let drawn: Drawn | null = null;
  let drawnFrom: readonly unknown[] = [];

  const view = frame(model, el, signal, {
    name: "circuitgraph", table,
    reset() {
      picture.leave();
      inspector.reset();
    },
  });

  function table(): Table {
    const columns = "what kind layer position token value effect replacement completeness agreement predicted measured random lowest highest".split(" ");
    if (!graph || !drawn) return { caption: "No graph yet", columns, rows: [] };
    const [now, shown] = [graph, drawn];
    return {
      caption: `Levels, tests, dial; then nodes drawn at this level, by their effect along all drawn ways. Effects and changes in logits; random: mean, lowest, highest of ${DRAWS}.`,
      columns,
      rows: [...levelRows(), ...testRows(), ...dialRows(), ...strongest(shown).map((i) => {
        const n = shown.node[i]!;
        const kind = shown.kind[i]!;
        const own = n < 0 ? blanks(3) : [`${now.position[n]}`, tokenLabel(now.tokens[now.position[n]!] ?? ""), now.value_of[n]!];
        return [shown.ids[i]!, KINDS[kind]!, kind < EMBEDDING ? `${now.layer[n]}` : "", ...own, shown.effect[i]!, ...blanks(8)];
      })],
    };
  }

  function levelRows(): Rows {
    return levels ? [...levels.kept].map((kept, k) => [`level ${k + 1}: ${kept} neurons off`, "level", ...blanks(5), levels!.replacement[k]!, levels!.completeness[k]!, "",
      ...(["predicted", "measured", "random", "random_low", "random_high"] as const).map((name) => levels![name][k]!)]) : [];
  }

  const testRows = (): Rows => model.get("outcome").map((one) => [testInWords(one), "test", ...blanks(8), one.predicted, one.measured, ...one.random]);

  function dialRows(): Rows {
    if (!coverage) return [];
    const { prompts, replacement, completeness, agreement } = coverage;
    return [[dial.figure.textContent ?? "", "dial", ...blanks(13)], ...prompts.map((prompt, p) => (
      [prompt, "dial", ...blanks(5), replacement[p]!, completeness[p]!, agreement[p]!, ...blanks(5)]))];
  }

  function send(message: Record<string, unknown>, buffers: ArrayBuffer[] = []): void {
    if (view.live) model.send(message, undefined, buffers);
  }

  const level = (): number => Math.min(model.get("level"), levelCount(graph, levels) - 1);

  /** Chooses, and asks for the examples of a single neuron. */
  function choose(chosen: string, more: Partial<CircuitGraphTraits> = {}): void {
    const n = graph?.place.get(chosen) ?? -1;
    view.set({ ...more, chosen }, n >= 0 && graph!.kind[n] === NEURON && chosen !== model.get("chosen") ? ["examples"] : []);
    view.draw();
  }

  function pin(i: number): void {
    const [id, pinned] = [drawn!.ids[i]!, model.get("pinned")];
    const name = drawnName(graph!, drawn!, i);
    if (drawn!.node[i]! < 0) {
      choose(id);
      view.say(`${name}, chosen`);
    } else if (pinned.includes(id)) {
      choose(model.get("chosen") === id ? "" : model.get("chosen"), { pinned: pinned.filter((one) => one !== id) });
      view.say(`${name}, no longer pinned`);
    } else {
      choose(id, { pinned: [...pinned, id] });
      view.say(`${name}, pinned. ${effectInWords(graph!, drawn!, i)}`);
    }
  }

  /** What was pressed goes with the pins, or with the group: the focus goes to the graph. */
  function group(name: string): void {
    const groups = model.get("groups");
    const nodes = model.get("pinned");
    const taken = (one: string): boolean => groups.some((other) => other.name === one) || graph!.place.has(one);
    let free = name;
    for (let i = 2; taken(free); i++) free = `${name} ${i}`;
    choose(free, { groups: [...groups, { name: free, nodes }], pinned: [] });
    picture.element.focus();
    view.say(`${nodes.length} nodes are now “${free}”.`);
  }

  function ungroup(): void {
    const [chosen, groups] = [model.get("chosen"), model.get("groups")];
    const there = groups.find(({ name }) => name === chosen);
    choose("", { groups: groups.filter((one) => one !== there), pinned: [...model.get("pinned"), ...(there?.nodes ?? [])] });
    picture.element.focus();
  }

  function test(how: How, name: string, nodes: string[]): void {
    const [tests, other] = [model.get("tests"), how === "swap" ? model.get("other") : ""];
    view.set({ tests: [...tests, { name, nodes, how, other }] }, ["test"]);
    view.draw();
  }

  const inputs = new Inputs(model, signal, (given) => view.set(given, DRAWN_LANES));
  const picture = new Picture(signal, { say: view.say, pin });
  const inspector = new Inspector(model, signal, {
    group, ungroup, test,
    unpin() {
      choose(model.get("chosen"), { pinned: [] });
      picture.element.focus();
    },
    forget: () => send({ do: "forget" }),
    keep: () => send({ do: "keep" }),
    file: (name, content) => send({ do: "file", name }, [content]),
  }, (other) => view.set({ other }));
  const prune = pruneOf(signal, (to) => {
    view.set({ level: to });
    view.draw();
  });
  const dial = dialOf(signal, (rule: Rule) => {
    view.set({ rule });
    drawDial();
  }, () => send({ do: "state", rule: model.get("rule") }));

  const tabs = box("tabs mikit-chrome");
  const beside = box("beside", view.number.element, tabs, inspector.element);
  const stage = box("stage", picture.element, beside, prune.element, dial.element);
  const buttons = TABS.map((label) => textButton(label, signal, () => tab(label)));
  tabs.append(...buttons);
  view.inputs.append(inputs.element);
  view.stage.append(stage);
  [...inputs.controls, ...inspector.controls, dial.state].forEach(view.needsKernel);
  view.tie(picture.element, "graph");
  view.tie(view.number.element, "graph");
  view.tie(prune.element, "levels");
  view.tie(inspector.fading.test, "test");
  view.tie(inspector.fading.examples, "examples");
  view.tie(dial.figure, "cover");

  /** Where the view is narrow, a node, where it is strong, and coverage take turns. */
  function tab(label: (typeof TABS)[number]): void {
    stage.dataset["tab"] = label;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === label));
  }

  function refreshDrawn(): void {
    const from = [graph, level(), ...model.get("groups").flatMap(({ name, nodes }: Group) => [name, ...nodes])];
    if (from.length === drawnFrom.length && from.every((one, i) => one === drawnFrom[i])) return;
    drawnFrom = from;
    drawn = graph && drawnOf(graph, level(), model.get("groups"));
  }

  function drawDial(): void {
    const running = ["busy", "waiting"].includes(model.get("status").state);
    dial.show({ coverage, rule: model.get("rule"), stated: model.get("stated"), count: model.get("count"), live: view.live, running, width: view.wide ? COVER : view.width });
  }

  function drawNumber(): void {
    if (!graph) return view.number.clear();
    const { share: own, share_random: random, source } = graph;
    const [mean, low, high] = random?.map((one) => fixed(100 * one)) ?? [];
    view.number.show({
      label: `all ${source ? "its" : model.get("count")} neurons, before pruning, hold`,
      value: own === null ? "not said" : `${fixed(100 * own, 1)} %`, unit: own === null ? "" : "of the effect",
      below: source ? `in ${source}` : `${DRAWS}: ${mean ? `${mean} % (${low} to ${high})` : "not yet"}`,
    });
  }

  function nothing(): string {
    if (graph) return "The graph is being drawn.";
    const cost = model.get("estimate");
    return `No graph yet.${cost ? ` Drawing takes about ${Math.max(1, Math.round(cost.seconds))} s and ${Math.max(1, Math.round(cost.bytes / 1e6))} MB.` : ""}`;
  }

  function draw(): void {
    refreshDrawn();
    inputs.draw();
    drawNumber();
    const ink = (name: string): string => view.colour(`--mk-${name}`);
    const inks = { pos: ink("pos"), neg: ink("neg"), ink: ink("ink"), page: ink("bg"), grid: ink("grid") };
    picture.draw(graph, drawn, view.wide ? [view.width - SIDE - GAP, WIDE[1]] : [Math.min(NARROW[0], view.width), NARROW[1]], inks, nothing());
    picture.mark({ pinned: model.get("pinned"), chosen: model.get("chosen") });
    inspector.draw(graph, drawn, view.wide ? SIDE : (view.width - GAP) / 2);
    prune.show(graph, drawn, levels, level());
    drawDial();
  }

  const fresh = (name: "graph" | "levels" | "coverage", take: () => void): void => view.watch([name], () => {
    take();
    view.draw();
  });
  fresh("graph", () => { graph = graphOf(model.get("graph")); });
  fresh("levels", () => { levels = levelsOf(model.get("levels")); });
  fresh("coverage", () => { coverage = coverageOf(model.get("coverage")); });
  view.watch(["prompt", "answer", "foil", "count", "other", "level", "pinned", "groups", "chosen", "tests", "rule", "stated", "predicted", "outcome", "detail", "estimate", "problem", "status"]);
  tab("Node");
  view.onDraw(draw);
}

export default { render };
