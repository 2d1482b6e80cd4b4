// This view's part of the wire (docs/architecture.md), and the same values decoded for drawing.
import { decode, type ArrayOf } from "../shared/buffers";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export const NEURON = 0;
export const REST = 1;
export const EMBEDDING = 2;
export const OUTPUT = 3;
/** A supernode, in the browser alone. */
export const GROUP = 4;

export interface GraphWire {
  prompt: string;
  answer: string;
  /** "": the graph is of the answer's logit itself. */
  foil: string;
  tokens: string[];
  layers: number;
  value: number | null;
  /** Of the effect of all single neurons, what the chosen ones hold; null where a file does not say. */
  share: number | null;
  /** The same of as many random neurons, mean and range of the draws; null: not yet. */
  share_random: [value: number, low: number, high: number] | null;
  ids: string[];
  /** 0 neuron, 1 rest, 2 embedding, 3 output */
  kind: Wire<"uint8">;
  /** −1 of an embedding, `layers` of the output. */
  layer: Wire<"int32">;
  position: Wire<"int32">;
  feature: Wire<"int32">;
  value_of: Wire<"float32">;
  /** What a node brings the output along all drawn ways. */
  effect: Wire<"float32">;
  /** The first level at which it is kept. */
  since: Wire<"uint8">;
  from: Wire<"int32">;
  to: Wire<"int32">;
  weight: Wire<"float32">;
  edge_since: Wire<"uint8">;
  labels: Record<string, string>;
  /** "", or the name of the file that it came from. */
  source: string;
  done: boolean;
}

/** Each level of pruning, NaN: not yet. */
export interface LevelsWire {
  kept: Wire<"int32">;
  replacement: Wire<"float32">;
  completeness: Wire<"float32">;
  /** Change of the output when all kept neurons are switched off. */
  predicted: Wire<"float32">;
  measured: Wire<"float32">;
  random: Wire<"float32">;
  random_low: Wire<"float32">;
  random_high: Wire<"float32">;
}

export interface Group {
  name: string;
  nodes: string[];
}

export type How = "ablate" | "boost" | "swap";

export interface Test extends Group {
  how: How;
  /** Of a swap: the prompt whose values were set. */
  other: string;
}

export interface Outcome extends Test {
  predicted: number;
  measured: number;
  random: [value: number, low: number, high: number];
}

export interface Promoted {
  token: string;
  value: number;
}

export interface Spoken {
  promoted: Promoted[];
  suppressed: Promoted[];
  examples: { tokens: string[]; values: (number | null)[]; centre: number }[];
}

export interface DetailWire extends Spoken {
  id: string;
  /** Another neuron of the layer. */
  other: Spoken | null;
}

export interface Rule {
  replacement: number;
  completeness: number;
  agreement: number;
}

export type Share = [share: number, low: number, high: number];

export interface CoverageWire {
  /** Over how many neurons its graphs are drawn; null: none is yet. */
  count: number | null;
  prompts: string[];
  replacement: Wire<"float32">;
  completeness: Wire<"float32">;
  agreement: Wire<"float32">;
  /** [prompt, k]: of the orders of each prompt's own predictions, the share whose agreement is at least k / 10. */
  shuffled: Wire<"float32">;
  /** What the stated rule covers, and covers with predictions in another order. */
  stated: Share | null;
  stated_shuffled: Share | null;
}

export interface CircuitGraphTraits extends FrameTraits {
  prompt: string;
  answer: string;
  foil: string;
  count: number;
  other: string;
  level: number;
  pinned: string[];
  groups: Group[];
  /** A node's id, a group's name, or "". */
  chosen: string;
  tests: Test[];
  rule: Rule;
  stated: Rule | null;
  /** The learner's locked prediction of the first test. */
  predicted: number | null;
  examples: { label: string; prompt: string; answer: string; foil: string }[];
  counts: number[];
  graph: GraphWire | null;
  levels: LevelsWire | null;
  outcome: Outcome[];
  detail: DetailWire | null;
  coverage: CoverageWire | null;
  estimate: { seconds: number; bytes: number } | null;
  problem: string;
}

export type CircuitGraphModel = ViewModel<CircuitGraphTraits>;

type Decoded<T> = { [name in keyof T]: T[name] extends Wire<infer D> ? ArrayOf<D> : T[name] };

/** The same with its arrays decoded. */
function decoded<T extends object>(wire: T): Decoded<T> {
  return Object.fromEntries(Object.entries(wire).map(([name, one]) => [name, one?.dtype ? decode(one) : one])) as Decoded<T>;
}

/** A graph with its numbers decoded. */
export interface Graph extends Decoded<GraphWire> {
  /** What each edge brings the output: its share of its target's value times what the target brings. */
  brings: Float32Array;
  /** Node by id. */
  place: Map<string, number>;
}

export function graphOf(wire: GraphWire | null): Graph | null {
  if (!wire) return null;
  const graph = decoded(wire);
  const { kind, effect, value_of, to, weight } = graph;
  // The output's response to a node; an output responds to itself in full, and so does what has no value to divide by.
  const response = Float32Array.from(effect, (one, n) => (kind[n] === OUTPUT ? 1 : value_of[n] ? one / value_of[n]! : NaN));
  return {
    ...graph,
    brings: Float32Array.from(weight, (one, e) => one * (isFinite(response[to[e]!]!) ? response[to[e]!]! : 1)),
    place: new Map(wire.ids.map((id, n) => [id, n])),
  };
}

export type Levels = Decoded<LevelsWire>;

export const levelsOf = (wire: LevelsWire | null): Levels | null => wire && decoded(wire);

/** How many levels of pruning there are. */
export function levelCount(graph: Graph | null, levels: Levels | null): number {
  return levels?.kept.length ?? (graph?.ids.length ? 1 + graph.since.reduce((most, one) => Math.max(most, one), 0) : 10);
}

export type Coverage = Decoded<CoverageWire>;

export const coverageOf = (wire: CoverageWire | null): Coverage | null => wire && decoded(wire);
