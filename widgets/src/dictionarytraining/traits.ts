// The traits of DictionaryTrainingView, and what the pictures need of them.
import { decode } from "../shared/buffers";
import type { FrameTraits, Wire } from "../shared/types";
import type { AnyModel } from "@anywidget/types";

export type CurveName = "fvu" | "l0" | "dead";

export interface DictionaryTrainingTraits extends FrameTraits {
  seed: number;
  started: boolean;
  /** Index of the dictionary that is read out. */
  chosen: number;
  /** Whether the true directions are shown. */
  revealed: boolean;
  /** The learner's: true directions that come back, or without planted truth the FVU at the end. */
  predicted: number | null;
  knob: string;
  levels: number[];
  updates: number;
  features: number;
  /** How many directions were planted; 0: a real model's activations. */
  truth: number;
  /** A stopped training goes on where it stopped. */
  resumable: boolean;
  steps: Wire<"float32">;
  /** By name: [step, level] */
  curves: Partial<Record<CurveName, Wire<"float32">>>;
  curves_control: Partial<Record<CurveName, Wire<"float32">>>;
  /** FVU on held-out windows, low, high, and the random dictionary's; empty before the end. */
  held_out: number[];
  /** True directions that came back, by level. */
  recovered: number[];
  recovered_control: number[];
  /** [level, direction] */
  cosine: Wire<"float32">;
  cosine_control: Wire<"float32">;
}

export type Curves = Record<CurveName, Float32Array>;

/** One dictionary: its numbers by step, the random dictionary's, and what it has of the planted truth. */
export interface Level {
  value: number;
  effect: Curves;
  control: Curves;
  recovered: number;
  recoveredControl: number;
  /** Each true direction's cosine with its own feature, the best first. */
  cosine: number[];
  cosineControl: number[];
}

export interface Scene {
  steps: Float32Array;
  levels: Level[];
  chosen: number;
  knob: string;
  updates: number;
  features: number;
  truth: number;
  predicted: number | null;
  revealed: boolean;
  heldOut: number[];
}

function column(wire: Wire<"float32"> | undefined, index: number): Float32Array {
  if (!wire) return new Float32Array();
  const width = wire.shape[1] ?? 1;
  return decode(wire).filter((_, i) => i % width === index);
}

function curvesOf(curves: DictionaryTrainingTraits["curves"], index: number): Curves {
  return { fvu: column(curves.fvu, index), l0: column(curves.l0, index), dead: column(curves.dead, index) };
}

function row(wire: Wire<"float32">, index: number): number[] {
  const width = wire.shape[1] ?? 0;
  return [...decode(wire).subarray(index * width, (index + 1) * width)].sort((a, b) => b - a);
}

export function sceneOf(model: AnyModel<DictionaryTrainingTraits>): Scene {
  return {
    steps: decode(model.get("steps")),
    levels: model.get("levels").map((value, i) => ({
      value,
      effect: curvesOf(model.get("curves"), i), control: curvesOf(model.get("curves_control"), i),
      recovered: model.get("recovered")[i] ?? Number.NaN, recoveredControl: model.get("recovered_control")[i] ?? Number.NaN,
      cosine: row(model.get("cosine"), i), cosineControl: row(model.get("cosine_control"), i),
    })),
    chosen: Math.max(0, Math.min(model.get("chosen"), model.get("levels").length - 1)),
    knob: model.get("knob"),
    updates: model.get("updates"),
    features: model.get("features"),
    truth: model.get("truth"),
    predicted: model.get("predicted"),
    revealed: model.get("revealed"),
    heldOut: model.get("held_out"),
  };
}
