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
import { drawnOf, type Drawn } from "./drawn";
import { Inputs } from "./inputs";
import { Inspector } from "./inspector";
import { Picture } from "./picture";
import { pruneOf } from "./prune";
import { coverageOf, graphOf, levelCount, levelsOf, NEURON, type CircuitGraphTraits, type Graph, type Group, type How, type Rule } from "./traits";
import { drawnName, effectInWords } from "./words";
import "./circuitgraph.css";

const WIDE = [544, 470] as const;
const NARROW = [500, 380] as const;
const SIDE = 232;
const GAP = 24;
/** The bar of coverage. */
const COVER = 272;
const KINDS = ["neuron", "rest", "token", "output", "group"];

/** What every graph is drawn from: with another, all that was measured on the older one is old. */
const DRAWN_LANES = ["graph", "levels"];

function share(value: number): string {
  return `${fixed(100 * value, 1)} %`;
}

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
    const columns = ["node", "kind", "layer", "position", "token", "value", "effect"];
    if (!graph || !drawn) return { caption: "No graph yet", columns, rows: [] };
    const [now, shown] = [graph, drawn];
    const order = shown.ids.map((_, i) => i).sort((a, b) => Math.abs(shown.effect[b]!) - Math.abs(shown.effect[a]!));
    return {
      caption: "Nodes drawn at this level, by the size of their effect on the output along all drawn ways, in logits.",
      columns,
      rows: order.map((i) => {
        const n = shown.node[i]!;
        const at = n < 0 ? "" : now.position[n]!;
        return [shown.ids[i]!, KINDS[shown.kind[i]!]!, shown.kind[i] === NEURON || shown.kind[i] === 1 ? `${now.layer[n]}` : "", `${at}`,
          n < 0 ? "" : tokenLabel(now.tokens[now.position[n]!] ?? ""), n < 0 ? "" : now.value_of[n]!, shown.effect[i]!];
      }),
    };
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
  const buttons = (["Node", "Coverage"] as const).map((label) => textButton(label, signal, () => tab(label)));
  tabs.append(...buttons);
  view.inputs.append(inputs.element);
  view.stage.append(stage);
  for (const control of [...inputs.controls, ...inspector.controls, dial.state]) view.needsKernel(control);
  view.tie(picture.element, "graph");
  view.tie(view.number.element, "graph");
  view.tie(prune.element, "levels");
  view.tie(inspector.fading.test, "test");
  view.tie(inspector.fading.examples, "examples");
  view.tie(dial.figure, "cover");

  /** Where the view is narrow, node and coverage take turns. */
  function tab(label: "Node" | "Coverage"): void {
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
    dial.show({ coverage, rule: model.get("rule"), stated: model.get("stated"), live: view.live, running, width: view.wide ? COVER : view.width });
  }

  function drawNumber(): void {
    if (!graph) return view.number.clear();
    const { share: own, share_random: random, source } = graph;
    const count = source ? "its" : `${model.get("count")}`;
    view.number.show({
      label: `${count} neurons hold`, value: own === null ? "not said" : share(own), unit: own === null ? "" : "of the effect",
      below: source ? `in ${source}` : `${count} at random ${random === null ? "not yet" : share(random)}`,
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
    const inks = { pos: view.colour("--mk-pos"), neg: view.colour("--mk-neg"), ink: view.colour("--mk-ink"), page: view.colour("--mk-bg"), grid: view.colour("--mk-grid") };
    picture.draw(graph, drawn, view.wide ? [view.width - SIDE - GAP, WIDE[1]] : [Math.min(NARROW[0], view.width), NARROW[1]], inks, nothing());
    picture.mark({ pinned: model.get("pinned"), chosen: model.get("chosen") });
    inspector.draw(graph, drawn, view.wide ? SIDE : (view.width - GAP) / 2);
    prune.show(graph, drawn, levels, level());
    drawDial();
  }

  view.watch(["graph"], () => {
    graph = graphOf(model.get("graph"));
    view.draw();
  });
  view.watch(["levels"], () => {
    levels = levelsOf(model.get("levels"));
    view.draw();
  });
  view.watch(["coverage"], () => {
    coverage = coverageOf(model.get("coverage"));
    view.draw();
  });
  view.watch(["prompt", "answer", "foil", "count", "other", "level", "pinned", "groups", "chosen", "tests", "rule", "stated", "predicted", "examples", "counts", "outcome", "detail", "estimate", "problem", "status"]);
  tab("Node");
  view.onDraw(draw);
}

export default { render };
