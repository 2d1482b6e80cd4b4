// This view's part of the wire (docs/architecture.md), and the same numbers as circuits and as sets tested by size.
import { decode } from "../shared/buffers";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export interface FoundWire {
  units: number;
  share: number;
  /** By testing every set, by the greedy search. */
  tested: [number, number];
  /** [circuit, unit], 1 for units in it */
  circuits: Wire<"uint8">;
  greedy: number[];
  /** Units in both as a share of those in either [circuit, circuit]. */
  overlap: Wire<"float32">;
  /** Share of decisions kept, by circuit; greedy's last. */
  kept: number[];
  /** Kept by random sets of the smallest size: mean, and the ends that hold 95 %. */
  random: [number, number, number];
  draws: number;
}

export interface GrowthWire {
  /** Sets tested, measured [size, how]. */
  tested: Wire;
  /** Sets there are to test, by their closed form [size, how]. */
  at_most: Wire<"float32">;
  /** Sets tested a second. */
  speed: number;
}

export interface MinimalTraits extends FrameTraits {
  units: number;
  share: number;
  seed: number;
  /** The circuit that others are compared with. */
  chosen: number;
  /** Units of the smallest and of the largest network. */
  fewest: number;
  most: number;
  found: FoundWire | null;
  growth: GrowthWire | null;
}

export type MinimalModel = ViewModel<MinimalTraits>;

export interface Circuit {
  units: boolean[];
  kept: number;
  /** Overlap with the chosen one. */
  overlap: number;
}

export interface Found {
  units: number;
  share: number;
  tested: [number, number];
  circuits: Circuit[];
  greedy: Circuit;
  chosen: number;
  random: [number, number, number];
  draws: number;
}

/** Sets tested by one way of searching, by units. */
export interface Curve {
  how: "every set" | "greedy";
  measured: [units: number, sets: number][];
  /** The closed form, not measured. */
  most: [units: number, sets: number][];
}

export interface Growth {
  curves: Curve[];
  speed: number;
}

export const sizeOf = (units: readonly boolean[]): number => units.filter(Boolean).length;

function overlap(one: readonly boolean[], other: readonly boolean[]): number {
  const both = one.filter((there, i) => there && other[i]).length;
  return both / (sizeOf(one) + sizeOf(other) - both || 1);
}

export function foundOf(model: MinimalModel): Found | null {
  const found = model.get("found");
  if (!found) return null;
  const [flat, overlaps] = [decode(found.circuits), decode(found.overlap)];
  const count = found.circuits.shape[0]!;
  const chosen = Math.min(model.get("chosen"), count - 1);
  const circuits = Array.from({ length: count }, (_, i): Circuit => ({
    units: Array.from(flat.subarray(i * found.units, (i + 1) * found.units), Boolean), kept: found.kept[i]!, overlap: overlaps[chosen * count + i]!,
  }));
  const taken = found.greedy.map(Boolean);
  return {
    units: found.units, share: found.share, tested: found.tested, circuits, chosen, random: found.random, draws: found.draws,
    greedy: { units: taken, kept: found.kept[count]!, overlap: overlap(taken, circuits[chosen]!.units) },
  };
}

export function growthOf(model: MinimalModel): Growth | null {
  const [growth, fewest] = [model.get("growth"), model.get("fewest")];
  if (!growth) return null;
  const [tested, most] = [decode(growth.tested), decode(growth.at_most)];
  const points = (values: ArrayLike<number>, how: number): [number, number][] =>
    Array.from({ length: values.length / 2 }, (_, i) => [fewest + i, values[2 * i + how]!]);
  const curves = (["every set", "greedy"] as const).map((how, i): Curve => ({ how, measured: points(tested, i), most: points(most, i) }));
  return { curves, speed: growth.speed };
}
