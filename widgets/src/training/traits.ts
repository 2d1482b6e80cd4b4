// The traits of TrainingView, and what the pictures need of them.
import { decode } from "../shared/buffers";
import type { FrameTraits, Wire } from "../shared/types";
import type { AnyModel } from "@anywidget/types";

export interface TrainingTraits extends FrameTraits {
  seed: number;
  started: boolean;
  updates: number;
  /** The learner's locked prediction of the last loss, in nats a token. */
  predicted: number | null;
  chance: number;
  /** [layers, heads] of the network; the control has one layer. */
  grid: [number, number];
  steps: Wire<"float32">;
  loss: Wire<"float32">;
  loss_control: Wire<"float32">;
  /** By score: [step, heads in all], heads ordered (layer, head). */
  scores: Record<string, Wire<"float32">>;
  score_control: Record<string, Wire<"float32">>;
  /** [heads in all, T(T+1)/2], lower triangle row by row, 255 = all attention. */
  patterns: Wire<"uint8">;
  pattern_control: Wire<"uint8">;
}

export interface Head {
  name: string;
  layer: number;
  head: number;
  control: boolean;
  /** By score: one number a measured step. */
  scores: [name: string, values: Float32Array][];
  /** Lower triangle; null before the first numbers. */
  triangle: Uint8Array | null;
}

export interface Scene {
  steps: Float32Array;
  loss: Float32Array;
  control: Float32Array;
  chance: number;
  updates: number;
  predicted: number | null;
  layers: number;
  heads: Head[];
}

function column(wire: Wire<"float32">, index: number): Float32Array {
  const [values, width] = [decode(wire), wire.shape[1] ?? 1];
  return values.filter((_, i) => i % width === index);
}

function headsOf(
  layers: number, perLayer: number, control: boolean, scores: Record<string, Wire<"float32">>, patterns: Wire<"uint8">,
): Head[] {
  const [cells, size] = [decode(patterns), patterns.shape[1] ?? 0];
  return Array.from({ length: layers * perLayer }, (_, i) => {
    const [layer, head] = [Math.floor(i / perLayer), i % perLayer];
    return {
      name: `L${layer}H${head}`, layer, head, control,
      scores: Object.entries(scores).map(([name, wire]) => [name, column(wire, i)]),
      triangle: size ? cells.subarray(i * size, (i + 1) * size) : null,
    };
  });
}

export function sceneOf(model: AnyModel<TrainingTraits>): Scene {
  const [layers, perLayer] = model.get("grid");
  return {
    steps: decode(model.get("steps")),
    loss: decode(model.get("loss")),
    control: decode(model.get("loss_control")),
    chance: model.get("chance"),
    updates: model.get("updates"),
    predicted: model.get("predicted"),
    layers,
    heads: [
      ...headsOf(layers, perLayer, false, model.get("scores"), model.get("patterns")),
      ...headsOf(1, perLayer, true, model.get("score_control"), model.get("pattern_control")),
    ],
  };
}
