// This view's part of the wire (docs/architecture.md), and the same numbers as heads, parts and pairs.
import { decode } from "../shared/buffers";
import { signed } from "../shared/format";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export type Brought = "mean" | "resample" | "zero" | "other prompt";

export interface FoundWire {
  /** The model's own logit difference: value, low, high, as everywhere here. */
  difference: Wire<"float32">;
  /** [head, what, 3]: direct, total, and both with the range over draws at places of ordinary texts; NaN where there is none. */
  effects: Wire<"float32">;
  /** How many of these draws there are. */
  draws: number;
  /** What comes back [head, by, 3], its sum last. */
  split: { heads: string[]; by: string[]; back: Wire<"float32"> } | null;
  /** [pair, 3] */
  pairs: { names: string[]; values: Wire<"float32">; random_names: string[]; random: Wire<"float32"> } | null;
}

export interface RepairTraits extends FrameTraits {
  prompt: string;
  changed: string;
  answer: string;
  foil: string;
  brought: Brought;
  /** How many prompts the effects are means over. */
  prompts: number;
  /** [layer, head], or null: the head with most brought back. */
  chosen: [number, number] | null;
  grid: [layers: number, heads: number];
  found: FoundWire | null;
}

export type RepairModel = ViewModel<RepairTraits>;

/** A value with the ends of its interval, or of a range; NaN where there is none. */
export interface Value {
  value: number;
  low: number;
  high: number;
}

export interface Head {
  name: string;
  layer: number;
  head: number;
  direct: Value;
  total: Value;
  /** Ranges over draws of heads set to places of ordinary texts, whatever they are set to otherwise. */
  drawsDirect: Value;
  drawsTotal: Value;
  /** Row of `back`, or -1 for a head that was not split. */
  row: number;
}

export interface Named extends Value {
  name: string;
}

/** All that is drawn. */
export interface Scene {
  heads: Head[];
  chosen: Head | null;
  /** The split head of which most comes back. */
  most: Head | null;
  /** What comes back of the chosen head: its parts, largest first, and their sum. */
  parts: Named[];
  sum: Value;
  /** Largest first. */
  pairs: Named[];
  random: Named[];
  difference: Value;
  draws: number;
  /** How many heads were split. */
  split: number;
  brought: Brought;
  prompts: number;
  answer: string;
  foil: string;
}

const NONE: Value = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

/** Every third number is a value; low and high follow it. */
function values(wire: Wire<"float32">): Value[] {
  const flat = decode(wire);
  return Array.from({ length: flat.length / 3 }, (_, i) => ({ value: flat[3 * i]!, low: flat[3 * i + 1]!, high: flat[3 * i + 2]! }));
}

const named = (names: readonly string[], all: readonly Value[]): Named[] => names.map((name, i) => ({ name, ...all[i]! }));

/** By how much the model loses less than the head writes; below 0 it loses more. */
export const backward = ({ direct, total }: Head): number => Math.abs(direct.value) - Math.abs(total.value);

/** What is said of an interval that holds 0. */
export const unsure = ({ sum: { low, high }, prompts }: Scene): string => (low <= 0 && high >= 0 ? `not told apart from 0 with ${prompts} prompts` : "");

/** Direct less total of a head drawn at random: the ends that hold 95 % of all heads. */
export function chance(heads: readonly Head[]): [low: number, high: number] {
  const all = heads.map(({ direct, total }) => direct.value - total.value).sort((a, b) => a - b);
  const out = Math.floor(0.025 * (all.length - 1));
  return [all[out]!, all.at(-1 - out)!];
}

/** Two decimals, whatever the size: beside larger figures a tiny one is 0.00. */
export const two = (value: number): string => signed(Math.round(100 * value) / 100);

export function sceneOf(model: RepairModel): Scene {
  const [found, [, across], chosen] = [model.get("found"), model.get("grid"), model.get("chosen")];
  const effects = found ? values(found.effects) : [];
  const rows = new Map(found?.split?.heads.map((name, row) => [name, row]));
  const heads = Array.from({ length: effects.length / 4 }, (_, i): Head => {
    const [layer, head] = [Math.floor(i / across), i % across];
    const [direct, total, drawsDirect, drawsTotal] = effects.slice(4 * i, 4 * i + 4) as [Value, Value, Value, Value];
    const name = `L${layer}H${head}`;
    return { name, layer, head, direct, total, drawsDirect, drawsTotal, row: rows.get(name) ?? -1 };
  });
  const most = heads.filter(({ row }) => row >= 0).sort((a, b) => backward(b) - backward(a))[0] ?? null;
  const here = chosen ? heads[chosen[0] * across + chosen[1]] ?? null : most;
  const { by = [], back = null } = (here && here.row >= 0 && found?.split) || {};
  const parts = named(by, back ? values(back).slice(here!.row * by.length) : []);
  const sum = parts.pop() ?? NONE;
  const pairs = found?.pairs;
  return {
    heads, chosen: here, most, parts: parts.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)), sum,
    pairs: pairs ? named(pairs.names, values(pairs.values)).sort((a, b) => b.value - a.value) : [],
    random: pairs ? named(pairs.random_names, values(pairs.random)) : [],
    difference: found ? values(found.difference)[0]! : NONE, draws: found?.draws ?? 0, split: rows.size,
    brought: model.get("brought"), prompts: model.get("prompts"), answer: model.get("answer"), foil: model.get("foil"),
  };
}
