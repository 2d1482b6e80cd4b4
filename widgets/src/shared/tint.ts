// A token with its value as the colour behind it.
import { colourMap, inkOn, place } from "./scale";
import { tokenSpan } from "./tokens";
import type { ScaleKind, ThemeName, TokenWire } from "./types";

/** Behind running text the diverging scale stops here, so that the words stay the figure's darkest part. */
const DIVERGING_REACH = 0.6;

export interface Tint {
  kind: ScaleKind;
  limit: number;
  theme: ThemeName;
}

/** How much of a scale a tint uses. */
export function reachOf(kind: ScaleKind): number {
  return kind === "diverging" ? DIVERGING_REACH : 1;
}

/** Colours an element by a value: NaN is hatched (left out), a clipped one carries + or −. Null leaves it plain. */
export function tint(element: HTMLElement, value: number | null, { kind, limit, theme }: Tint): void {
  const { t, mark } = value === null ? { t: 0, mark: "" } : place(value, limit, kind);
  element.classList.toggle("mikit-tint-out", mark === "×");
  element.toggleAttribute("data-mark", mark === "+" || mark === "−");
  if (element.hasAttribute("data-mark")) element.setAttribute("data-mark", mark);
  const plain = value === null || mark === "×" || t === 0;
  element.classList.toggle("mikit-tinted", !plain);
  const rgb = colourMap(kind, theme).at(t * reachOf(kind));
  element.style.backgroundColor = plain ? "" : `rgb(${rgb.join(" ")})`;
  element.style.color = plain ? "" : inkOn(rgb);
}

export function tinted(token: TokenWire, value: number | null, how: Tint): HTMLElement {
  const span = tokenSpan(token);
  tint(span, value, how);
  return span;
}
