// AttentionView: the attention heads of a model on a text of one's own, and what breaks when they are switched off.

import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { frame } from "../shared/frame";
import { colourMap } from "../shared/scale";
import "./attention.css";
import { Prompt, Toolbar } from "./controls";
import { Following } from "./following";
import { HeadCard } from "./headcard";
import { HeadMap } from "./headmap";
import { Matrix } from "./matrix";
import { headOf, numberOf } from "./order";
import { Outcome } from "./outcome";
import type { Actions, Now } from "./parts";
import { Reading } from "./reading";
import { tableOf } from "./tables";
import { headInWords, readout } from "./text";
import { sceneOf, type AttentionTraits, type Scene } from "./traits";

/** Size of the matrix in CSS pixels. Wide, it is as tall as the head card beside it; narrow, it opens below. */
const MATRIX = { wide: { width: 260, height: 154 }, narrow: { width: 260, height: 260 } };
const HINT = "Point at a small picture to see that head. Click keeps it";
const HELD = "Switching heads needs the model, and no kernel answers.";

const DRAWN = [
  "text", "mode", "muted", "focus", "locked", "sort", "examples", "has_chat", "grid", "tokens", "patterns", "sink", "scores",
  "score_control", "score_low", "score_high", "protocol", "next", "effect", "surprise",
] as const satisfies (keyof AttentionTraits)[];

function render({ model, el, signal }: RenderProps<AttentionTraits>): void {
  const peek: { head: number | null; query: number | null; key: number } = { head: null, query: null, key: -1 };
  let scene: Scene | null = null;
  const forget = (): void => void Object.assign(peek, { head: null, query: null, key: -1 });
  const view = frame(model, el, signal, { name: "attention", table: () => tableOf(now()), reset: forget });

  function now(): Now {
    scene ??= sceneOf(model);
    const count = scene.tokens.length;
    const resting = scene.locked >= 0 ? scene.locked : count - 1;
    const query = peek.query !== null && peek.query < count ? peek.query : resting;
    return {
      scene,
      head: peek.head ?? numberOf(scene.focus, scene.perLayer),
      query,
      key: peek.query === null ? -1 : Math.min(peek.key, query),
      width: view.width,
      theme: view.theme,
      colours: colourMap("sequential", view.theme),
      held: view.live ? "" : HELD,
    };
  }

  const act: Actions = {
    now,
    peekHead(head) {
      if (head === peek.head) return;
      peek.head = head;
      view.draw();
      if (head !== null) view.say(headInWords(now().scene, head));
    },
    focusHead(head) { view.set({ focus: headOf(head, now().scene.perLayer) }); },
    peekToken(query, key = -1) {
      if (query === peek.query && key === peek.key) return;
      Object.assign(peek, { query, key });
      view.draw();
      if (query !== null) view.say(readout(now()));
    },
    lock(query) { view.set({ locked: query === now().scene.locked ? -1 : query }); },
    unlock() { view.set({ locked: -1 }); },
    mute(heads) { view.set({ muted: heads }, ["mute"]); },
    sortBy(name) { view.set({ sort: name }); },
  };

  const prompt = new Prompt(model, signal, (traits) => view.set(traits, ["attention", "mute"]));
  const toolbar = new Toolbar(act, signal);
  const map = new HeadMap(act, signal);
  const reading = new Reading(act, signal);
  const matrix = new Matrix(act, () => (view.wide ? MATRIX.wide : MATRIX.narrow), signal);
  const card = new HeadCard(act, signal);
  const following = new Following();
  const top = view.number.element.parentElement;
  const outcome = new Outcome(view.number);
  top?.append(outcome.element);
  const showMatrix = textButton("Show matrix", signal, () => {
    const shown = lower.classList.toggle("mikit-att-matrix-shown");
    showMatrix.textContent = shown ? "Hide matrix" : "Show matrix";
    showMatrix.setAttribute("aria-expanded", String(shown));
  });
  showMatrix.classList.add("mikit-att-show-matrix");
  const lower = h("div", { class: "mikit-att-lower" }, matrix.element, h("div", { class: "mikit-att-right" }, card.element, following.element), showMatrix);
  const row = (...controls: HTMLElement[]): HTMLElement => h("div", { class: "mikit-att-row" }, ...controls);
  const hint = h("p", { class: "mikit-chrome mikit-att-small mikit-att-hint" });
  view.inputs.append(row(prompt.box, prompt.examples), row(prompt.group, toolbar.sort), row(toolbar.top, toolbar.allOn));
  view.stage.append(hint, map.element, reading.element, lower);

  for (const part of [map.element, reading.element, lower]) view.tie(part, "attention");
  view.tie(outcome.element, "mute");

  const parts = [prompt, toolbar, outcome, map, reading, matrix, card, following];
  view.watch([...DRAWN], () => {
    scene = null;
    view.draw();
  });
  view.onDraw(() => {
    const moment = now();
    hint.textContent = moment.held ? `${HINT}.` : `${HINT}; then M switches it off and on.`;
    for (const part of parts) part.draw(moment);
  });
}

export default { render };
