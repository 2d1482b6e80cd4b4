// The tokens with a bar above each: drag a bar, or use the keys, to place the head's attention.
import { h } from "../shared/dom";
import { percent } from "../shared/format";
import { colourMap } from "../shared/scale";
import { tokenLabel, tokenSpan } from "../shared/tokens";
import type { ThemeName } from "../shared/types";
import type { Scene } from "./traits";

export const GUTTER = 40;

const STEP = 0.05;
const LEAP = 0.2;

export interface Hand {
  /** One token's share, 0 to 1. */
  place(at: number, share: number): void;
  /** More or less on one token. */
  nudge(at: number, by: number): void;
  /** Everything on one token. */
  all(at: number): void;
}

interface Column {
  element: HTMLElement;
  track: HTMLElement;
  fill: HTMLElement;
  real: HTMLElement;
  figure: HTMLElement;
  label: HTMLElement;
}

/** Whole per cent; what is there but rounds to nothing is "<1 %". */
export function share(value: number): string {
  return value > 0 && value < 0.005 ? "<1 %" : percent(Math.round(100 * value) / 100);
}

/** Width of a token's column in CSS pixels: all tokens fit, or the board scrolls. */
export function columnWidth(tokens: number, room: number): number {
  return Math.min(44, Math.max(24, Math.floor((room - GUTTER) / Math.max(1, tokens))));
}

export class Board {
  readonly element = h("div", { class: "mikit-bth-board", role: "group" });
  private columns: Column[] = [];
  private shown = "";
  private focused = 0;

  constructor(private readonly hand: Hand, private readonly signal: AbortSignal) {}

  /** `exact`: shares between all and nothing can be asked for, because a kernel answers. */
  draw(scene: Scene, width: number, theme: ThemeName, exact: boolean): void {
    const key = scene.tokens.map((token) => `${token.special ? 1 : 0}${token.text}`).join("\u0000");
    if (key !== this.shown) this.build(scene);
    this.shown = key;
    this.element.style.setProperty("--column", `${width}px`);
    this.element.setAttribute("aria-label", `Attention of ${scene.head} from the last token. Left and right choose a token, `
      + `${exact ? "up and down change its share, " : ""}Enter puts everything there.`);
    const map = colourMap("sequential", theme);
    this.columns.forEach((column, i) => this.paint(column, i, scene, map.at(0.25 + 0.75 * (scene.shares[i] ?? 0)).join(" ")));
  }

  private paint(column: Column, i: number, scene: Scene, rgb: string): void {
    const mine = scene.shares[i] ?? 0;
    const label = tokenLabel(scene.tokens[i]?.text ?? "");
    const own = scene.own[i];
    column.fill.style.height = `${100 * mine}%`;
    column.fill.style.backgroundColor = `rgb(${rgb})`;
    column.figure.textContent = mine >= 0.005 ? `${Math.round(100 * mine)}` : "";
    column.real.hidden = own === undefined;
    column.real.style.bottom = `${100 * (own ?? 0)}%`;
    column.element.tabIndex = i === this.focused ? 0 : -1;
    column.element.setAttribute("aria-valuenow", `${Math.round(100 * mine)}`);
    column.element.setAttribute("aria-valuetext", `${share(mine)}${own === undefined ? "" : `, real head ${share(own)}`}`);
    column.element.setAttribute("aria-label", `position ${i}, ${label}`);
  }

  private build({ tokens }: Scene): void {
    this.focused = Math.min(this.focused, Math.max(0, tokens.length - 1));
    this.columns = tokens.map((token, i) => {
      const fill = h("div", { class: "mikit-bth-fill" });
      const real = h("div", { class: "mikit-bth-real", hidden: true });
      const figure = h("div", { class: "mikit-bth-figure" });
      const track = h("div", { class: "mikit-bth-track" }, fill, real);
      const label = h("div", { class: "mikit-bth-label" }, tokenSpan(token));
      const element = h("div", {
        class: "mikit-bth-column", role: "slider", "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100,
      }, figure, track, label);
      this.listen({ element, track, fill, real, figure, label }, i);
      return { element, track, fill, real, figure, label };
    });
    const axis = h("div", { class: "mikit-bth-axis", "aria-hidden": "true" }, h("span", {}, "100 %"), h("span", {}, "0"));
    this.element.replaceChildren(axis, ...this.columns.map(({ element }) => element));
  }

  private listen({ element, track, label }: Column, i: number): void {
    const { signal } = this;
    const drag = (event: PointerEvent): void => {
      const box = track.getBoundingClientRect();
      this.hand.place(i, snapped(1 - (event.clientY - box.top) / box.height));
    };
    track.addEventListener("pointerdown", (event) => {
      this.focus(i);
      track.setPointerCapture(event.pointerId);
      drag(event);
      event.preventDefault();
    }, { signal });
    track.addEventListener("pointermove", (event) => {
      if (track.hasPointerCapture(event.pointerId)) drag(event);
    }, { signal });
    label.addEventListener("click", () => {
      this.focus(i);
      this.hand.all(i);
    }, { signal });
    element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (this.key(event.key, i)) event.preventDefault();
    }, { signal });
  }

  private key(key: string, i: number): boolean {
    const moves: Record<string, number> = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: LEAP, PageDown: -LEAP };
    if (key in moves) this.hand.nudge(i, moves[key] as number);
    else if (key === "Home") this.hand.place(i, 0);
    else if (key === "End" || key === "Enter" || key === " ") this.hand.all(i);
    else if (key === "ArrowRight") this.focus(Math.min(this.columns.length - 1, i + 1));
    else if (key === "ArrowLeft") this.focus(Math.max(0, i - 1));
    else return false;
    return true;
  }

  private focus(i: number): void {
    this.focused = i;
    this.columns.forEach(({ element }, at) => { element.tabIndex = at === i ? 0 : -1; });
    this.columns[i]?.element.focus({ preventScroll: true });
  }
}

/** A hand near an end means the end. */
function snapped(share: number): number {
  return share > 0.97 ? 1 : share < 0.03 ? 0 : share;
}
