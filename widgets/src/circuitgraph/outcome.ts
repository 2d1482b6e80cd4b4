// One test: what the graph foretold and what the model did, as two bars on one axis, random neurons' range behind both.
import { svg } from "../shared/dom";
import { box, line, rect, word } from "./box";
import type { Outcome } from "./traits";
import { figure, outcomeInWords, randomInWords, testInWords } from "./words";

const TALL = 38;
const PAD = 6;
const FOOT = 12;

/** The x of a value, between all that must be seen. */
export function axisOf(values: readonly number[], width: number): (value: number) => number {
  const known = [0, ...values.filter(isFinite)];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return (value) => PAD + ((width - 2 * PAD) * (value - low)) / (high - low || 1);
}

/** `guess`: the learner's locked prediction, where this is the test it was about. `named`: what was tested stands above. */
export function outcomeOf(outcome: Outcome, guess: number | null, width: number, named: boolean): HTMLElement {
  const { predicted, measured, random: [middle, low, high] } = outcome;
  const x = axisOf([predicted, measured, low, high, ...(guess === null ? [] : [guess])], width);
  const bar = (kind: string, value: number, y: number, tall: number): SVGElement[] => (
    isFinite(value) ? [rect(`${kind} mikit-cg-${value < 0 ? "neg" : "pos"}`, Math.min(x(0), x(value)), y, Math.max(1.5, Math.abs(x(value) - x(0))), tall)] : []);
  const you = guess === null ? [] : [
    svg("path", { class: "mikit-cg-you", d: `M${x(guess)} ${TALL - 17}l6 6l-6 6l-6 -6z` }),
    word(x(guess) + (x(guess) > width / 2 ? -9 : 9), TALL - 7, `you: ${figure(guess)}`, x(guess) > width / 2 ? "end" : "start"),
  ];
  return box("outcome", ...(named ? [box("small", testInWords(outcome))] : []),
    svg("svg", { width, height: TALL + FOOT, role: "img", "aria-label": `${testInWords(outcome)}: ${outcomeInWords(outcome)} logits; ${randomInWords(outcome.random)}${guess === null ? "" : `; you: ${figure(guess)}`}` },
      ...(isFinite(low) ? [rect("band", x(low), 0, Math.max(2, x(high) - x(low)), TALL), line("random", x(middle), 0, x(middle), TALL)] : []),
      ...bar("predicted", predicted, 5, 8), ...bar("measured", measured, 19, 14), ...you,
      line("base", x(0), 0, x(0), TALL), word(x(0), TALL + 10, "0", x(0) < 12 ? "start" : x(0) > width - 12 ? "end" : "middle")),
    box("verdict", outcomeInWords(outcome)), box("small mikit-muted", `logits; ${randomInWords(outcome.random)}`));
}
