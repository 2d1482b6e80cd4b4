// The wire of the predict view, and numbers as its question writes them.
import type { AnyModel } from "@anywidget/types";
import { withUnit } from "../shared/format";

export type Value = number | string;

export interface Locked {
  value: Value;
  /** Per cent, 50 to 100. */
  sure: number;
}

export interface Revealed {
  truth: Value;
  right: boolean;
  brier: number;
}

export interface PredictTraits {
  title: string;
  question: string;
  /** What can be chosen; null for a number. */
  options: string[] | null;
  low: number;
  high: number;
  step: number;
  unit: string;
  /** How far a number may be from the truth and still count as right. */
  within: number;
  locked: Locked | null;
  revealed: Revealed | null;
  error: string;
  frozen: boolean;
}

export const TRAITS = [
  "title", "question", "options", "low", "high", "step", "unit", "within", "locked", "revealed", "error", "frozen",
] as const satisfies (keyof PredictTraits)[];

export type PredictModel = AnyModel<PredictTraits>;

/** A value in words: as many decimals as the slider has. */
export function written(model: PredictModel, value: Value): string {
  if (typeof value === "string") return value;
  const decimals = Math.min(3, Math.max(0, Math.ceil(-Math.log10(model.get("step")) - 1e-9)));
  return withUnit(value.toFixed(decimals).replace("-", "\u2212"), model.get("unit"));
}
