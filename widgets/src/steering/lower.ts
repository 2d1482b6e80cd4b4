// What stands below the texts, one thing at a time: the measured strengths, the score's words, the form, position 0.
import { h, textButton } from "../shared/dom";
import { textField } from "../shared/fields";
import { box } from "./chart";
import type { SteeringTraits } from "./traits";

export type Tab = "doses" | "words" | "build" | "sink";

const TABS: [Tab, string][] = [["doses", "Doses"], ["words", "Score"], ["build", "Build a direction"], ["sink", "Position 0"]];

export class Lower {
  private readonly buttons: [Tab, HTMLButtonElement][];
  readonly element: HTMLElement;
  tab: Tab = "doses";

  constructor(signal: AbortSignal, private readonly parts: Record<Tab, HTMLElement>, ...tools: HTMLElement[]) {
    this.buttons = TABS.map(([tab, label]) => [tab, textButton(label, signal, () => this.show(tab))]);
    const tabs = box("tabs", ...this.buttons.map(([, button]) => button), h("span", { class: "mikit-gap" }), ...tools);
    tabs.classList.add("mikit-chrome");
    this.element = box("lower", tabs, ...Object.values(parts));
    this.show("doses");
  }

  show(tab: Tab): void {
    this.tab = tab;
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(name === tab));
      this.parts[name].hidden = name !== tab;
    }
  }

  /** The last tab is there only where something was found. */
  offer(found: boolean): void {
    this.buttons.at(-1)![1].hidden = !found;
    if (!found && this.tab === "sink") this.show("doses");
  }
}

type Words = SteeringTraits["words"];

/** The words that the score counts: they judge the text, and never see the direction. */
export function wordsForm(signal: AbortSignal, now: () => Words, give: (words: Words) => void): { element: HTMLElement; boxes: HTMLInputElement[]; draw(): void } {
  const boxes = (["plus", "minus"] as const).map((side) => textField(`Words that count ${side === "plus" ? "for" : "against"}`, signal, (words) => give({ ...now(), [side]: words })));
  return {
    boxes,
    element: box("words", "The score: words for, less words against, per 100 words of the text.",
      ...boxes.map((field, i) => h("label", { class: "mikit-field" }, h("span", {}, i ? "against" : "for"), field)),
      box("small", "Separated by commas; whole words count, in capitals or not. The score sees the text alone, never the arrow. A text may have the words and miss the manner: read some, and rate blind.")),
    draw() {
      const { plus, minus } = now();
      boxes.forEach((field, i) => {
        if (!field.matches(":focus")) field.value = i ? minus : plus;
      });
    },
  };
}
