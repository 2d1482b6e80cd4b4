// This view's part of the wire (docs/architecture.md), and what the panels need of it.
import { decode } from "../shared/buffers";
import type { FrameTraits, TokenWire, ViewModel, Wire } from "../shared/types";

export type How = "add" | "project" | "clamp" | "ablate";

/** A direction that can be chosen. */
export interface Offered {
  name: string;
  kind: string;
  /** Where it comes from, in a few words. */
  about: string;
  hows: How[];
}

export interface Example {
  label: string;
  prompt: string;
  direction: string;
}

/** One written text. `change`: how much likelier steering made each token, in nats; NaN: not known. */
export interface LineWire {
  tokens: string[];
  change: Wire<"float32">;
  ended: boolean;
}

/** What is steered, and how: numbers stand on screen only beside what they are about. */
export interface About {
  direction: string;
  how: How;
  layer: number;
  last: number;
}

export interface StreamWire extends About {
  dose: number;
  since: number;
  prompt: TokenWire[];
  samples: { unsteered: LineWire; steered: LineWire; random: LineWire }[];
  done: boolean;
}

export interface CurveWire {
  value: Wire<"float32">;
  low: Wire<"float32">;
  high: Wire<"float32">;
}

export const COSTS = ["kl", "surprise", "repetition", "ratio"] as const;
export type Cost = (typeof COSTS)[number];
export type Measure = "effect" | Cost;

export interface ControlWire extends Record<Measure, CurveWire> {
  name: string;
  why: string;
}

export interface Words {
  name: string;
  plus: string[];
  minus: string[];
}

export interface MeasuredWire extends About {
  doses: Wire<"float32">;
  /** The score, by dose. */
  effect: CurveWire;
  costs: Record<Cost, CurveWire>;
  /** The first: random arrows. */
  controls: ControlWire[];
  score: Words;
  unit: string;
  /** By dose: a bound was passed there. */
  bad: boolean[];
  /** Of each measure that has one. */
  bounds: Record<string, number>;
  /** By dose, after the first prompt. */
  texts: LineWire[];
  prompts: string[];
  /** What is averaged over: "8 texts after 4 prompts". */
  of: string;
}

export interface FoundWire {
  /** [all positions | without 0, layer], in residual norms. */
  length: Wire<"float32">;
  /** The same: cosine with the attention sink's own direction. */
  sink: Wire<"float32">;
  /** [layer, 3]: share of held-out pairs that it tells apart, low, high. */
  told: Wire<"float32">;
  told_shuffled: Wire<"float32">;
}

/** A share, its interval, and of how many; null where of none. */
export type Share = [value: number | null, low: number | null, high: number | null, n: number];

export interface Outcome {
  picked: Share;
  random: Share;
}

export interface Rating {
  items: { prompt: string; a: string[]; b: string[] }[];
  question: string;
  outcome: Outcome | null;
}

export interface SteeringTraits extends FrameTraits {
  prompt: string;
  mode: "continue" | "chat";
  direction: string;
  how: How;
  layer: number;
  last: number;
  since: number;
  dose: number;
  samples: number;
  seed: number;
  shown: number;
  words: { plus: string; minus: string };
  measuring: boolean;
  directions: Offered[];
  layers: number;
  has_chat: boolean;
  examples: Example[];
  scale: { min: number; max: number; step: number; unit: string };
  norm: number | null;
  found: FoundWire | null;
  stream: StreamWire | null;
  measured: MeasuredWire | null;
  estimate: { seconds: number } | null;
  rating: Rating | null;
  problem: string;
}

export type SteeringModel = ViewModel<SteeringTraits>;

export interface Curve {
  value: Float32Array;
  low: Float32Array;
  high: Float32Array;
}

export type Curves = Record<Measure, Curve>;

/** Every dose, decoded. */
export interface Measured extends Omit<MeasuredWire, "doses" | "effect" | "costs" | "controls"> {
  doses: Float32Array;
  curves: Curves;
  controls: { name: string; why: string; curves: Curves }[];
}

function curveOf(wire: CurveWire): Curve {
  return { value: decode(wire.value), low: decode(wire.low), high: decode(wire.high) };
}

function curvesOf(effect: CurveWire, costs: Record<Cost, CurveWire>): Curves {
  const all = { effect, ...costs };
  return Object.fromEntries((["effect", ...COSTS] as const).map((name) => [name, curveOf(all[name])])) as Curves;
}

export function measuredOf(wire: MeasuredWire | null): Measured | null {
  return wire && {
    ...wire, doses: decode(wire.doses), curves: curvesOf(wire.effect, wire.costs),
    controls: wire.controls.map((one) => ({ name: one.name, why: one.why, curves: curvesOf(one.effect, one) })),
  };
}

export interface Found {
  /** By layer. */
  length: [all: Float32Array, without: Float32Array];
  sink: [all: Float32Array, without: Float32Array];
  told: Curve;
  shuffled: Float32Array;
}

export function foundOf(wire: FoundWire | null): Found | null {
  if (!wire) return null;
  const pair = (one: Wire<"float32">): [Float32Array, Float32Array] => {
    const [flat, count] = [decode(one), one.shape[1]!];
    return [flat.subarray(0, count), flat.subarray(count)];
  };
  const told = decode(wire.told);
  const column = (at: number): Float32Array => told.filter((_, i) => i % 3 === at);
  return {
    length: pair(wire.length), sink: pair(wire.sink), shuffled: decode(wire.told_shuffled),
    told: { value: column(0), low: column(1), high: column(2) },
  };
}
