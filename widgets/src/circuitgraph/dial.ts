// On how many prompts does such a graph hold? The rule is stated before they are run; what moves afterwards is drawn beside it.
import { h, svg } from "../shared/dom";
import { fixed, percent } from "../shared/format";
import { box, line, rect } from "./box";
import type { Coverage, Rule } from "./traits";

const Z = 1.959964;
const TALL = 14;

/** Wilson's 95 % interval of a share, `right` of `n` (Wilson 1927, JASA 22, 209-212). */
export function wilson(right: number, n: number): [share: number, low: number, high: number] {
  const [share, z] = [right / n, Z * Z];
  const [middle, half] = [share + z / (2 * n), Z * Math.sqrt((share * (1 - share)) / n + z / (4 * n * n))];
  const held = (value: number): number => Math.min(1, Math.max(0, value / (1 + z / n)));
  return [share, held(middle - half), held(middle + half)];
}

const NAMES: [keyof Rule, string, number][] = [["replacement", "replacement", 0.01], ["completeness", "completeness", 0.01], ["agreement", "signs right", 0.1]];
/** Bars that agreement can be held against: tenths. */
const BARS = 11;

/** The share of the prompts that were run so far that meet a rule, with its interval, how many they are, and what other
 * orders of the predictions cover on average. */
export function covered(coverage: Coverage, rule: Rule): [share: number, low: number, high: number, n: number, shuffled: number] {
  const { agreement, prompts, shuffled } = coverage;
  const meets = (name: keyof Rule) => (p: number): boolean => coverage[name][p]! >= Math.fround(rule[name]);
  const run = prompts.map((_, p) => p).filter((p) => isFinite(agreement[p]!));
  const scored = run.filter(meets("replacement")).filter(meets("completeness"));
  const met = scored.filter(meets("agreement"));
  const bar = Math.ceil(10 * rule.agreement - 1e-6);
  const chance = scored.reduce((sum, p) => sum + shuffled[BARS * p + bar]!, 0) / run.length;
  return [...wilson(met.length, run.length), run.length, chance];
}

const barInWords = (rule: Rule, name: keyof Rule): string => fixed(rule[name], name === "agreement" ? 1 : 2);

const range = ([share, ...ends]: readonly number[]): string => percent(share!) + (ends.length ? ` [${ends.map((one) => Math.round(100 * one)).join(", ")}]` : "");

export interface Dialled {
  coverage: Coverage | null;
  rule: Rule;
  stated: Rule | null;
  /** Over how many neurons graphs will be drawn. */
  count: number;
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
  const about = box("about");
  const figure = box("share", words, chart, about);

  function draw(coverage: Coverage, rule: Rule, stated: Rule | null, width: number): void {
    const [share, low, high, n, chance] = covered(coverage, rule);
    // Of the stated rule the numbers are the record's own: they alone have the orders' range.
    const asStated = stated && NAMES.every(([name]) => rule[name] === stated[name]);
    const own = (asStated && coverage.stated) || [share, low, high];
    const shuffled = (asStated && coverage.stated_shuffled) || [chance];
    const x = (share: number): number => 1 + share * (width - 2);
    const all = coverage.prompts.length;
    if (!n) return;
    words.replaceChildren("covered ", h("b", {}, range(own)), ` of ${n}${n < all ? ` (${all} in all)` : ""}, shuffled ${range(shuffled)}`);
    chart.append(
      ...(shuffled.length > 1 ? [rect("band", x(shuffled[1]!), 0, x(shuffled[2]!) - x(shuffled[1]!), TALL)] : []),
      line("random", x(shuffled[0]!), 0, x(shuffled[0]!), TALL),
      rect("measured mikit-cg-pos", x(0), 3, x(own[0]!) - x(0), 8), line("whisker", x(own[1]!), TALL / 2, x(own[2]!), TALL / 2),
      ...(coverage.stated ? [line("stated", x(coverage.stated[0]), 0, x(coverage.stated[0]), TALL)] : []));
  }

  return {
    state, figure,
    element: box("dial", figure, ...sliders.map(({ element }) => element), box("state", state, said)),
    show({ coverage, rule, stated, count, live, running, width }) {
      now = rule;
      for (const { name, input, here } of sliders) {
        input.value = String(rule[name]);
        input.setAttribute("value", input.value);
        here.textContent = barInWords(rule, name);
      }
      const all = coverage?.prompts.length ?? 0;
      const begun = coverage ? covered(coverage, rule)[3] : 0;
      state.hidden = !live || !all || (stated !== null && (running || begun === all));
      state.textContent = stated ? "Go on" : "State this rule";
      said.hidden = !state.hidden;
      said.textContent = stated ? `│ stated ${NAMES.map(([name]) => barInWords(stated, name)).join("/")}${coverage?.stated ? `\n${range(coverage.stated)}` : ""}` : "";
      words.textContent = !all ? "No prompts were given." : stated ? "The prompts are run." : live ? `State a rule: ${all} prompts are run then.` : "No rule was stated.";
      chart.setAttribute("width", String(width));
      chart.replaceChildren(line("base", 1, TALL / 2, width - 1, TALL / 2));
      about.textContent = `${coverage?.count ?? count} neurons, unpruned; signs of the 10 strongest`;
      if (coverage) draw(coverage, rule, stated, width);
      chart.setAttribute("aria-label", words.textContent!);
    },
  };
}
