// What a reader sets: the text, how it is read, examples, the order of the head map, and several heads off at once.

import { h, textButton } from "../shared/dom";
import { byScore, headOf, type Head } from "./order";
import type { Actions, Now } from "./parts";
import type { AttentionModel, Example, Mode, Scene } from "./traits";

/** How many heads the button switches off. */
const MANY = 8;

const MODES: [Mode, string, string][] = [
  ["continue", "Continue", "The model reads the text and goes on with it"],
  ["chat", "Chat", "The text as a chat turn; the template's tokens are grey"],
  ["repeat", "Random, twice", "Random tokens, said twice: the second copy can be copied from the first"],
];

/** The prompt box with modes and examples. Every keystroke is sent; trait sync keeps only the newest. */
export class Prompt {
  readonly box = h("input", {
    type: "text", class: "mikit-input", "aria-label": "Text", spellcheck: false, autocomplete: "off",
  });
  private readonly modes = new Map<Mode, HTMLButtonElement>();
  readonly examples = h("select", { class: "mikit-select", "aria-label": "Examples" });
  readonly group = h("div", { class: "mikit-att-modes", role: "radiogroup", "aria-label": "How the text is read" });
  private listed: Example[] | null = null;

  constructor(private readonly model: AttentionModel, signal: AbortSignal, send: (traits: { text?: string; mode?: Mode }) => void) {
    for (const [mode, label, title] of MODES) {
      const button = h("button", { type: "button", role: "radio", class: "mikit-att-mode", title }, label);
      button.addEventListener("click", () => send({ mode }), { signal });
      this.modes.set(mode, button);
      this.group.append(button);
    }
    this.group.addEventListener("keydown", (event) => this.step(event), { signal });
    this.box.addEventListener("input", () => send({ text: this.box.value }), { signal });
    this.examples.addEventListener("change", () => {
      const chosen = this.model.get("examples")[Number(this.examples.value)];
      // Random tokens need no text: the one that was typed waits for its mode.
      if (chosen) send(chosen.mode === "repeat" ? { mode: "repeat" } : { text: chosen.text, mode: chosen.mode });
      this.examples.value = "";
    }, { signal });
  }

  draw({ held }: Now): void {
    const live = held === "";
    const mode = this.model.get("mode");
    const text = mode === "repeat" ? "" : this.model.get("text");
    // While someone types, the box is ahead of the model: an echo must not take letters away.
    if (this.box.value !== text && !this.box.matches(":focus")) this.box.value = text;
    this.examples.disabled = !live;
    this.box.disabled = !live || mode === "repeat";
    this.box.placeholder = mode === "repeat" ? "Random tokens are drawn" : "Type a text";
    for (const [name, button] of this.modes) {
      button.setAttribute("aria-checked", String(name === mode));
      button.tabIndex = name === mode ? 0 : -1;
      button.disabled = !live || (name === "chat" && !this.model.get("has_chat"));
    }
    const examples = this.model.get("examples");
    if (examples !== this.listed) this.list(examples);
  }

  private list(examples: Example[]): void {
    this.listed = examples;
    this.examples.replaceChildren(h("option", { value: "" }, "Examples"), ...examples.map(({ label }, i) => h("option", { value: i }, label)));
    this.examples.hidden = examples.length === 0;
  }

  /** Arrow keys choose within the group, as in any group of radio buttons. */
  private step(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const free = [...this.modes.values()].filter((button) => !button.disabled);
    const next = free[(free.indexOf(event.target as HTMLButtonElement) + by + free.length) % free.length];
    next?.focus();
    next?.click();
    event.preventDefault();
  }
}

/** Order of the head map, and the switches for several heads. */
export class Toolbar {
  readonly sort = h("select", { class: "mikit-select", "aria-label": "Order of the head map" });
  readonly top: HTMLButtonElement;
  readonly allOn: HTMLButtonElement;
  private names: string | null = null;
  private best: Head[] = [];

  constructor(act: Actions, signal: AbortSignal) {
    this.sort.addEventListener("change", () => act.sortBy(this.sort.value), { signal });
    this.top = textButton(`Switch off top ${MANY} by induction`, signal, () => act.mute(this.best));
    this.allOn = textButton("Switch all on", signal, () => act.mute([]));
  }

  draw({ scene, held }: Now): void {
    const names = scene.scores.map(({ name }) => name);
    if (names.join() !== this.names) {
      this.names = names.join();
      this.sort.replaceChildren(h("option", { value: "" }, "Layer order"), ...names.map((name) => h("option", { value: name }, `By ${name}`)));
    }
    this.sort.value = scene.sort;
    const name = scene.sort || "induction";
    this.best = bestHeads(scene, name);
    this.top.textContent = `Switch off top ${this.best.length || MANY} by ${name}`;
    this.top.disabled = held !== "" || this.best.length === 0;
    this.allOn.disabled = held !== "" || scene.muted.length === 0;
    for (const button of [this.top, this.allOn]) button.title = held;
  }
}

function bestHeads(scene: Scene, name: string): Head[] {
  const score = scene.scores.find((one) => one.name === name);
  return score ? byScore(score.value).slice(0, MANY).map((number) => headOf(number, scene.perLayer)) : [];
}
