// How a circuit is chosen: part by part, or as so many of the strongest edges.
import { h, textButton } from "../shared/dom";
import type { Curve, Mode, Ranking } from "./traits";
import { count as inDigits } from "./words";

const STEPS = 1000;
const STRONGEST = [5, 10, 20];

/** The slider's place for a number of edges, 0 to STEPS, and back: each step the same factor. */
export const placeOf = (count: number, edges: number): number => Math.round((STEPS * Math.log(count)) / Math.log(Math.max(2, edges)));
export const countAt = (place: number, edges: number): number => Math.round(Math.max(2, edges) ** (place / STEPS));

export interface ToolsActions {
  mode(mode: Mode): void;
  parts(parts: readonly number[]): void;
  count(count: number): void;
}

export class Tools {
  private readonly modes: [Mode, HTMLButtonElement][];
  private readonly best: HTMLButtonElement[];
  private readonly slider = h("input", { type: "range", class: "mikit-cb-slider", min: 0, max: STEPS, step: 1, "aria-label": "How many of the strongest edges" });
  private readonly here = h("span", { class: "mikit-cb-here" });
  private readonly choice: HTMLElement;
  private readonly strongest: HTMLElement;
  readonly controls: HTMLButtonElement[];
  readonly element: HTMLElement;
  private edges = 1;
  /** Without a kernel: the sizes that were measured. */
  private only: number[] | null = null;

  constructor(signal: AbortSignal, act: ToolsActions, ranking: () => Ranking | null, partsOf: () => number) {
    this.modes = ([["parts", "Parts"], ["edges", "Strongest edges"]] as const).map(([mode, label]) => [mode, textButton(label, signal, () => act.mode(mode))]);
    const all = (): number[] => Array.from({ length: partsOf() }, (_, part) => part);
    const best = STRONGEST.map((n) => {
      const button = textButton(`${n}`, signal, () => act.parts(ranking()?.order.slice(0, n) ?? []));
      button.setAttribute("aria-label", `Tick the strongest ${n} parts`);
      return button;
    });
    this.best = best;
    const [none, every] = [textButton("none", signal, () => act.parts([])), textButton("all", signal, () => act.parts(all()))];
    this.choice = h("span", { class: "mikit-cb-choice" }, "strongest", ...best, none, every);
    this.strongest = h("span", { class: "mikit-cb-choice mikit-cb-strongest" }, this.slider, this.here);
    this.controls = [none, every];
    this.element = h("div", { class: "mikit-cb-tools mikit-chrome" }, ...this.modes.map(([, button]) => button), h("span", { class: "mikit-gap" }), this.choice, this.strongest);
    this.slider.addEventListener("input", () => {
      let count = countAt(this.slider.valueAsNumber, this.edges);
      if (this.only) count = this.only.reduce((best, size) => (Math.abs(Math.log(size / count)) < Math.abs(Math.log(best / count)) ? size : best));
      this.write(count);
      act.count(count);
    }, { signal });
    this.slider.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      act.count(this.next(by));
    }, { signal });
  }

  private value = 1;

  /** By keys: a tenth more or less, at least one edge; without a kernel the next measured size. */
  private next(by: number): number {
    if (this.only) return this.only[Math.max(0, Math.min(this.only.length - 1, this.only.indexOf(this.value) + by))]!;
    const factor = by > 0 ? 1.1 : 1 / 1.1;
    const moved = by > 0 ? Math.max(this.value + 1, Math.round(this.value * factor)) : Math.min(this.value - 1, Math.round(this.value * factor));
    return Math.max(1, Math.min(this.edges, moved));
  }

  private write(count: number): void {
    this.value = count;
    this.slider.value = `${placeOf(count, this.edges)}`;
    this.here.textContent = `${inDigits(count)} of ${inDigits(this.edges)} edges`;
    this.slider.setAttribute("aria-valuetext", this.here.textContent);
  }

  draw(mode: Mode, count: number, ranking: Ranking | null, curve: Curve | null, live: boolean): void {
    for (const [name, button] of this.modes) button.setAttribute("aria-pressed", String(name === mode));
    this.choice.hidden = mode !== "parts";
    this.strongest.hidden = mode !== "edges";
    for (const button of this.best) button.disabled = !ranking || !live;
    this.edges = ranking?.edges ?? Math.max(2, count);
    this.only = live ? null : [...new Set(curve?.sizes ?? [])]; // few edges: some sizes fall together
    this.slider.disabled = !ranking || this.only?.length === 0;
    this.write(count);
  }
}
