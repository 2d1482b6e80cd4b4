// Judging blind: two texts in ink, in an order drawn anew, one of them changed. The truth lies with Python until all are answered.
import { h, svg, textButton } from "../shared/dom";
import { tokenSpan } from "../shared/tokens";
import { box, line } from "./chart";
import type { Rating, Share } from "./traits";
import { outcomeInWords, shareInWords } from "./words";

/** true: A; false: B; null: cannot tell. */
export type Answer = boolean | null;

const CHOICES: [Answer, string][] = [[true, "A"], [null, "cannot tell"], [false, "B"]];
const BAR = 220;

function bar(name: string, found: Share, kind: string): HTMLElement {
  const x = (share: number): number => 4 + share * (BAR - 8);
  const [value, low, high, n] = found;
  return box("outcome", name,
    svg("svg", { width: BAR, height: 20, "aria-hidden": "true" },
      line("grid", [x(0), 10, x(1), 10]), line("base", [x(0.5), 2, x(0.5), 18]),
      ...(n ? [line("whisker", [x(low!), 10, x(high!), 10]), svg("circle", { class: `mikit-st-dot ${kind}`, cx: x(value!), cy: 10, r: 4.5 })] : [])),
    shareInWords(found));
}

function side(name: string, tokens: readonly string[]): HTMLElement {
  return box("column", box("title", name), h("div", { class: "mikit-flow", tabindex: 0, role: "group", "aria-label": `Text ${name}` }, ...tokens.map((text) => tokenSpan({ text, special: false }))));
}

export function rateOf(signal: AbortSignal, send: (message: Record<string, unknown>) => void): { element: HTMLElement; show(rating: Rating | null, live: boolean): void } {
  const element = box("rate");
  let rating: Rating | null = null;
  let answers: Answer[] = [];
  let live = true;

  function button(label: string, click: () => void, off = false): HTMLButtonElement {
    const made = textButton(label, signal, click);
    made.disabled = !live || off;
    return made;
  }

  function answer(next: Answer[]): void {
    answers = next;
    draw();
    element.querySelector<HTMLElement>(".mikit-st-choice")?.focus();
    if (rating && answers.length === rating.items.length) send({ do: "answers", answers });
  }

  function draw(): void {
    if (!rating) return;
    const { items, question, outcome } = rating;
    const leave = button("Back to the panel", () => send({ do: "leave" }));
    const [at, item] = [answers.length, items[answers.length]];
    if (outcome) {
      element.replaceChildren(
        box("title", question), bar("steered", outcome.picked, "mikit-st-of-effect"), bar("random arrow", outcome.random, "mikit-st-of-control"), outcomeInWords(outcome),
        box("small", "Upright line: 50 %, as a coin would pick. Whiskers: 95 % intervals (Wilson)."),
        box("head", button("Rate again", () => send({ do: "rate" })), leave));
    } else if (item) {
      const choices = CHOICES.map(([said, label]) => button(label, () => answer([...answers, said])));
      for (const choice of choices) choice.classList.add("mikit-st-choice");
      element.replaceChildren(
        box("head", box("title", `${at + 1} of ${items.length}: ${question}`), h("span", { class: "mikit-gap" }), button("one back", () => answer(answers.slice(0, -1)), !at), leave),
        box("small", `Both go on from: ${item.prompt}`), box("columns", side("A", item.a), side("B", item.b)), box("choices", ...choices),
        box("small", "One text of each pair was changed, by this arrow or by a random one of equal length; which and where was drawn. The truth comes after the last."));
    } else element.replaceChildren("All are answered: the outcome is on its way.", leave);
  }

  return {
    element,
    show(next, nowLive) {
      if (JSON.stringify(next?.items[0]) !== JSON.stringify(rating?.items[0])) answers = [];
      [rating, live] = [next, nowLive];
      draw();
    },
  };
}
