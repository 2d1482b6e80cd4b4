// The traits of SuperpositionView, and what the pictures need of them.
import { decode } from "../shared/buffers";
import type { FrameTraits, Wire } from "../shared/types";
import type { AnyModel } from "@anywidget/types";

/** A direction longer than this counts as represented, as in mikit/methods/geometry.py. */
const REPRESENTED = 0.5;

export type Pairs = "independent" | "correlated" | "anticorrelated";

export interface SuperpositionTraits extends FrameTraits {
  features: number;
  /** An error in each feature counts as this share of one in the feature before it. */
  importance: number;
  pairs: Pairs;
  seed: number;
  started: boolean;
  /** Index of the sparsity that is drawn large. */
  chosen: number;
  sparsities: number[];
  updates: number;
  draws: number;
  step: number;
  /** [sparsity, feature, 2] */
  weights: Wire<"float32">;
  weights_control: Wire<"float32">;
  /** [sparsity, feature] */
  dimensionality: Wire<"float32">;
  dimensionality_control: Wire<"float32">;
  /** [sparsity] */
  loss: Wire<"float32">;
  loss_control: Wire<"float32">;
  /** By sparsity: how many draws represent as many features as the one shown. */
  agree: number[];
  figures: string[];
  /** [importance, present]: the dimensions that feature 1 of 2 has, and the length of its direction. */
  phase: Wire<"float32">;
  phase_length: Wire<"float32">;
  phase_importance: number[];
  phase_present: number[];
}

/** A feature's direction in the plane. */
export interface Arrow {
  feature: number;
  right: number;
  up: number;
  length: number;
  represented: boolean;
  /** Share of a dimension that it has. */
  dimensions: number;
}

export interface Toy {
  arrows: Arrow[];
  /** How many features are represented. */
  count: number;
  loss: number;
}

/** One sparsity; nothing is in `trained` before the first numbers. */
export interface Column {
  sparsity: number;
  trained: Toy | null;
  untrained: Toy | null;
  figure: string;
  agree: number;
}

export interface Scene {
  columns: Column[];
  features: number;
  chosen: number;
}

function toys(weights: Wire<"float32">, dimensionality: Wire<"float32">, loss: Wire<"float32">): Toy[] {
  const [flat, dimensions, losses] = [decode(weights), decode(dimensionality), decode(loss)];
  const [count = 0, features = 0] = weights.shape;
  return Array.from({ length: count }, (_, toy) => {
    const arrows = Array.from({ length: features }, (_, feature) => {
      const at = toy * features + feature;
      const [right, up] = [flat[2 * at]!, flat[2 * at + 1]!];
      const length = Math.hypot(right, up);
      return { feature, right, up, length, represented: length > REPRESENTED, dimensions: dimensions[at]! };
    });
    return { arrows, count: arrows.filter((one) => one.represented).length, loss: losses[toy]! };
  });
}

export function sceneOf(model: AnyModel<SuperpositionTraits>): Scene {
  const trained = toys(model.get("weights"), model.get("dimensionality"), model.get("loss"));
  const untrained = toys(model.get("weights_control"), model.get("dimensionality_control"), model.get("loss_control"));
  const [figures, agree] = [model.get("figures"), model.get("agree")];
  return {
    columns: model.get("sparsities").map((sparsity, i) => ({
      sparsity, trained: trained[i] ?? null, untrained: untrained[i] ?? null, figure: figures[i] ?? "", agree: agree[i] ?? 0,
    })),
    features: trained[0]?.arrows.length ?? model.get("features"),
    chosen: model.get("chosen"),
  };
}
