// On how many prompts does such a graph hold? The rule is stated before they are run; what moves afterwards is drawn beside it.
import { h, svg } from "../shared/dom";
import { fixed, percent } from "../shared/format";
import { box, line, rect } from "./box";
import type { Coverage, Rule } from "./traits";

const Z = 1.959964;
const TALL = 20;

/** Wilson's 95 % interval of a share, `right` of `n` (Wilson 1927, JASA 22, 209-212). */
export function wilson(right: number, n: number): [share: number, low: number, high: number] {
  if (!n) return [Number.NaN, Number.NaN, Number.NaN];
  const [share, z] = [right / n, Z * Z];
  const [middle, half] = [share + z / (2 * n), Z * Math.sqrt((share * (1 - share)) / n + z / (4 * n * n))];
  const held = (value: number): number => Math.min(1, Math.max(0, value / (1 + z / n)));
  return [share, held(middle - half), held(middle + half)];
}

const NAMES: [keyof Rule, string, number][] = [["replacement", "replacement", 0.01], ["completeness", "completeness", 0.01], ["agreement", "signs right", 0.1]];

/** The share of the prompts that were run so far that meet a rule, with its interval and how many they are. */
export function covered(coverage: Coverage, rule: Rule, agreement = coverage.agreement): [share: number, low: number, high: number, n: number] {
  const { replacement, completeness } = coverage;
  const run = coverage.prompts.map((_, p) => p).filter((p) => Number.isFinite(replacement[p]!) && Number.isFinite(agreement[p]!));
  const met = run.filter((p) => replacement[p]! >= Math.fround(rule.replacement) && completeness[p]! >= Math.fround(rule.completeness) && agreement[p]! >= Math.fround(rule.agreement));
  return [...wilson(met.length, run.length), run.length];
}

export const ruleInWords = (rule: Rule): string => NAMES.map(([name, , step]) => fixed(rule[name], step < 0.1 ? 2 : 1)).join("/");

const range = ([share, low, high]: readonly number[]): string => `${percent(share!)} [${Math.round(100 * low!)}, ${Math.round(100 * high!)}]`;

export interface Dialled {
  coverage: Coverage | null;
  rule: Rule;
  stated: Rule | null;
  live: boolean;
  /** The kernel is at work. */
  running: boolean;
  width: number;
}

export interface Dial {
  element: HTMLElement;
  state: HTMLButtonElement;
  /** What fades while it is run again. */
  figure: HTMLElement;
  show(dialled: Dialled): void;
}

export function dialOf(signal: AbortSignal, moved: (rule: Rule) => void, stating: () => void): Dial {
  let now: Rule = { replacement: 0, completeness: 0, agreement: 0 };
  const sliders = NAMES.map(([name, label, step]) => {
    const input = h("input", { type: "range", class: "mikit-cg-slider", min: 0, max: 1, step, "aria-label": `Rule: ${label} at least` });
    const here = h("b", {});
    input.addEventListener("input", () => moved({ ...now, [name]: input.valueAsNumber }), { signal });
    return { name, input, here, element: h("label", { class: "mikit-cg-bar-of" }, h("span", {}, `${label} ≥ `, here), input) };
  });
  const state = h("button", { type: "button", class: "mikit-primary" }, "State this rule");
  state.addEventListener("click", stating, { signal });
  const words = box("covered");
  const chart = svg("svg", { height: TALL, role: "img" });
  const said = box("said");
  const figure = box("share", words, chart);

  function draw(coverage: Coverage, rule: Rule, width: number): void {
    const [own, shuffled] = [covered(coverage, rule), covered(coverage, rule, coverage.agreement_shuffled)];
    const x = (share: number): number => 1 + share * (width - 2);
    const known = (found: readonly number[]): boolean => Number.isFinite(found[0]!);
    const all = coverage.prompts.length;
    if (!own[3]) return;
    words.replaceChildren("covered ", h("b", {}, known(own) ? range(own) : "–"), own[3] < all ? ` of ${own[3]} run (${all} in all)` : ` of ${all}`,
      ...(known(shuffled) ? [`, shuffled ${percent(shuffled[0])}`] : []));
    chart.replaceChildren(
      ...(known(shuffled) ? [rect("band", x(shuffled[1]), 0, x(shuffled[2]) - x(shuffled[1]), TALL), line("random", x(shuffled[0]), 0, x(shuffled[0]), TALL)] : []),
      line("base", x(0), TALL / 2, x(1), TALL / 2),
      ...(known(own) ? [rect("measured mikit-cg-pos", x(0), 6, x(own[0]) - x(0), 8), line("whisker", x(own[1]), TALL / 2, x(own[2]), TALL / 2)] : []),
      ...(coverage.stated ? [line("stated", x(coverage.stated[0]), 0, x(coverage.stated[0]), TALL)] : []));
  }

  return {
    state, figure,
    element: box("dial", figure, ...sliders.map(({ element }) => element), box("state", state, said)),
    show({ coverage, rule, stated, live, running, width }) {
      now = rule;
      for (const { name, input, here } of sliders) {
        input.value = String(rule[name]);
        input.setAttribute("value", input.value);
        here.textContent = fixed(rule[name], name === "agreement" ? 1 : 2);
      }
      const all = coverage?.prompts.length ?? 0;
      const begun = coverage ? covered(coverage, rule)[3] : 0;
      state.hidden = !live || !all || (stated !== null && (running || begun === all));
      state.textContent = stated ? "Go on" : "State this rule";
      said.hidden = !state.hidden;
      said.textContent = stated ? `│ stated ${ruleInWords(stated)}${coverage?.stated ? `\n${range(coverage.stated)}` : ""}` : "";
      words.textContent = !all ? "No prompts were given." : stated ? "The prompts are run." : live ? `State a rule: ${all} prompts are run then.` : "No rule was stated.";
      chart.setAttribute("width", String(width));
      chart.replaceChildren(line("base", 1, TALL / 2, width - 1, TALL / 2));
      if (coverage) draw(coverage, rule, width);
      chart.setAttribute("aria-label", words.textContent ?? "");
    },
  };
}
