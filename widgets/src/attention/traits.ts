// The attention view's part of the wire (docs/architecture.md), and the same values decoded for drawing.

import { decode } from "../shared/buffers";
import type { FrameTraits, TokenWire, ViewModel, Wire } from "../shared/types";
import type { Head } from "./order";
import { patternsOf, type Patterns } from "./unpack";

export type Mode = "continue" | "chat" | "repeat";

export interface Example {
  label: string;
  text: string;
  mode: Mode;
}

/** How well a run predicts the text; `surprise` in nats a token. */
export interface Tally {
  guessed: number;
  n: number;
  surprise: number;
}

/** What switching heads off did, beside as many random heads: one draw each in `draws`, `of` of them to come in all. */
export interface Effect {
  heads: Head[];
  base: Tally;
  muted: Tally & { low: number | null; high: number | null };
  draws: { guessed: number[]; surprise: number[] };
  of: number;
}

export interface AttentionTraits extends FrameTraits {
  text: string;
  mode: Mode;
  muted: Head[];
  focus: Head;
  locked: number;
  sort: string;
  examples: Example[];
  has_chat: boolean;
  grid: [layers: number, heads: number];
  tokens: TokenWire[];
  patterns: Wire<"uint8">;
  sink: Wire<"float32">;
  scores: Record<string, Wire<"float32">>;
  score_control: Record<string, Wire<"float32">>;
  score_low: Record<string, Wire<"float32">>;
  score_high: Record<string, Wire<"float32">>;
  protocol: string;
  next: { text: string; p: number }[];
  effect: Effect | null;
  surprise: Wire<"float32">;
}

/** The view's questions, as Python names them. */
export type Lane = "attention" | "mute" | "scores";

export type AttentionModel = ViewModel<AttentionTraits>;

/** One score of every head, with its control and interval; NaN where one is missing. */
export interface Score {
  name: string;
  value: Float32Array;
  control: Float32Array;
  low: Float32Array;
  high: Float32Array;
}

/** All that is drawn, decoded once for each change of the traits. */
export interface Scene {
  layers: number;
  perLayer: number;
  tokens: TokenWire[];
  patterns: Patterns;
  sink: Float32Array;
  scores: Score[];
  muted: Head[];
  focus: Head;
  locked: number;
  sort: string;
  protocol: string;
  next: AttentionTraits["next"];
  effect: Effect | null;
  /** Nats at each token of the run as it is; NaN where not scored. */
  surprise: Float32Array;
}

const unpacked = new WeakMap<object, Patterns>();

/** The same object for the same wire value, so that a part can see at a glance whether the patterns are new. */
function patternsFrom(wire: Wire<"uint8">): Patterns {
  const known = unpacked.get(wire);
  if (known) return known;
  const patterns = patternsOf(decode(wire), wire.shape);
  unpacked.set(wire, patterns);
  return patterns;
}

function scoresOf(model: AttentionModel, heads: number): Score[] {
  const missing = new Float32Array(heads).fill(Number.NaN);
  const of = (trait: "score_control" | "score_low" | "score_high", name: string): Float32Array => {
    const wire = model.get(trait)[name];
    return wire ? decode(wire) : missing;
  };
  return Object.entries(model.get("scores")).map(([name, wire]) => ({
    name,
    value: decode(wire),
    control: of("score_control", name),
    low: of("score_low", name),
    high: of("score_high", name),
  }));
}

/** Reads the traits. A lock or focus that an older text or model left behind is dropped. */
export function sceneOf(model: AttentionModel): Scene {
  const [layers, perLayer] = model.get("grid");
  const patterns = patternsFrom(model.get("patterns"));
  const sent = model.get("tokens");
  // A host that hands over one trait at a time may be between two texts.
  const tokens = sent.length > patterns.tokens ? sent.slice(0, patterns.tokens) : sent;
  const [layer, head] = model.get("focus");
  const locked = model.get("locked");
  return {
    layers,
    perLayer,
    tokens,
    patterns,
    sink: decode(model.get("sink")),
    scores: scoresOf(model, layers * perLayer),
    muted: model.get("muted"),
    focus: layer < layers && head < perLayer ? [layer, head] : [0, 0],
    locked: locked < tokens.length ? locked : -1,
    sort: model.get("sort"),
    protocol: model.get("protocol"),
    next: model.get("next"),
    effect: model.get("effect"),
    surprise: decode(model.get("surprise")).subarray(0, tokens.length),
  };
}
