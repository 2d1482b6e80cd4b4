// This view's part of the wire (docs/architecture.md), and the same values decoded for drawing.
import { decode } from "../shared/buffers";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export type Mode = "parts" | "edges";

export type Against = "other prompt" | "mean" | "resample";

/** A value with its range: of the effect a 95 % interval over pairs, of a control the range over its draws. NaN: none. */
export type Ranged = readonly [value: number, low: number, high: number];

export const NONE: Ranged = [Number.NaN, Number.NaN, Number.NaN];

export interface RankingWire {
  /** Edges of the whole model. */
  edges: number;
  /** Of each part, layer by layer its heads and then its MLP: the sum of the sizes of its edges' scores, in logits. */
  scores: Wire<"float32">;
  /** The place of its strongest edge among all edges, 1 the strongest of all; 0: it has none. */
  first: Wire<"int32">;
  /** The strongest edges cut one by one, beside random edges: what was estimated and what was measured, mean sizes. */
  check: { estimated: number; measured: number; random_measured: number; edges: number } | null;
  done: boolean;
}

export interface TestedWire {
  mode: Mode;
  parts: string[];
  /** Edges of the circuit. */
  edges: number;
  pairs: number;
  /** [4, 3]: whole model, nothing, circuit alone, without the circuit; in logits. */
  measure: Wire<"float32">;
  /** [2, 3]: random circuits alone, and knocked out. */
  random: Wire<"float32">;
  faithfulness: Wire<"float32">;
  random_faithfulness: Wire<"float32">;
  draws: number;
  /** How much faithfulness the circuit loses without a part. */
  needed: Record<string, number>;
  done: boolean;
}

export interface CurveWire {
  sizes: Wire<"int32">;
  /** [size, 3] */
  found: Wire<"float32">;
  random: Wire<"float32">;
  /** [2, 3]: CPR, CMD. */
  areas: Wire<"float32">;
  random_areas: Wire<"float32">;
  draws: number;
  done: boolean;
}

export interface BeatenWire {
  /** The parts that were left out, one after the other. */
  out: string[];
  /** [1 + round, 2]: logits of the circuit and of the whole model; first with nothing left out. */
  found: Wire<"float32">;
  /** The same where parts are drawn blindly. */
  random: Wire<"float32">;
  done: boolean;
}

export interface BuilderTraits extends FrameTraits {
  clean: string;
  corrupt: string;
  answer: string;
  foil: string;
  /** Index into `sets`; 0: the pair in the boxes. */
  on: number;
  against: Against;
  mode: Mode;
  parts: string[];
  count: number;
  /** True once the adversary was asked for. */
  beating: boolean;
  sets: string[];
  grid: [layers: number, heads: number];
  /** The learner's locked prediction of the faithfulness. */
  predicted: number | null;
  ranking: RankingWire | null;
  tested: TestedWire | null;
  curve: CurveWire | null;
  beaten: BeatenWire | null;
  /** Of the adversary. */
  estimate: { seconds: number } | null;
}

export type BuilderModel = ViewModel<BuilderTraits>;

export interface Ranking extends Omit<RankingWire, "scores" | "first"> {
  scores: Float32Array;
  first: Int32Array;
  /** Parts, the strongest first. */
  order: number[];
  limit: number;
}

export interface Tested extends Omit<TestedWire, "measure" | "random" | "faithfulness" | "random_faithfulness"> {
  whole: Ranged;
  nothing: Ranged;
  alone: Ranged;
  without: Ranged;
  randomAlone: Ranged;
  randomWithout: Ranged;
  faithfulness: Ranged;
  randomFaithfulness: Ranged;
}

export interface Curve {
  sizes: Int32Array;
  found: Ranged[];
  random: Ranged[];
  cpr: Ranged;
  cmd: Ranged;
  randomCpr: Ranged;
  randomCmd: Ranged;
  draws: number;
  done: boolean;
}

/** Where an adversary left circuit and model after so many parts. */
export interface Left {
  circuit: number;
  whole: number;
}

export interface Beaten {
  out: string[];
  found: Left[];
  random: Left[];
  done: boolean;
}

function ranges(wire: Wire<"float32">): Ranged[] {
  const flat = decode(wire);
  return Array.from({ length: flat.length / 3 }, (_, i) => [flat[3 * i]!, flat[3 * i + 1]!, flat[3 * i + 2]!] as const);
}

export function rankingOf(wire: RankingWire | null): Ranking | null {
  if (!wire) return null;
  const [scores, first] = [decode(wire.scores), decode(wire.first)];
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  return { ...wire, scores, first, order, limit: scores[order[0]!] || 1 };
}

export function testedOf(wire: TestedWire | null): Tested | null {
  if (!wire) return null;
  const [whole, nothing, alone, without] = ranges(wire.measure) as [Ranged, Ranged, Ranged, Ranged];
  const [randomAlone, randomWithout] = ranges(wire.random) as [Ranged, Ranged];
  return {
    ...wire, whole, nothing, alone, without, randomAlone, randomWithout,
    faithfulness: ranges(wire.faithfulness)[0]!, randomFaithfulness: ranges(wire.random_faithfulness)[0]!,
  };
}

export function curveOf(wire: CurveWire | null): Curve | null {
  if (!wire) return null;
  const [[cpr, cmd], [randomCpr, randomCmd]] = [ranges(wire.areas), ranges(wire.random_areas)] as [[Ranged, Ranged], [Ranged, Ranged]];
  return { sizes: decode(wire.sizes), found: ranges(wire.found), random: ranges(wire.random), cpr, cmd, randomCpr, randomCmd, draws: wire.draws, done: wire.done };
}

export function beatenOf(wire: BeatenWire | null): Beaten | null {
  if (!wire) return null;
  const [found, random] = [wire.found, wire.random].map((one) => {
    const flat = decode(one);
    return Array.from({ length: flat.length / 2 }, (_, i) => ({ circuit: flat[2 * i]!, whole: flat[2 * i + 1]! }));
  }) as [Left[], Left[]];
  return { out: wire.out, found, random, done: wire.done };
}

/** A part's name by its number; the MLP stands after its layer's heads. */
export function partName(part: number, heads: number): string {
  const [layer, at] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
  return at === heads ? `L${layer} MLP` : `L${layer}H${at}`;
}

/** A part's number by its name; -1 for what is none. */
export function partNumber(name: string, heads: number): number {
  const [, layer, head] = /^L(\d+)(?:H(\d+)| MLP)$/.exec(name) ?? [];
  return layer === undefined ? -1 : Number(layer) * (heads + 1) + (head === undefined ? heads : Number(head));
}
