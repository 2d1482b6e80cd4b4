// The view's sentences: a cell, its sign, and how far the straight line is from the exact sweep.
import { fixed, signed, withUnit } from "../shared/format";
import type { Cell } from "../shared/keyboard";
import { tokenLabel } from "../shared/tokens";
import type { Agreement } from "./agreement";
import type { Direction, Scene } from "./traits";

export const SITES: Record<string, string> = {
  resid_pre: "resid_pre: into a layer",
  resid_mid: "resid_mid: after attention",
  resid_post: "resid_post: out of a layer",
  attn_out: "attn_out: attention adds",
  mlp_out: "mlp_out: the MLP adds",
  z: "z: outputs of heads",
  q: "q: queries of heads",
  k: "k: keys of heads",
  v: "v: values of heads",
  pattern: "pattern: where heads look",
};

export const DIRECTIONS: [Direction, string][] = [
  ["denoise", "restore it (denoising)"],
  ["noise", "break it (noising)"],
];

/** "L11 ·John (9)", or "L11H3". */
export function nameOf(scene: Scene, [row, column]: Cell): string {
  if (scene.by === "head") return `L${row}H${column}`;
  return `L${row} ${tokenLabel(scene.clean_tokens[column] ?? "")} (${column})`;
}

/** Where a change of the metric leads, with a glyph that reads without colour. */
export function leaning(scene: Scene, value: number): string {
  if (Math.abs(value) < 0.005) return "";
  if (scene.metric === "logit difference" || scene.metric === "normalised") {
    return value > 0 ? `▲ toward ${tokenLabel(scene.answer)}` : `▼ toward ${tokenLabel(scene.foil)}`;
  }
  return value > 0 ? "▲ higher" : "▼ lower";
}

function exactness(scene: Scene, index: number): string {
  if (scene.by === "position" && index % scene.columns < scene.first) return "exact: the prompts do not differ up to here";
  return scene.isExact[index] ? "exact" : "approximate";
}

/** One cell: "L11 ·John (9): +3.21 logits ▲ toward ·Mary, exact". */
export function cellInWords(scene: Scene, cell: Cell): string {
  const index = cell[0] * scene.columns + cell[1];
  const value = scene.values[index] ?? Number.NaN;
  const name = nameOf(scene, cell);
  if (Number.isNaN(value)) return `${name}: not computed yet`;
  const lean = leaning(scene, value);
  const sink = scene.by === "position" && cell[1] === 0 ? "; position 0, an attention sink" : "";
  return `${name}: ${withUnit(signed(value), scene.unit)}${lean && ` ${lean}`}, ${exactness(scene, index)}${sink}`;
}

/** What the cells say, in a line above them. */
export function caption(scene: Scene): string {
  const what = scene.metric === "normalised" ? "share recovered" : scene.metric;
  return `Change of the ${what}, one value ${scene.direction === "denoise" ? "restored" : "broken"} at a time. Layers go up.`;
}

/** The random sites beside a cell: "random sites: median +0.02, from −0.41 to +2.10 (n = 16)". */
export function randomInWords(scene: Scene, exact: boolean): string {
  // Beside this map's scale a millionth is nothing, and "4.2e−6" would only draw the eye.
  const plain = (value: number): number => (Math.abs(value) < 1e-3 * scene.limit ? 0 : value);
  const drawn = [...(exact ? scene.exactRandom : scene.approxRandom)].map(plain).sort((a, b) => a - b);
  if (!drawn.length) return "random sites: not yet";
  const at = (i: number): number => drawn[i] ?? Number.NaN;
  const half = drawn.length / 2;
  const median = (at(Math.floor(half)) + at(Math.ceil(half) - 1)) / 2;
  return `${drawn.length} random sites: median ${signed(median)}, ${signed(at(0))} to ${signed(at(drawn.length - 1))}`;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${fixed(bytes / 1e9, 1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

function span(seconds: number): string {
  return seconds < 1 ? "less than 1 s" : seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** How far the sweep is, and what all of it takes. */
export function progressInWords(scene: Scene, estimate: { seconds: number; bytes: number } | null): string {
  const done = scene.isExact.reduce((sum, one) => sum + one, 0);
  const all = scene.values.length;
  if (done === all) return `All ${all} cells are exact.`;
  const cost = estimate ? ` The whole sweep takes about ${span(estimate.seconds)} and ${size(estimate.bytes)}.` : "";
  return `${done} of ${all} cells are exact (full squares)${scene.approx ? "; the small ones are approximate" : ""}.${cost}`;
}

/** The two maps compared, in words; "" while there is nothing to compare. */
export function agreementInWords(scene: Scene, found: Agreement | null): string {
  if (!found) return scene.approx ? "" : "This metric has no straight line to approximate by: cells come exact.";
  const { worst, correlation, count } = found;
  const [row, column] = [Math.floor(worst / scene.columns), worst % scene.columns];
  const [approx, exact] = [scene.approx?.[worst] ?? Number.NaN, scene.exact?.[worst] ?? Number.NaN];
  const agree = Number.isNaN(correlation) ? "" : `Approximate and exact correlate ${fixed(correlation)} over ${count} cells. `;
  return `${agree}They disagree most at ${nameOf(scene, [row, column])}: approximate ${signed(approx)}, exact ${signed(exact)}.`;
}
