// The five largest cells as a list: the quickest way from a picture to its numbers.
import { h } from "../shared/dom";
import type { Cell } from "../shared/keyboard";

/** Cells by size of their value, largest first; NaN never counts. */
export function largestCells(values: Float32Array, columns: number, count: number): Cell[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (Number.isNaN(size)) continue;
    let place = best.length;
    while (place > 0 && size > Math.abs(values[best[place - 1] as number] as number)) place--;
    if (place < count) best.splice(place, 0, i);
    if (best.length > count) best.pop();
  }
  return best.map((i) => [Math.floor(i / columns), i % columns]);
}

export interface Line {
  cell: Cell;
  name: string;
  figure: string;
  /** Length of the bar, 0 to 1. */
  share: number;
  colour: string;
}

export interface LargestList {
  element: HTMLElement;
  show(lines: Line[]): void;
}

interface ListEvents {
  enter(cell: Cell | null): void;
  choose(cell: Cell): void;
}

/** The list has `count` lines from the start: filling them in moves nothing and keeps the keyboard's place. */
export function largestList(count: number, signal: AbortSignal, on: ListEvents): LargestList {
  let lines: Line[] = [];
  const buttons = Array.from({ length: count }, (_, i) => {
    const button = h("button", { type: "button", class: "mikit-largest-line" },
      h("span", { class: "mikit-largest-name" }),
      h("span", { class: "mikit-largest-track" }, h("span", { class: "mikit-largest-bar" })),
      h("span", { class: "mikit-largest-figure" }));
    const cell = (): Cell | null => lines[i]?.cell ?? null;
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => on.enter(cell()), { signal });
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => on.enter(null), { signal });
    button.addEventListener("click", () => {
      const chosen = cell();
      if (chosen) on.choose(chosen);
    }, { signal });
    return button;
  });
  const title = h("div", { class: "mikit-largest-title" });
  const element = h("div", { class: "mikit-largest" }, title, ...buttons);

  const show = (now: Line[]): void => {
    lines = now;
    title.textContent = lines.length ? "Largest" : "";
    buttons.forEach((button, i) => {
      const line = lines[i];
      const [name, track, figure] = [...button.children] as [HTMLElement, HTMLElement, HTMLElement];
      const bar = track.firstElementChild as HTMLElement;
      button.disabled = !line;
      name.textContent = name.title = line?.name ?? "";
      figure.textContent = line?.figure ?? "";
      bar.style.width = `${100 * Math.min(1, line?.share ?? 0)}%`;
      bar.style.background = line?.colour ?? "";
    });
  };
  return { element, show };
}
