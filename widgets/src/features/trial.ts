// Judging without knowing: which texts fire, and which of five does not belong. The answers lie with Python until all are in.
import { h, textButton } from "../shared/dom";
import { fixed, interval, percent } from "../shared/format";
import { blind } from "./examples";
import { BANDS, type Game, type Quiz } from "./traits";

export interface Trial {
  element: HTMLElement;
  show(quiz: Quiz | null, game: Game | null, live: boolean): void;
}

export interface Doing {
  answered(answers: boolean[]): void;
  picked(which: number): void;
  again(): void;
  leave(): void;
}

const band = (right: number | null, i: number): string => `${BANDS[i] ?? "silent"} ${right === null ? "–" : percent(right)}`;

/** What the answers came to, with what guessing would. */
export function outcomeInWords({ outcome }: Quiz): string {
  if (!outcome) return "";
  return `Score ${interval(...outcome.score, 2)}; answers shuffled ${fixed(outcome.shuffled)}; guessing 0.50. Right: ${outcome.recall.map(band).join(", ")}.`;
}

export function gameInWords({ outcome }: Game): string {
  if (!outcome) return "On four of the marked tokens the feature fires. Pick the text where it is silent.";
  const { foreign, picked, played: [won, rounds], range: [low, high] } = outcome;
  return `${picked === foreign ? "Right" : "Wrong"}: it is silent in text ${foreign + 1}. Found in ${won} of ${rounds} rounds [${percent(low)}, ${percent(high)}]; guessing finds 20 %.`;
}

export function trialOf(signal: AbortSignal, doing: Doing): Trial {
  const element = h("div", { class: "mikit-fd-trial", role: "group", "aria-label": "Blind test" });
  let quiz: Quiz | null = null;
  let game: Game | null = null;
  let answers: (boolean | undefined)[] = [];
  let live = true;

  function answer(row: number, said: boolean): void {
    answers[row] = said;
    draw();
    element.querySelector<HTMLElement>(`[data-row="${row}"][data-said="${said}"]`)?.focus();
    if (quiz && answers.filter((one) => one !== undefined).length === quiz.items.length) doing.answered(answers as boolean[]);
  }

  function choice(row: number, said: boolean): HTMLElement {
    const button = textButton(said ? "fires" : "silent", signal, () => answer(row, said));
    button.dataset["row"] = String(row);
    button.dataset["said"] = String(said);
    button.disabled = !live;
    button.setAttribute("aria-pressed", String(answers[row] === said));
    return button;
  }

  function verdict(row: number, found: NonNullable<Quiz["outcome"]>): HTMLElement {
    const [truth, said] = [found.truth[row]!, found.answers[row]!];
    return h("span", { class: "mikit-fd-verdict" }, `${truth === said ? "✓" : "×"} ${truth ? "fires" : "silent"}`);
  }

  function rows(): HTMLElement[] {
    if (quiz) {
      const found = quiz.outcome;
      return quiz.items.map((item, row) => h("div", { class: "mikit-fd-example" }, blind(item),
        found ? verdict(row, found) : h("span", { class: "mikit-fd-say" }, choice(row, true), choice(row, false))));
    }
    return (game?.items ?? []).map((item, row) => {
      const over = game!.outcome;
      const pick = textButton("this one", signal, () => doing.picked(row));
      pick.disabled = !live;
      return h("div", { class: "mikit-fd-example" }, blind(item),
        over ? h("span", { class: "mikit-fd-verdict" }, row === over.foreign ? "silent" : row === over.picked ? "× fires" : "fires") : h("span", { class: "mikit-fd-say" }, pick));
    });
  }

  function draw(): void {
    const left = answers.filter((one) => one !== undefined).length;
    const words = quiz
      ? quiz.outcome ? outcomeInWords(quiz) : `Label: ${quiz.words}. Does the feature fire on the marked token? ${left} of ${quiz.items.length} answered; the truth comes after the last.`
      : game ? gameInWords(game) : "";
    const over = (quiz ?? game)?.outcome;
    const again = textButton(quiz ? "Test again" : "Another round", signal, doing.again);
    again.disabled = !live;
    element.replaceChildren(
      h("p", { class: "mikit-fd-words-of" }, words),
      h("div", { class: "mikit-fd-items" }, ...rows()),
      h("div", { class: "mikit-fd-tools" }, ...(over ? [again] : []), textButton("Back to the examples", signal, doing.leave)));
  }

  return {
    element,
    show(nextQuiz, nextGame, nowLive) {
      const other = nextQuiz?.items[0] !== quiz?.items[0] || nextQuiz?.feature !== quiz?.feature;
      if (other) answers = [];
      [quiz, game, live] = [nextQuiz, nextGame, nowLive];
      element.hidden = !quiz && !game;
      if (!element.hidden) draw();
    },
  };
}
