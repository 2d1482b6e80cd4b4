// This view's part of the wire (docs/architecture.md), and the same values decoded for drawing.
import { decode } from "../shared/buffers";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export interface Guess {
  text: string;
  p: number;
}

export interface Part {
  name: string;
  value: number;
  control: number;
}

export interface LensTraits extends FrameTraits {
  prompt: string;
  control: string;
  answer: string;
  foil: string;
  layer: number;
  grid: [layers: number, heads: number];
  tokens: string[];
  control_tokens: string[];
  lens: Wire<"float32">;
  control_lens: Wire<"float32">;
  limit: number;
  top: Guess[][];
  control_top: Guess[][];
  layers: Wire<"float32">;
  ends: Wire<"float32">;
  heads: Wire<"float32">;
  parts: Part[];
}

export type LensModel = ViewModel<LensTraits>;

/** One prompt through the lens. */
export interface Reading {
  name: "prompt" | "control";
  tokens: string[];
  /** Logit difference [layer, position]. */
  values: Float32Array;
  /** The likeliest tokens at the last position, by layer. */
  top: Guess[][];
}

/** What the parts of one prompt's last stream add. */
export interface Shares {
  attention: Float32Array;
  mlp: Float32Array;
  embedding: number;
  biases: number;
  /** [layer, head] */
  heads: Float32Array;
}

/** All that is drawn. */
export interface Scene {
  layers: number;
  heads: number;
  answer: string;
  foil: string;
  limit: number;
  readings: [Reading, Reading];
  /** Prompt and control; null until they are there. */
  shares: [Shares, Shares] | null;
  parts: Part[];
}

/** The lens at one place; NaN where nothing was read. */
export function valueAt(reading: Reading, layer: number, position: number): number {
  return position < reading.tokens.length ? (reading.values[layer * reading.tokens.length + position] ?? Number.NaN) : Number.NaN;
}

/** The lens at the last position, which at the last layer is the model itself. */
export function atEnd(reading: Reading, layer: number): number {
  return reading.tokens.length ? valueAt(reading, layer, reading.tokens.length - 1) : Number.NaN;
}

function sharesOf(model: LensModel, run: 0 | 1, layers: number, heads: number): Shares {
  const byLayer = decode(model.get("layers")).subarray(run * 2 * layers, (run + 1) * 2 * layers);
  const ends = decode(model.get("ends"));
  return {
    attention: byLayer.filter((_, i) => i % 2 === 0),
    mlp: byLayer.filter((_, i) => i % 2 === 1),
    embedding: ends[2 * run] ?? Number.NaN,
    biases: ends[2 * run + 1] ?? Number.NaN,
    heads: decode(model.get("heads")).subarray(run * layers * heads, (run + 1) * layers * heads),
  };
}

export function sceneOf(model: LensModel): Scene {
  const [layers, heads] = model.get("grid");
  return {
    layers, heads,
    answer: model.get("answer"),
    foil: model.get("foil"),
    limit: model.get("limit"),
    readings: [
      { name: "prompt", tokens: model.get("tokens"), values: decode(model.get("lens")), top: model.get("top") },
      { name: "control", tokens: model.get("control_tokens"), values: decode(model.get("control_lens")), top: model.get("control_top") },
    ],
    shares: model.get("heads").shape[0] ? [sharesOf(model, 0, layers, heads), sharesOf(model, 1, layers, heads)] : null,
    parts: model.get("parts"),
  };
}
