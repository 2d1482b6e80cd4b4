// This view's part of the wire (docs/architecture.md), and what the panels need of it.
import { decode } from "../shared/buffers";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

/** Every feature at once. Arrays go by feature; NaN: not known. */
export interface AllWire {
  /** Share of tokens on which it fires. */
  density: Wire<"float32">;
  /** Its largest activation. */
  peak: Wire<"float32">;
  /** [feature, 3]: balanced accuracy of its label, low, high. */
  score: Wire<"float32">;
  /** The same of another feature's label on this feature's items. */
  shuffled: Wire<"float32">;
  /** Cosine of the likest feature in a dictionary of another seed. */
  stability: Wire<"float32">;
  /** The same for a random direction. */
  stability_random: number;
  /** The tokens that labels name. */
  words: string[];
  /** [feature, 6]: the label's tokens, places in `words`; -1: no more. */
  label: Wire<"int32">;
  /** Whether the label speaks of the token before. */
  before: Wire<"uint8">;
  /** Tokens of the pool that was read. */
  pool: number;
}

export interface Opening {
  id: number;
  good: boolean;
  why: string;
}

export interface Promoted {
  token: string;
  value: number;
}

export interface Example {
  band: number;
  kind: string;
  tokens: string[];
  /** Activation at each token. */
  values: number[];
  /** Which token the example is about. */
  centre: number;
}

export interface Near {
  id: number;
  value: number;
}

/** One feature, read from the index. */
export interface Detail {
  id: number;
  firings: number;
  /** Firings by activation, from 0 to the peak. */
  histogram: number[];
  /** Tokens whose logits a unit of activation raises and lowers most. */
  promoted: Promoted[];
  suppressed: Promoted[];
  examples: Example[];
  /** Share of firings that its proposed label finds, by band; null: none to find. */
  recall: (number | null)[];
  cosine: Near[];
  together: Near[];
}

export interface Fit {
  fvu: number;
  l0: number;
  /** Null where its makers did not say. */
  declared: { fvu: number | null; l0: number | null };
  /** FVU of as many random directions. */
  random: number | null;
}

/** Features by what they promote. */
export interface Found {
  wanted: string;
  ids: number[];
  values: number[];
}

export interface OnText {
  prompt: string;
  feature: number;
  tokens: string[];
  /** Activation at each token; NaN at position 0. */
  values: Wire<"float32">;
  /** The same of every token when all stand in other orders: the mean. Null until they were read. */
  control: Wire<"float32"> | null;
  /** Features that fire most for their own peak, with the token they fire on. */
  strongest: { id: number; share: number; token: string }[];
}

export interface Effect {
  prompt: string;
  feature: number;
  how: How;
  /** Of the feature's part (ablate), of its peak (boost). */
  doses: Wire<"float32">;
  /** [dose], in nats. */
  kl: Wire<"float32">;
  /** [random feature, dose] */
  kl_random: Wire<"float32">;
  tokens: string[];
  /** [dose, token]: change of the logit. */
  change: Wire<"float32">;
  /** [random feature, dose, token] */
  change_random: Wire<"float32">;
  notes: string[];
}

export type How = "ablate" | "boost";
export type By = "label" | "token" | "text";

export interface Own {
  words: string;
  /** Balanced accuracy of a person who kept to the label, low, high; null: untested. */
  score: [value: number, low: number, high: number] | null;
  shuffled: number | null;
}

export interface Item {
  tokens: string[];
  centre: number;
}

export interface Quiz {
  feature: number;
  words: string;
  items: Item[];
  /** Null until every item is answered. */
  outcome: {
    score: [value: number, low: number, high: number];
    /** Right answers by band; the last: on places where it is silent. */
    recall: (number | null)[];
    shuffled: number;
    truth: boolean[];
    answers: boolean[];
  } | null;
}

export interface Game {
  feature: number;
  items: Item[];
  outcome: {
    foreign: number;
    picked: number;
    /** With this feature, and the 95 % interval of the share won. */
    played: [right: number, rounds: number];
    range: [low: number, high: number];
  } | null;
}

export interface FeaturesTraits extends FrameTraits {
  dictionary: string;
  place: string;
  fit: Fit | null;
  refused: string;
  count: number;
  all: AllWire | null;
  opening: Opening[];
  feature: number;
  detail: Detail | null;
  /** Details that a saved page keeps, by feature. */
  kept?: Record<string, Detail>;
  wanted: string;
  found: Found | null;
  prompt: string;
  on_text: OnText | null;
  how: How;
  dose: number;
  effect: Effect | null;
  indexing: boolean;
  own: Record<string, Own>;
  quiz: Quiz | null;
  game: Game | null;
}

export type FeaturesModel = ViewModel<FeaturesTraits>;

/** As in mikit/sae/labels.py: the strongest tenth of firings by activation, then the thirds of the rest. */
export const BANDS = ["strongest", "upper", "middle", "lower"];

/** Every feature, decoded. */
export interface All extends Omit<AllWire, "density" | "peak" | "score" | "shuffled" | "stability" | "words" | "label" | "before"> {
  /** Proposed labels; "": none could be found. */
  labels: string[];
  density: Float32Array;
  peak: Float32Array;
  score: Float32Array;
  shuffled: Float32Array;
  stability: Float32Array;
}

/** 'on "Mary", "John"' or 'after "the"', as mikit/sae/labels.py words it. */
function labelsOf({ words, label, before }: AllWire): string[] {
  const [places, after, wide] = [decode(label), decode(before), label.shape[1] ?? 0];
  return Array.from(after, (one, id) => {
    const named = [...places.subarray(id * wide, (id + 1) * wide)].filter((place) => place >= 0).map((place) => JSON.stringify(words[place]));
    return named.length ? `${one ? "after" : "on"} ${named.join(", ")}` : "";
  });
}

export function allOf(wire: AllWire | null): All | null {
  return wire && {
    ...wire, labels: labelsOf(wire), density: decode(wire.density), peak: decode(wire.peak), score: decode(wire.score),
    shuffled: decode(wire.shuffled), stability: decode(wire.stability),
  };
}

export interface Labelled {
  words: string;
  /** Null: untested. */
  score: [value: number, low: number, high: number] | null;
  /** Another label on the same items. */
  shuffled: number | null;
  typed: boolean;
}

/** What a feature is called here, and how well that was tested: a typed label stands in for the proposed one. */
export function labelOf(id: number, all: All | null, own: Record<string, Own>): Labelled {
  const typed = own[id];
  if (typed) return { ...typed, typed: true };
  const [value, low, high] = all ? all.score.subarray(3 * id, 3 * id + 3) : [];
  const tested = value !== undefined && !Number.isNaN(value);
  const shuffled = all?.shuffled[id] ?? Number.NaN;
  return {
    words: all?.labels[id] ?? "", score: tested ? [value, low!, high!] : null, shuffled: Number.isNaN(shuffled) ? null : shuffled, typed: false,
  };
}

/** A numbered row of a wire array. */
export function rowOf(flat: Float32Array, row: number, length: number): Float32Array {
  return flat.subarray(row * length, (row + 1) * length);
}
