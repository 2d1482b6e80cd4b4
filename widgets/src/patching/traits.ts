// This view's part of the wire (docs/architecture.md), and the same values decoded for drawing.
import { decode } from "../shared/buffers";
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export type Direction = "denoise" | "noise";

export interface Example {
  label: string;
  clean: string;
  corrupt: string;
  answer: string;
  foil: string;
}

/** What a set of numbers is about: numbers of two lanes may stand together only where this is the same. */
export interface About {
  clean: string;
  corrupt: string;
  answer: string;
  foil: string;
  site: string;
  metric: string;
}

export interface MapWire extends About {
  direction: Direction;
  unit: string;
  by: "position" | "head";
  /** Tokens of both prompts, one a position. */
  clean_tokens: string[];
  corrupt_tokens: string[];
  /** The first position that differs. */
  first: number;
  /** Layers, and positions or heads. */
  size: [rows: number, columns: number];
  /** The metric of the unpatched runs. */
  changed: number;
  original: number;
  approx: Wire<"float32"> | null;
  /** NaN: not yet. */
  exact: Wire<"float32"> | null;
  /** The same at random sites. */
  approx_random: Wire<"float32"> | null;
  exact_random: Wire<"float32"> | null;
}

export interface DosedWire extends About {
  unit: string;
  row: number;
  column: number;
  doses: Wire<"float32">;
  curve: Wire<"float32">;
  /** [site, dose] */
  curve_random: Wire<"float32">;
  kl: Wire<"float32">;
  kl_random: Wire<"float32">;
  sites: string[];
  /** The answer, the foil, and the likeliest at both ends. */
  top: string[];
  /** [dose, token] */
  probabilities: Wire<"float32">;
}

export interface PatchingTraits extends FrameTraits {
  clean: string;
  corrupt: string;
  answer: string;
  foil: string;
  site: string;
  direction: Direction;
  metric: string;
  sites: string[];
  metrics: string[];
  examples: Example[];
  selected: [row: number, column: number] | null;
  /** Index into the doses. */
  dose: number;
  /** The learner's locked prediction of the metric with the whole value restored. */
  predicted: number | null;
  map: MapWire | null;
  dosed: DosedWire | null;
  /** Of the exact sweep. */
  estimate: { seconds: number; bytes: number } | null;
}

export type PatchingModel = ViewModel<PatchingTraits>;

/** A map's numbers as they are drawn: exact where there is an exact one. */
export interface Scene extends Omit<MapWire, "approx" | "exact" | "approx_random" | "exact_random"> {
  rows: number;
  columns: number;
  approx: Float32Array | null;
  exact: Float32Array | null;
  values: Float32Array;
  /** 1: this cell is exact. */
  isExact: Uint8Array;
  approxRandom: Float32Array;
  exactRandom: Float32Array;
  /** The end of the colour scale. */
  limit: number;
}

export interface Dosed extends Omit<DosedWire, "doses" | "curve" | "curve_random" | "kl" | "kl_random" | "probabilities"> {
  doses: Float32Array;
  curve: Float32Array;
  others: Float32Array[];
  kl: Float32Array;
  klOthers: Float32Array[];
  /** One list of probabilities a dose. */
  probabilities: Float32Array[];
}

const NONE = new Float32Array();

const finite = (values: Float32Array): Float32Array => values.filter(Number.isFinite);

export function sceneOf(wire: MapWire | null): Scene | null {
  if (!wire) return null;
  const [rows, columns] = wire.size;
  const approx = wire.approx && decode(wire.approx);
  const exact = wire.exact && decode(wire.exact);
  const values = new Float32Array(rows * columns);
  const isExact = new Uint8Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const sure = exact?.[i] ?? Number.NaN;
    // Before the first difference both runs hold the same value, so the effect is 0 without any run.
    const nothing = wire.by === "position" && i % columns < wire.first;
    isExact[i] = nothing || !Number.isNaN(sure) ? 1 : 0;
    values[i] = nothing ? 0 : isExact[i] ? sure : (approx?.[i] ?? Number.NaN);
  }
  const limit = finite(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return {
    ...wire, rows, columns, approx, exact, values, isExact, limit,
    approxRandom: finite(wire.approx_random ? decode(wire.approx_random) : NONE),
    exactRandom: finite(wire.exact_random ? decode(wire.exact_random) : NONE),
  };
}

function rowsOf(wire: Wire<"float32">): Float32Array[] {
  const [count, length] = [wire.shape[0] ?? 0, wire.shape[1] ?? 0];
  const flat = decode(wire);
  return Array.from({ length: count }, (_, i) => flat.subarray(i * length, (i + 1) * length));
}

export function dosedOf(wire: DosedWire | null): Dosed | null {
  return wire && {
    ...wire,
    doses: decode(wire.doses), curve: decode(wire.curve), others: rowsOf(wire.curve_random),
    kl: decode(wire.kl), klOthers: rowsOf(wire.kl_random), probabilities: rowsOf(wire.probabilities),
  };
}

export function sameAbout(a: About, b: About): boolean {
  return (["clean", "corrupt", "answer", "foil", "site", "metric"] as const).every((name) => a[name] === b[name]);
}
