// A text as its tokens, with a cursor: the pointer or the arrow keys stand on one, a click or Enter chooses it.
import { h } from "./dom";
import { gridKeys } from "./keyboard";

export interface FlowActions {
  /** Which token the pointer or the cursor is on; -1: none. `byKey`: a screen reader should hear of it. */
  point(i: number, byKey: boolean): void;
  choose?(i: number): void;
}

export class Flow {
  readonly element = h("div", { class: "mikit-flow", tabindex: 0, role: "group" });
  private spans: readonly HTMLElement[] = [];
  private under = -1;
  private cursor = -1;

  constructor(signal: AbortSignal, private readonly act: FlowActions) {
    const at = (event: Event): number => this.spans.indexOf((event.target as Element).closest<HTMLElement>(".mikit-token") as HTMLElement);
    const hover = (i: number): void => {
      if (i === this.under) return;
      this.under = i;
      this.mark();
      act.point(this.active, false);
    };
    this.element.addEventListener("pointerover", (event) => hover(at(event)), { signal });
    this.element.addEventListener("pointerleave", () => hover(-1), { signal });
    this.element.addEventListener("click", (event) => {
      if (at(event) >= 0) act.choose?.(at(event));
    }, { signal });
    gridKeys(this.element, signal, {
      size: () => [1, this.spans.length],
      at: () => (this.cursor >= 0 ? [0, this.cursor] : null),
      move: ([, i]) => {
        this.cursor = i;
        this.under = -1;
        this.spans[i]?.scrollIntoView?.({ block: "nearest" });
        this.mark();
        act.point(i, true);
      },
      choose: ([, i]) => act.choose?.(i),
      leave: () => this.forget(),
    });
  }

  /** The token under the pointer; -1: none. */
  get hovered(): number {
    return this.under;
  }

  /** The token under the pointer, else that under the cursor. */
  get active(): number {
    return this.under >= 0 ? this.under : this.cursor;
  }

  /** Takes the cursor off the text. */
  forget(): void {
    this.cursor = this.under = -1;
    this.mark();
    this.act.point(-1, false);
  }

  show(spans: readonly HTMLElement[], label: string, nothing: string): void {
    this.spans = spans;
    this.cursor = Math.min(this.cursor, spans.length - 1);
    this.under = Math.min(this.under, spans.length - 1);
    this.element.replaceChildren(...(spans.length ? spans : [h("span", { class: "mikit-muted" }, nothing)]));
    this.element.setAttribute("aria-label", label);
    this.mark();
  }

  private mark(): void {
    this.spans.forEach((span, i) => span.classList.toggle("mikit-token-active", i === this.active));
  }
}
