// The view's sentences. The field's word for a thing stands behind it in brackets.
import { fixed as written, percent, signed as writtenWithSign } from "../shared/format";
import { partName, type Beaten, type Curve, type Left, type Mode, type Ranged, type Ranking, type Tested } from "./traits";

/** Below this much of faithfulness a part is not missed. */
const NOT_MISSED = 0.01;
/** From here on a circuit keeps plainly more than everything. */
const ABOVE = 1.05;

/** Two decimals always: what rounds to nothing is nothing here. */
const rounded = (value: number): number => Math.round(100 * value) / 100;
export const fixed = (value: number): string => written(rounded(value));
export const signed = (value: number): string => writtenWithSign(rounded(value));

export const count = (value: number): string => value.toLocaleString("en-GB").replaceAll(",", "\u202f");

const many = (n: number, one: string): string => `${count(n)} ${one}${n === 1 ? "" : "s"}`;

const spanned = ([value, low, high]: Ranged): string => (Number.isFinite(low) ? `${fixed(value)} [${fixed(low)}, ${fixed(high)}]` : fixed(value));

/** A control's mean, and from where to where its draws go. */
export const drawnInWords = ([value, low, high]: Ranged, write = fixed): string => `${write(value)}${Number.isFinite(low) ? `, from ${write(low)} to ${write(high)}` : ""}`;

export const gap = ({ circuit, whole }: Left): number => Math.abs(circuit - whole);

/** Where two prompts part: the words before, those of each that differ, and the words after. */
export function differing(clean: string, corrupt: string): [before: string, clean: string, corrupt: string, after: string] {
  const [one, other] = [clean, corrupt].map((words) => words.split(" ")) as [string[], string[]];
  const most = Math.min(one.length, other.length);
  let [first, last] = [0, 0];
  while (first < most && one[first] === other[first]) first++;
  while (last < most - first && one.at(-1 - last) === other.at(-1 - last)) last++;
  const upTo = (words: string[]): string => words.slice(first, words.length - last).join(" ");
  return [one.slice(0, first).join(" "), upTo(one), upTo(other), one.slice(one.length - last).join(" ")];
}

/** What is in the circuit. */
export function circuitInWords(tested: Tested, edges?: number): string {
  const size = `${many(tested.edges, "edge")}${edges === undefined ? "" : ` (${percent(tested.edges / edges)})`}`;
  return tested.mode === "parts" ? `${many(tested.parts.length, "part")}, ${size}` : size;
}

export function faithfulnessInWords({ faithfulness, pairs }: Tested): { value: string; unit: string } {
  return { value: spanned(faithfulness), unit: pairs > 1 ? `${pairs} pairs` : "n = 1" };
}

export function randomInWords({ randomFaithfulness, edges, draws }: Tested): string {
  if (!Number.isFinite(randomFaithfulness[0])) return "random circuits of its size: being run";
  return `${draws} random circuits of ${many(edges, "edge")}: ${drawnInWords(randomFaithfulness)}`;
}

/** What knocking the circuit out says. */
export function knockedInWords({ whole, nothing, without, randomWithout }: Tested): string {
  if (![without[0], nothing[0]].every(Number.isFinite)) return "";
  const share = (value: number): number => (value - nothing[0]) / (whole[0] - nothing[0]);
  const random = Number.isFinite(randomWithout[0]) ? ` (random circuits taken out: ${fixed(share(randomWithout[0]))})` : "";
  return `Taken out, the circuit leaves ${fixed(share(without[0]))} of the logit difference to the rest${random}.`;
}

/** What more than everything means. */
export function aboveInWords({ faithfulness: [value] }: Tested): string {
  return value > ABOVE ? "Above 1: edges that work against the answer were left out." : "";
}

/** What each ticked part is missed by (minimality). */
export function neededInWords({ needed }: Tested): string {
  const found = Object.entries(needed).filter(([, loss]) => Number.isFinite(loss)).sort((a, b) => b[1] - a[1]);
  if (!found.length) return "";
  const spare = found.filter(([, loss]) => loss < NOT_MISSED);
  const [name, loss] = found[0]!;
  const rest = spare.length ? `${spare.length} of ${found.length} cost less than ${NOT_MISSED}` : "none is spare";
  return `Missed most: ${name} (faithfulness ${signed(-loss)}); ${rest} (minimality).`;
}

export function partInWords(part: number, heads: number, ranking: Ranking | null, ticked: boolean, tested: Tested | null, mode: Mode): string {
  const name = partName(part, heads);
  if (!ranking) return name;
  const place = ranking.order.indexOf(part) + 1;
  const worth = `${name}: its edges move ${fixed(ranking.scores[part]!)} logits, estimated; place ${place} of ${ranking.scores.length}`;
  const loss = mode === "parts" ? tested?.needed[name] : undefined;
  const first = ranking.first[part]!;
  const where = mode === "edges" && first ? `; its strongest edge is number ${count(first)}` : "";
  return `${worth}${where}${ticked ? "; in the circuit" : ""}${ticked && loss !== undefined ? `, which keeps ${fixed(loss)} less without it` : ""}`;
}

const COLOUR = "Colour: how much a part's edges move the logit difference, estimated.";

export function restInWords(ranking: Ranking | null): string {
  if (!ranking) return "Parts are being ranked (EAP-IG): each edge's effect is estimated.";
  const check = ranking.check;
  if (!check) return COLOUR;
  return `${COLOUR} Cut one by one, the ${check.edges} strongest edges moved the logit difference by ${fixed(check.measured)} on average (estimated ${fixed(check.estimated)}), `
    + `random edges by ${fixed(check.random_measured)}.`;
}

const beside = (name: string, term: string, found: Ranged, random: Ranged): string => `${name} (${term}) ${fixed(found[0])}, random ${drawnInWords(random)}`;

export function areasInWords(curve: Curve): string {
  return `${beside("Area under it", "CPR", curve.cpr, curve.randomCpr)} · ${beside("between it and 1", "CMD", curve.cmd, curve.randomCmd)}`;
}

export function askBeatInWords(seconds: number | undefined): string {
  return `A circuit that has everything reacts to a loss as the whole model does (completeness). The adversary leaves parts out of both, and looks for where they differ most`
    + `${seconds === undefined ? "" : `: about ${seconds < 1.5 ? "1 s" : `${Math.round(seconds)} s`}`}.`;
}

/** `stopped`: nobody goes on. */
export function beatenInWords({ out, found, random, done }: Beaten, stopped = false): string {
  const last = Math.min(out.length, found.length - 1);
  if (last < 1) return stopped ? "The adversary was stopped before its first find." : "The adversary is looking.";
  const [before, after, blind] = [found[0]!, found[last]!, random[last]];
  const beside = blind && Number.isFinite(gap(blind)) ? `, after ${many(last, "part")} drawn blindly by ${fixed(gap(blind))}` : "";
  return `${done ? "" : "So far: "}${done ? "W" : "w"}ithout ${out.slice(0, last).join(", ")} the circuit moves by ${signed(after.circuit - before.circuit)}, the whole model by ${signed(after.whole - before.whole)}. `
    + `They differ by ${fixed(gap(after))} logits (before: ${fixed(gap(before))})${beside}.`;
}
