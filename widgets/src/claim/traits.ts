// This view's part of the wire (docs/architecture.md).
import type { FrameTraits, ViewModel, Wire } from "../shared/types";

export type Access = "weights" | "API only" | "a paper";
export type Measure = "share right" | "mean logit difference";

export interface ListWire {
  name: string;
  /** Separated by commas. */
  names: string;
}

export interface Draft {
  claim: string;
  access: Access;
  wordings: string[];
  names: ListWire[];
  n: number;
  measure: Measure;
  at_least: number;
}

type Three = [value: number | null, low: number | null, high: number | null];

/** One wording with one name list. */
export interface CellWire {
  wording: string;
  names: string;
  n: number;
  /** "" until all is measured. */
  verdict: string;
  right: Three;
  difference: Three;
  /** [share right, mean logit difference] of a control. */
  changed: [number | null, number | null];
  shuffled: [number | null, number | null];
  told: [above: number | null, below: number | null];
}

export interface Outcome {
  verdict?: string;
  told?: string;
  average?: string;
  rule?: string;
  not_shown?: string[];
  stamps?: string[];
  cannot?: string[];
  needed?: string[];
}

export interface DoseWire {
  site: string;
  others: string[];
  /** float32 [1 + others, dose]: the site, then the random sites. */
  curves: Wire<"float32">;
  tokens: string[];
  /** float32 [dose, token] */
  chances: Wire<"float32">;
  clean: string;
  corrupt: string;
  answer: string;
  foil: string;
}

export interface ClaimTraits extends FrameTraits {
  draft: Draft;
  offered: { wordings: string[]; names: ListWire[]; sizes: number[] };
  locked_at: string;
  earlier: { locked_at: string; claim: string; rule: string; verdict: string }[];
  started: boolean;
  problem: string;
  cells: CellWire[];
  outcome: Outcome;
  dose: Partial<DoseWire>;
}

export type ClaimModel = ViewModel<ClaimTraits>;

/** The rule in words; Python writes the same. */
export function ruleText({ measure, at_least }: Draft): string {
  const every = "in every wording, with every name list,";
  return measure === "share right"
    ? `${every} at least ${Math.round(100 * at_least)} % of the prompts are right`
    : `${every} the mean logit difference is at least ${at_least.toFixed(2)}`;
}

/** What is missing for a figure that could show a difference. */
export function stampsOf({ wordings, names }: Draft): string[] {
  return [...(wordings.length === 1 ? ["one wording"] : []), ...(names.length === 1 ? ["one name list"] : [])];
}
