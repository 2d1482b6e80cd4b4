// The view's sentences.
import { fixed, interval, percent, signed } from "../shared/format";
import { tokenLabel } from "../shared/tokens";
import type { TokenWire } from "../shared/types";
import type { Found, How, Measure, Measured, Outcome, Share } from "./traits";

const DONE: Record<How, string> = {
  add: "how much of the arrow is added (steer)",
  project: "what share of the arrow is taken out (project)",
  clamp: "where the feature is held (clamp)",
  ablate: "what share of the feature is switched off (ablate)",
};

/** What the slider does: "Drag: how much of the arrow is added (steer), × residual norm (155 at L14)". */
export function strengthInWords(how: How, unit: string, norm: number | null, layer: number): string {
  return `Drag: ${DONE[how]}, ${unit}${how === "add" && norm !== null ? ` (${fixed(norm, 0)} at L${layer})` : ""}`;
}

/** How much likelier, as a person would say it. */
function times(change: number): string {
  const factor = Math.exp(Math.abs(change));
  if (factor < 1.05) return "about as likely as before";
  return `${factor >= 1000 ? "over 1000" : fixed(factor, factor < 9.5 ? 1 : 0)} times ${change > 0 ? "likelier ▲" : "less likely ▼"} under steering`;
}

/** One token of a text: "·sincerely: +2.31 nats, 10 times likelier ▲ under steering". */
export function tokenInWords(text: string, change: number): string {
  return `${tokenLabel(text)}: ${Number.isNaN(change) ? "not known" : `${signed(change)} nats, ${times(change)}`}`;
}

/** From where on steering acts. */
export function sinceInWords(prompt: readonly TokenWire[], since: number): string {
  const where = since >= prompt.length ? "the written text alone" : since <= 1 ? "all but position 0" : `from ${tokenLabel(prompt[since]!.text)} (${since}) on`;
  return `Steers ${where}. Click a token to begin there.`;
}

/** What each measure is, in words for a first reader. */
export const GLOSS = {
  effect: "Effect: the score of what was written, which reads the text alone and never sees the arrow",
  kl: "Cost: how far next-token predictions on neutral texts move from the model's own (nats a token)",
  surprise: "Cost: how surprising the unsteered model finds what was written (nats a token)",
  repetition: "Cost: share of three-token runs that had been written before",
};

/** A measure's figure, in few digits. */
export function figure(name: Measure, value: number): string {
  if (name === "repetition") return percent(value);
  if (name === "effect") return value ? signed(value, 1) : "0";
  return Math.abs(value) < 0.005 ? "0" : fixed(value, value < 10 ? 2 : 1);
}

/** What the panels show, and how long the stream becomes: far from its own length, activations are unlike any in ordinary text. */
export function keyInWords({ of, bounds, curves }: Measured, at: number): string {
  const ratio = curves.ratio.value[at] ?? Number.NaN;
  const beyond = Object.entries(bounds).map(([name, value]) => `${name} > ${fixed(value)}`).join(" or ");
  return `Mean of ${of}, whiskers 95 %. Grey: controls, equally strong for their layer. Plum: costs. Hatched: ${beyond}.${Number.isNaN(ratio) ? "" : ` Stream × ${fixed(ratio)} as long.`}`;
}

/** What the score is held against: "unsteered +0.2, random −1.0 to +2.0". */
export function besideInWords({ doses, curves, controls }: Measured, at: number): string {
  const plain = curves.effect.value[doses.indexOf(0)] ?? Number.NaN;
  const random = controls[0]?.curves.effect;
  const ends = random && !Number.isNaN(random.low[at]) ? `${signed(random.low[at]!, 1)} to ${signed(random.high[at]!, 1)}` : "not yet";
  return `unsteered ${Number.isNaN(plain) ? "not yet" : signed(plain, 1)}, random ${ends}`;
}

/** "+6.2 [4.1, 8.3]" */
export function effectInWords({ curves: { effect: { value, low, high } } }: Measured, at: number): string {
  if (Number.isNaN(value[at])) return "–";
  return Number.isNaN(low[at]) ? signed(value[at]!, 1) : `${value[at]! > 0 ? "+" : ""}${interval(value[at]!, low[at]!, high[at]!)}`;
}

export const shareInWords = ([value, low, high, n]: Share): string => n === 0 ? "none answered" : `${percent(value!)} [${Math.round(100 * low!)}, ${Math.round(100 * high!)}], n = ${n}`;

/** What the blind answers came to, beside the random arrow's. */
export function outcomeInWords({ picked, random }: Outcome): string {
  if (!picked[3] || !random[3]) return `Of the pairs with ${picked[3] ? "a random" : random[3] ? "this" : "either"} arrow none was answered: there is nothing to compare.`;
  if (picked[1]! <= random[2]! && random[1]! <= picked[2]!) return "The intervals overlap: these answers do not tell the arrow from a random one.";
  return `The steered texts were picked ${picked[0]! > random[0]! ? "more" : "less"} often than those of a random arrow.`;
}

/** What position 0 does to the arrow at a layer. */
export function sinkInWords({ sink, length }: Found, layer: number): string {
  const [all, without] = [sink[0][layer]!, sink[1][layer]!];
  if (Number.isNaN(all)) return `L${layer} is not measured yet.`;
  return `At L${layer}, with position 0 left in, this arrow ${Math.abs(all) >= 0.7 ? "is mostly" : "is not mostly"} the attention sink: cosine ${fixed(all)} with the sink's own direction, `
    + `${fixed(length[0][layer]! / length[1][layer]!, 1)} times as long. Without position 0: cosine ${fixed(without)}. The panel leaves position 0 out.`;
}

export function span(seconds: number): string {
  return seconds < 90 ? `about ${Math.ceil(seconds)} s` : `about ${Math.round(seconds / 60)} min`;
}
