// The view's sentences.
import { fixed, signed } from "../shared/format";
import { tokenLabel } from "../shared/tokens";
import { counted, type Drawn } from "./drawn";
import { EMBEDDING, GROUP, NEURON, OUTPUT, REST, type Graph, type How, type Levels, type Outcome } from "./traits";

type Pair = Pick<Graph, "answer" | "foil">;

/** "·Mary − ·John", or the answer alone; of a file that does not say neither. */
export function outputOf({ answer, foil }: Pair): string {
  return foil ? `${tokenLabel(answer)} − ${tokenLabel(foil)}` : answer && tokenLabel(answer);
}

/** Where a positive effect moves the output, or a negative one. */
function side({ answer, foil }: Pair, up: boolean): string {
  if (!answer) return up ? "up" : "down";
  return up ? `toward ${tokenLabel(answer)}` : foil ? `toward ${tokenLabel(foil)}` : `away from ${tokenLabel(answer)}`;
}

/** Which way the output is moved: "▲ toward ·Mary". */
export function toward(graph: Pair, effect: number): string {
  return effect ? `${effect > 0 ? "▲" : "▼"} ${side(graph, effect > 0)}` : "";
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** "L18 neuron 1023 at ·store (6)" */
export function nameOf(graph: Graph, n: number): string {
  const at = `${tokenLabel(graph.tokens[graph.position[n]!] ?? "")} (${graph.position[n]})`;
  switch (graph.kind[n]) {
    case NEURON: return `L${graph.layer[n]} neuron ${graph.feature[n]} at ${at}`;
    case REST: return `L${graph.layer[n]} rest at ${at}`;
    case EMBEDDING: return `token ${at}`;
    default: return `output ${outputOf(graph)}`.trimEnd();
  }
}

/** The same where there is little room: "L18 1023". */
export function shortName(graph: Graph, n: number): string {
  if (graph.kind[n] === NEURON) return `L${graph.layer[n]} ${graph.feature[n]}`;
  return graph.kind[n] === REST ? `L${graph.layer[n]} rest` : graph.kind[n] === EMBEDDING ? tokenLabel(graph.tokens[graph.position[n]!] ?? "") : outputOf(graph);
}

/** The name of what is on screen, a group's with its members. */
export function drawnName(graph: Graph, drawn: Drawn, i: number): string {
  return drawn.kind[i] === GROUP ? `${drawn.ids[i]}: ${many(drawn.members[i]!.length, "node")} as one` : nameOf(graph, drawn.node[i]!);
}

/** What the node is and brings: the second line under its name. */
export function effectInWords(graph: Graph, drawn: Drawn, i: number): string {
  const [n, effect] = [drawn.node[i]!, drawn.effect[i]!];
  if (drawn.kind[i] === OUTPUT) return `${graph.value === null ? "" : `${signed(graph.value)} logits, `}what all ways lead to`;
  const value = n >= 0 && drawn.kind[i] === NEURON && isFinite(graph.value_of[n]!) ? `value ${signed(graph.value_of[n]!)}, ` : "";
  return `${value}effect ${signed(effect)} logits ${toward(graph, effect)}`.trimEnd();
}

/** How much is lit, and how much of that begins in what was left out. */
export function litInWords(drawn: Drawn, edges: readonly number[]): string {
  const rest = edges.filter((e) => drawn.kind[drawn.from[e]!] === REST).length;
  return `${many(edges.length, "edge")} lit, its strongest ways up and down${rest ? `; ${rest} from the rest` : ""}`;
}

/** What the marks are, while nothing is pointed at. */
export function legendOf(graph: Graph): string {
  return `● neuron  ◆ rest: neurons not drawn  ■ token, output. Filled blue: ${side(graph, true)}. Hollow orange: ${side(graph, false)}. Lines alike, dashed when negative and lit.`;
}

const HOWS: Record<How, string> = { ablate: "switched off", boost: "doubled", swap: "swapped in" };

export function testInWords({ name, how, other }: Pick<Outcome, "name" | "how" | "other">): string {
  return `${name} ${HOWS[how]}${how === "swap" ? ` from “${other}”` : ""}`;
}

/** How many sets of random neurons stand behind a control (Python's DRAWS). */
export const DRAWS = "8 random sets";

export const figure = (value: number): string => (isNaN(value) ? "–" : Math.abs(value) < 0.005 ? "0" : signed(value));

/** "predicted −1.83 · measured −0.41" */
export function outcomeInWords({ predicted, measured }: Outcome): string {
  return `predicted ${figure(predicted)} · measured ${figure(measured)}`;
}

/** Mean and ends of the draws: too few for an interval. */
export const spanInWords = ([value, low, high]: Outcome["random"]): string => (isNaN(value) ? "–" : `${figure(value)}, from ${figure(low)} to ${figure(high)}`);

export const randomInWords = (random: Outcome["random"]): string => `${DRAWS}: ${spanInWords(random)}`;

/** What a level keeps: "231 neurons, 120 rest, 1840 edges". */
export function keptInWords(graph: Graph, drawn: Drawn): string {
  const { neurons, rest, edges } = counted(graph, drawn);
  return [many(neurons, "neuron"), `${rest} rest`, many(edges, "edge")].join(", ");
}

/** The numbers of a level, each with its name and what that means. */
export function levelInWords(levels: Levels | null, level: number): [name: string, value: string, why: string][] {
  const at = (name: keyof Levels): number => levels?.[name][level] ?? NaN;
  const share = (value: number): string => (isNaN(value) ? "–" : fixed(value));
  return [
    ["replacement", share(at("replacement")), "Of all influence, how much begins in tokens, not in the rest, and so runs through drawn neurons all the way."],
    ["completeness", share(at("completeness")), "How much of what enters the nodes, weighted by influence, comes from drawn neurons or tokens, not from the rest."],
    ["all off, logits: predicted", figure(at("predicted")), "How the graph says the output moves."],
    ["measured", figure(at("measured")), "How it moves in the model."],
    [DRAWS, spanInWords([at("random"), at("random_low"), at("random_high")]), "As many others, same layers and positions: mean, lowest, highest."],
  ];
}
