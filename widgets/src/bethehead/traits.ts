// This view's part of the wire (docs/architecture.md), and the same values decoded for drawing.
import { decode } from "../shared/buffers";
import type { FrameTraits, TokenWire, ViewModel, Wire } from "../shared/types";
import { holder, type Shares } from "./shares";

/** What one way to place the attention gives: the logit difference, and the likeliest next tokens. */
export interface Outcome {
  /** "placed", "real head", or a control's name. */
  name: string;
  diff: number;
  answer: number;
  foil: number;
  next: { text: string; p: number }[];
}

export interface HeadTraits extends FrameTraits {
  text: string;
  head: [layer: number, head: number];
  shares: number[];
  revealed: boolean;
  predicted: number | null;
  answer: string;
  foil: string;
  grid: [layers: number, heads: number];
  tokens: TokenWire[];
  own: Wire<"float32">;
  outcomes: Outcome[];
  each: Wire<"float32">;
  each_others: Wire<"float32">;
}

export type HeadModel = ViewModel<HeadTraits>;

/** All that is drawn. */
export interface Scene {
  head: string;
  tokens: TokenWire[];
  shares: Shares;
  /** The real head's row; empty until it is revealed. */
  own: Float32Array;
  placed: Outcome | null;
  real: Outcome | null;
  controls: Outcome[];
  /** Logit difference with everything on one token, for each token; empty until it is revealed. */
  each: Float32Array;
  /** The same in the other heads of the layer, one row a head. */
  others: Float32Array[];
  predicted: number | null;
  answer: string;
  foil: string;
}

const NONE = new Float32Array();

/** Reads the traits. Without a kernel the table of single tokens answers for a placement that is all on one. */
export function sceneOf(model: HeadModel, live: boolean): Scene {
  const tokens = model.get("tokens");
  const revealed = model.get("revealed");
  const [count, length] = model.get("each_others").shape;
  const flat = decode(model.get("each_others"));
  const each = decode(model.get("each"));
  const fits = each.length === tokens.length;
  const shares = model.get("shares").slice(0, tokens.length);
  const outcomes = model.get("outcomes");
  const placed = outcomes.find(({ name }) => name === "placed") ?? null;
  const at = holder(shares);
  const [layer, head] = model.get("head");
  return {
    head: `L${layer}H${head}`,
    tokens,
    shares,
    own: revealed ? decode(model.get("own")) : NONE,
    placed: !live && fits && at >= 0 && placed ? { ...placed, diff: each[at] as number, next: [] } : placed,
    real: revealed ? (outcomes.find(({ name }) => name === "real head") ?? null) : null,
    controls: outcomes.filter(({ name }) => name !== "placed" && name !== "real head"),
    each: revealed && fits ? each : NONE,
    others: revealed && fits ? Array.from({ length: count ?? 0 }, (_, i) => flat.subarray(i * (length ?? 0), (i + 1) * (length ?? 0))) : [],
    predicted: model.get("predicted"),
    answer: model.get("answer"),
    foil: model.get("foil"),
  };
}
