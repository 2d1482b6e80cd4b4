// The phase diagram: what becomes of a second feature in one dimension, by its importance and its sparsity.
import { drawCells, sizeCanvas } from "../shared/canvas";
import { h } from "../shared/dom";
import { fixed, percent } from "../shared/format";
import { gridKeys, type Cell } from "../shared/keyboard";
import { colourMap } from "../shared/scale";
import type { ThemeName } from "../shared/types";

const WIDE = 24;
const NARROW = 20;

export interface Diagram {
  values: Float32Array;
  importance: number[];
  present: number[];
}

export interface PhasePanel {
  map: HTMLElement;
  words: HTMLElement;
  draw(diagram: Diagram, theme: ThemeName, wide: boolean): void;
  leave(): void;
}

/** What a share of the one dimension means. */
export function meaning(share: number): string {
  return share < 0.25 ? "left out" : share < 0.75 ? "shares the dimension with feature 0" : "has the dimension alone";
}

const times = (importance: number): string => `${Number(importance.toPrecision(2))} ×`;

function line(text: string, share: number, theme: ThemeName): HTMLElement {
  const swatch = h("span", { class: "mikit-sp-swatch" });
  swatch.style.backgroundColor = colourMap("sequential", theme).css(share);
  return h("li", {}, swatch, text);
}

export function phasePanel(signal: AbortSignal, say: (text: string) => void): PhasePanel {
  let side = WIDE;
  let [diagram, theme, at]: [Diagram, ThemeName, Cell | null] = [{ values: new Float32Array(), importance: [], present: [] }, "light", null];
  const canvas = h("canvas", { tabindex: 0, role: "application" });
  const mark = h("div", { class: "mikit-sp-mark", hidden: true });
  const [high, low, left, right] = [h("span", {}), h("span", {}), h("span", {}), h("span", {})];
  const along = h("div", { class: "mikit-sp-along" }, left, right);
  const map = h("div", { class: "mikit-sp-phase" },
    h("div", { class: "mikit-sp-title" }, "Two features, one dimension"),
    h("div", { class: "mikit-sp-field" }, h("div", { class: "mikit-sp-up" }, high, low), h("div", { class: "mikit-sp-board" }, canvas, mark)),
    along,
    h("div", { class: "mikit-sp-axes" }, "↑ importance, feature 0 = 1 · rarer →"));
  const scale = h("ul", { class: "mikit-sp-scale" });
  const read = h("p", { class: "mikit-sp-read" });
  const words = h("div", { class: "mikit-sp-words" }, h("div", { class: "mikit-sp-title" }, "What becomes of feature 1"), scale, read);

  function show(): void {
    const columns = diagram.present.length;
    const value = at === null ? undefined : diagram.values[at[0] * columns + at[1]];
    mark.hidden = at === null;
    if (at) {
      mark.style.width = mark.style.height = `${side}px`;
      mark.style.left = `${side * at[1]}px`;
      mark.style.top = `${side * (diagram.importance.length - 1 - at[0])}px`;
    }
    const text = at === null || value === undefined ? "" : `Importance ${times(diagram.importance[at[0]]!)}, in ${percent(diagram.present[at[1]]!)} of inputs: ${fixed(value)} dimensions, ${meaning(value)}.`;
    read.textContent = text || "Point at a cell, or use the arrow keys.";
    read.classList.toggle("mikit-muted", !text);
    if (text) say(text);
  }

  function move(to: Cell | null): void {
    at = to;
    show();
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!diagram.values.length) return;
    const box = canvas.getBoundingClientRect();
    const [row, column] = [Math.floor((event.clientY - box.top) / side), Math.floor((event.clientX - box.left) / side)];
    const [rows, columns] = [diagram.importance.length, diagram.present.length];
    if (row >= 0 && row < rows && column >= 0 && column < columns) move([rows - 1 - row, column]);
  }, { signal });
  canvas.addEventListener("pointerleave", () => move(null), { signal });
  gridKeys(canvas, signal, {
    size: () => (diagram.values.length ? [diagram.importance.length, diagram.present.length] : [0, 0]),
    up: () => true, at: () => at, move, choose: move, leave: () => move(null),
  });

  return {
    map, words,
    leave: () => move(null),
    draw(next, now, wide) {
      [diagram, theme, side] = [next, now, wide ? WIDE : NARROW];
      const { importance, present, values } = diagram;
      const [rows, columns] = [importance.length, present.length];
      const context = sizeCanvas(canvas, side * columns, side * rows);
      if (context && values.length) {
        drawCells(context, { values, rows, columns, limit: 1, map: colourMap("sequential", theme), exact: null, up: true, ink: "#000000" }, { x: 0, y: 0, width: side * columns, height: side * rows });
      }
      canvas.setAttribute("aria-label", values.length ? "Dimensions that feature 1 has, by its importance, upwards, and how rarely both features occur, to the right. Arrow keys read the cells." : "Phase diagram: not trained yet");
      [high.textContent, low.textContent] = [times(importance.at(-1) ?? 1), times(importance[0] ?? 1)];
      [left.textContent, right.textContent] = [`in ${percent(present[0] ?? 1)}`, `in ${percent(present.at(-1) ?? 1)}`];
      along.style.width = `${side * columns}px`;
      scale.replaceChildren(line("1: has the dimension alone", 1, theme), line("1/2: shares it with feature 0", 0.5, theme), line("0: left out", 0, theme));
      show();
    },
  };
}
