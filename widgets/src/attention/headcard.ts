// The head card: one head by name, its scores beside their controls, what a token looks at, and its switch.

import { h } from "../shared/dom";
import { percent } from "../shared/format";
import { tokenSpan } from "../shared/tokens";
import type { TokenWire } from "../shared/types";
import { headOf, includes, nameOf, toggled } from "./order";
import type { Actions, Now, Part } from "./parts";
import { GLOSS, score } from "./text";
import type { Score } from "./traits";
import { rowOf, strongest } from "./unpack";

const TOP = 5;

export class HeadCard implements Part {
  readonly element = h("div", { class: "mikit-att-card" });
  private readonly name = h("strong", { class: "mikit-att-card-name" });
  private readonly caption = h("span", { class: "mikit-att-small" });
  private readonly knob = h("span", { class: "mikit-att-knob", "aria-hidden": "true" });
  private readonly switchText = h("span");
  readonly switch = h("button", { type: "button", role: "switch", class: "mikit-att-switch" }, this.switchText, this.knob);
  private readonly bars = h("div", { class: "mikit-att-bars" });
  private readonly protocol = h("p", { class: "mikit-att-small mikit-att-protocol" });
  private readonly looks = h("div", { class: "mikit-att-looks" });

  constructor(act: Actions, signal: AbortSignal) {
    this.element.append(
      h("div", { class: "mikit-att-card-head" }, this.name, this.caption, this.switch),
      h("div", { class: "mikit-att-columns" }, h("div", {}, this.bars, this.protocol), this.looks),
    );
    this.switch.addEventListener("click", () => {
      const { scene, head } = act.now();
      act.mute(toggled(scene.muted, headOf(head, scene.perLayer)));
    }, { signal });
  }

  draw(now: Now): void {
    const { scene, head } = now;
    const place = headOf(head, scene.perLayer);
    const off = includes(scene.muted, place);
    this.name.textContent = nameOf(place);
    this.caption.textContent = off ? "is switched off" : `layer ${place[0]}, head ${place[1]}`;
    this.switchText.textContent = `switch off ${nameOf(place)} (ablate)`;
    this.switch.disabled = now.held !== "";
    this.switch.title = now.held;
    this.switch.setAttribute("aria-checked", String(off));
    this.bars.replaceChildren(...scoreBars(scene.scores, head));
    this.protocol.textContent = scene.scores.length ? scene.protocol : "Head scores are being measured.";
    this.protocol.title = scene.protocol;
    this.looks.replaceChildren(...lookList(now));
  }
}

function along(value: number): string {
  return `${100 * Math.min(1, Math.max(0, value))}%`;
}

/** Bars of 12 px from 0 to 1: a grey tick where the control stands, a hairline over the 95 % interval. */
function scoreBars(scores: Score[], head: number): HTMLElement[] {
  return scores.map(({ name, value, control, low, high }) => {
    const [v, c, from, to] = [value, control, low, high].map((of) => of[head] ?? Number.NaN) as [number, number, number, number];
    const track = h("span", { class: "mikit-att-track" });
    if (!Number.isNaN(c)) track.append(h("span", { class: "mikit-att-control", style: `left:${along(c)}` }));
    if (!Number.isNaN(v)) track.prepend(h("span", { class: "mikit-att-bar", style: `width:${along(v)}` }));
    if (from < to) track.append(h("span", { class: "mikit-att-whisker", style: `left:${along(from)};width:${along(to - from)}` }));
    const text = Number.isNaN(from) ? score(v) : `${score(v)} [${score(from)}, ${score(to)}]`;
    const words = `${name} ${text}, control ${score(c)}: ${GLOSS[name] ?? ""}`;
    return h("div", { class: "mikit-att-score", title: words, role: "img", "aria-label": words },
      h("span", {}, name), track, h("span", { class: "mikit-att-figure" }, text));
  });
}

/** The tokens that the reader looks at most, the first position last and in grey: it is in no picture, but in the numbers. */
function lookList({ scene, head, query }: Now): HTMLElement[] {
  const reader = scene.tokens[query];
  if (!reader) return [];
  const row = rowOf(scene.patterns, head, query);
  const first = scene.tokens[0]!;
  const line = (token: TokenWire, key: number, value: number): HTMLElement =>
    h("div", { class: `mikit-att-look${key ? "" : " mikit-att-look-first"}` },
      clipped(token), h("span", { class: "mikit-att-small" }, key ? `${key}` : "first, a sink"), h("span", { class: "mikit-att-figure" }, percent(value)));
  const title = h("div", { class: "mikit-att-look-title" }, clipped(reader), h("span", { class: "mikit-att-small" }, `${query}`), " looks at");
  const looks = strongest(row, TOP).map(({ key, share: weight }) => line(scene.tokens[key]!, key, weight));
  return [title, ...looks, line(first, 0, (row[0] ?? 0) / 255)];
}

function clipped(token: TokenWire): HTMLElement {
  const span = tokenSpan(token);
  span.classList.add("mikit-att-clipped");
  return span;
}
