// The reading line: the prompt as text, coloured by where one token looks in the head drawn.

import { h } from "../shared/dom";
import { tint } from "../shared/tint";
import { tokenSpan } from "../shared/tokens";
import type { TokenWire } from "../shared/types";
import type { Actions, Now, Part } from "./parts";
import { readout } from "./text";
import { rowOf } from "./unpack";

/** Up to this share a tint is so faint that words keep their own colour: the chat template stays grey. */
const FAINT = 0.15;
/** Room that the line always takes, in CSS pixels: most texts fit, and the page stays still while one is typed. */
const TWO_ROWS = 48;
const EMPTY = "Type a text above: its tokens stand here.";

export class Reading implements Part {
  readonly element = h("div", { class: "mikit-att-reading" });
  private readonly readout = h("p", { class: "mikit-att-readout" });
  private readonly line = h("div", {
    class: "mikit-att-line", tabindex: 0, role: "application",
    "aria-label": "The text, token by token. Left and right arrows move, Enter locks a token, Escape unlocks.",
  });
  private spans: HTMLElement[] = [];
  private tokens: TokenWire[] | null = null;
  private width = 0;

  constructor(private readonly act: Actions, signal: AbortSignal) {
    this.element.append(this.readout, this.line);
    const at = (event: Event): number => this.spans.indexOf((event.target as Element).closest<HTMLElement>(".mikit-att-token") as HTMLElement);
    this.line.addEventListener("pointerover", (event) => {
      if (at(event) >= 0) act.peekToken(at(event));
    }, { signal });
    this.line.addEventListener("pointerleave", () => act.peekToken(null), { signal });
    this.line.addEventListener("blur", () => act.peekToken(null), { signal });
    this.line.addEventListener("click", (event) => {
      if (at(event) >= 0) act.lock(at(event));
    }, { signal });
    this.line.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  draw(now: Now): void {
    const { scene, head, query } = now;
    if (scene.tokens !== this.tokens || now.width !== this.width) this.build(scene.tokens, now.width);
    this.readout.textContent = readout(now) || EMPTY;
    const row = query < 0 ? new Uint8Array() : rowOf(scene.patterns, head, query);
    this.spans.forEach((span, key) => this.paint(span, key, row[key], now));
  }

  private build(tokens: TokenWire[], width: number): void {
    this.tokens = tokens;
    this.width = width;
    this.spans = tokens.map((token) => {
      const span = tokenSpan(token);
      span.classList.add("mikit-att-token");
      return span;
    });
    this.line.replaceChildren(...this.spans);
    // A longer text is set smaller before it takes more room, and takes more room before it has to scroll.
    this.line.classList.remove("mikit-att-dense");
    this.line.classList.toggle("mikit-att-dense", this.line.scrollHeight > TWO_ROWS);
  }

  private paint(span: HTMLElement, key: number, byte: number | undefined, { scene, query, theme }: Now): void {
    // The first position is left out of the scale, as everywhere on the picture: it would be the darkest of all.
    const value = key === 0 ? Number.NaN : byte === undefined ? null : byte / 255;
    tint(span, value, { kind: "sequential", limit: 1, theme });
    if (value === null || value < FAINT) plainText(span);
    span.classList.toggle("mikit-att-later", key > query);
    span.classList.toggle("mikit-att-reader", key === query);
    span.classList.toggle("mikit-att-locked", key === scene.locked);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { query, scene } = this.act.now();
    const last = scene.tokens.length - 1;
    if (last < 0) return;
    const steps: Record<string, number> = { ArrowRight: query + 1, ArrowLeft: query - 1, Home: 0, End: last };
    const step = steps[event.key];
    if (step !== undefined) this.moveTo(Math.min(last, Math.max(0, step)));
    else if (event.key === "Enter" || event.key === " ") this.act.lock(query);
    else if (event.key === "Escape") this.act.unlock();
    else return;
    event.preventDefault();
  }

  private moveTo(query: number): void {
    this.act.peekToken(query);
    this.spans[query]?.scrollIntoView({ block: "nearest" });
  }
}

function plainText(span: HTMLElement): void {
  span.classList.remove("mikit-tinted");
  span.style.color = "";
}
