// The view's sentences: what is on the picture in words, for the readout, the effect and the screen reader.

import { fixed, percent } from "../shared/format";
import { tokenLabel } from "../shared/tokens";
import type { TokenWire } from "../shared/types";
import { headOf, includes, nameOf, type Head } from "./order";
import type { Now } from "./parts";
import type { Effect, Scene } from "./traits";
import { rowOf, strongest, type Patterns } from "./unpack";

/** What each score measures, in words for a first reader. */
export const GLOSS: Record<string, string> = {
  induction: "looks at what followed this token the last time",
  previous: "looks at the token before",
  duplicate: "looks at the same token earlier in the text",
  first: "looks at the first position",
};

/** A score between 0 and 1: two decimals say all, however small. */
export function score(value: number): string {
  return fixed(Math.round(100 * value) / 100);
}

export function quoted(text: string): string {
  return `“${tokenLabel(text)}”`;
}

/** What the pointer or the cursor is on: one weight of the matrix, or where the reader looks. "" without tokens. */
export function readout({ scene, head, query, key }: Now): string {
  const name = nameOf(headOf(head, scene.perLayer));
  if (key < 0) return lookSentence(name, scene.patterns, scene.tokens, head, query);
  const [reader, target] = [scene.tokens[query], scene.tokens[key]];
  if (!reader || !target) return "";
  const weight = (rowOf(scene.patterns, head, query)[key] ?? 0) / 255;
  return `${name}: reader ${quoted(reader.text)} (${query}) looks ${percent(weight)} at ${quoted(target.text)} (${key})`
    + (key === 0 ? ", the first position, a sink left out of the picture." : ".");
}

/** Where a reader looks most in one head, and what the picture leaves out. */
export function lookSentence(name: string, patterns: Patterns, tokens: TokenWire[], head: number, query: number): string {
  const reader = tokens[query];
  if (!reader) return "";
  if (query === 0) return `${name}: the first token has only itself to look at.`;
  const row = rowOf(patterns, head, query);
  const looks = strongest(row, 2).map((look) => `${percent(look.share)} at ${quoted(tokens[look.key]?.text ?? "")}`);
  const sink = `${percent((row[0] ?? 0) / 255)} at the first position (a sink), left out of the picture`;
  return `${name}: ${quoted(reader.text)} looks ${[...looks, sink].join(", ")}.`;
}

/** One head in words: its name, whether it is off, its score and its share on the first position. */
export function headInWords(scene: Scene, head: number): string {
  const place = headOf(head, scene.perLayer);
  const shown = scene.scores.find(({ name }) => name === (scene.sort || "induction"));
  const parts = [
    nameOf(place),
    ...(includes(scene.muted, place) ? ["switched off"] : []),
    ...(shown ? [`${shown.name} ${score(shown.value[head] ?? Number.NaN)}`] : []),
    ...(scene.tokens.length > 1 ? [`${percent(scene.sink[head] ?? 0)} on the first position`] : []),
  ];
  return parts.join(", ");
}

/** Middle, lowest and highest of the random draws; NaN when there are none. */
export function summary(draws: readonly number[]): { median: number; low: number; high: number } {
  const sorted = [...draws].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  const half = sorted.length / 2;
  return { median: (at(Math.floor(half)) + at(Math.ceil(half) - 1)) / 2, low: at(0), high: at(sorted.length - 1) };
}

/** "12 (3 to 14)": the median of the draws and their range, which is no interval and so wears no brackets. */
export function medianAndRange(draws: readonly number[], digits: number): string {
  const { median, low, high } = summary(draws);
  const middle = Number.isInteger(median) ? digits : Math.max(1, digits);
  return `${fixed(median, middle)} (${fixed(low, digits)} to ${fixed(high, digits)})`;
}

/** "L18H6", or "8 heads". */
export function headsInWords(heads: readonly Head[]): string {
  return heads.length === 1 && heads[0] ? nameOf(heads[0]) : `${heads.length} heads`;
}

export function drawsInWords(effect: Effect): string {
  return `n = ${effect.draws.surprise.length} of ${effect.of} draws`;
}

/** One sentence that says what the number says, and no more. `held`: why no head can be switched off now, or "". */
export function effectSentence(effect: Effect | null, held: string): string {
  if (!effect || effect.heads.length === 0) return held || "Switch a head off to see how the predictions change.";
  const { low, high } = summary(effect.draws.surprise);
  const draws = effect.draws.surprise.length;
  if (draws === 0) return "Random heads follow, for comparison.";
  const among = (draws === 1 ? "in the 1 draw" : `in all ${draws} draws`) + (draws < effect.of ? " so far" : "");
  const surprise = effect.muted.surprise;
  if (surprise > high) return `Surprise is higher than with random heads off ${among}.`;
  if (surprise < low) return `Surprise is lower than with random heads off ${among}.`;
  return "Surprise lies among the random draws: no effect shows.";
}
