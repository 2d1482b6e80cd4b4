// The matrix of one head: readers as rows, what they look at as columns, the first position hatched.

import { drawPixels, hatch, sizeCanvas } from "../shared/canvas";
import { h } from "../shared/dom";
import { themeColour } from "../shared/theme";
import { middle, tokenLabel } from "../shared/tokens";
import type { TokenWire } from "../shared/types";
import type { Actions, Now, Part } from "./parts";
import { rowStart, triangleOf } from "./unpack";

/** Least distance between two labels of 11 px. */
const LINE = 11;
const MOST_LABELLED = 40;
/** Letters of 11 px mono in the gutter, and the room that one takes. */
const MOST_LETTERS = 11;
const LETTER = 7;
/** A column label shorter than this above its diagonal says nothing. */
const ROOM = 40;

export interface Size {
  width: number;
  height: number;
}

export class Matrix implements Part {
  readonly element = h("div", { class: "mikit-att-matrix" });
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly labels = h("div", { class: "mikit-att-matrix-labels", "aria-hidden": "true" });
  private readonly legend = h("span", { class: "mikit-att-legend-scale" });
  private readonly cross = h("div", { class: "mikit-att-cross", hidden: true });
  private readonly field = h("div", {
    class: "mikit-att-square", tabindex: 0, role: "application",
    "aria-label": "Attention of the head in focus. Arrow keys move over readers and what they look at, Enter locks a reader.",
  }, this.canvas, this.labels, this.cross);
  private cell: Size = { width: 0, height: 0 };
  private drawn: readonly unknown[] = [];

  constructor(private readonly act: Actions, private readonly size: () => Size, signal: AbortSignal) {
    this.element.append(
      h("span", { class: "mikit-att-axis" }, "looks at →"),
      h("span", { class: "mikit-att-axis mikit-att-axis-down" }, "reader ↓"),
      this.field,
      h("span", { class: "mikit-att-legend" }, "0", this.legend, "100 %"),
    );
    const at = (event: MouseEvent): [number, number] => {
      const edge = this.canvas.getBoundingClientRect();
      return [Math.floor((event.clientY - edge.top) / this.cell.height), Math.floor((event.clientX - edge.left) / this.cell.width)];
    };
    this.field.addEventListener("pointermove", (event) => this.point(...at(event)), { signal });
    this.field.addEventListener("pointerleave", () => act.peekToken(null), { signal });
    this.field.addEventListener("blur", () => act.peekToken(null), { signal });
    this.field.addEventListener("click", (event) => {
      const [row] = at(event);
      if (row >= 0 && row < act.now().scene.tokens.length) act.lock(row);
    }, { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  draw({ scene, head, query, key, colours }: Now): void {
    const { width, height } = this.size();
    const count = Math.max(1, scene.tokens.length);
    this.cell = { width: width / count, height: height / count };
    const base = [scene.patterns, head, colours, width, height, globalThis.devicePixelRatio];
    if (base.some((value, i) => value !== this.drawn[i])) {
      this.drawn = base;
      this.legend.style.background = `linear-gradient(to right, ${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => colours.css(i / 7)).join()})`;
      drawTriangle(this.canvas, triangleOf(scene.patterns, head), scene.tokens.length, { width, height }, colours.pixels());
    }
    this.labels.replaceChildren(...tokenLabels(scene.tokens, this.cell, [query, key, scene.locked]));
    this.cross.hidden = query < 0;
    const { width: across, height: down } = this.cell;
    Object.assign(this.cross.style, { top: `${query * down}px`, height: `${Math.max(2, down)}px`, width: `${(query + 1) * across}px` });
  }

  private point(row: number, column: number): void {
    const inside = row >= 0 && row < this.act.now().scene.tokens.length && column >= 0;
    if (inside) this.act.peekToken(row, Math.min(column, row));
    else this.act.peekToken(null);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { query, key, scene } = this.act.now();
    const steps: Record<string, [number, number]> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    const step = steps[event.key];
    if (step && query >= 0) {
      const row = Math.min(scene.tokens.length - 1, Math.max(0, query + step[0]));
      this.act.peekToken(row, Math.min(row, Math.max(0, (key < 0 ? row : key) + step[1])));
    } else if (event.key === "Enter" || event.key === " ") this.act.lock(query);
    else if (event.key === "Escape") this.act.unlock();
    else return;
    event.preventDefault();
  }
}

function drawTriangle(canvas: HTMLCanvasElement, triangle: Uint8Array, tokens: number, size: Size, colours: Uint32Array): void {
  const context = sizeCanvas(canvas, size.width, size.height);
  if (!context || tokens === 0) return;
  const pixels = new Uint32Array(tokens * tokens);
  for (let query = 1; query < tokens; query++) {
    for (let key = 1; key <= query; key++) pixels[query * tokens + key] = colours[triangle[rowStart(query) + key]!]!;
  }
  drawPixels(context, pixels, tokens, { x: 0, y: 0, ...size });
  hatch(context, themeColour(canvas, "--mk-hatch"), { x: 0, y: 0, width: Math.max(3, size.width / tokens), height: size.height });
}

/** Which tokens carry a label: all that fit up to 40 tokens, every 8th above, and always the `wanted` ones. */
export function labelled(tokens: number, cell: number, wanted: readonly number[]): number[] {
  const fits = Math.max(1, Math.ceil(LINE / cell));
  const every = tokens > MOST_LABELLED ? Math.max(8, fits) : fits;
  const sure = [...new Set(wanted)].filter((i) => i >= 0 && i < tokens);
  const free = Array.from({ length: tokens }, (_, i) => i)
    .filter((i) => i % every === 0 && sure.every((j) => Math.abs(i - j) * cell >= LINE));
  return [...sure, ...free].sort((a, b) => a - b);
}

/** Reader labels in the gutter; above the diagonal, where nothing is drawn, the labels of the columns that end there. */
function tokenLabels(tokens: TokenWire[], cell: Size, [query = -1, key = -1, locked = -1]: number[]): HTMLElement[] {
  const rows = labelled(tokens.length, cell.height, [query, locked]).map((i) => {
    const label = tokenLabelAt(tokens[i]!, MOST_LETTERS, "mikit-att-row-label", i === query || i === locked);
    label.style.top = `${(i + 0.5) * cell.height}px`;
    return label;
  });
  const columns = labelled(tokens.length, cell.width, [key]).filter((i) => i * cell.height >= ROOM).map((i) => {
    const room = i * cell.height;
    const label = tokenLabelAt(tokens[i]!, Math.min(MOST_LETTERS, Math.floor(room / LETTER)), "mikit-att-column-label", i === key);
    Object.assign(label.style, { left: `${(i + 0.5) * cell.width}px`, top: `${room - 2}px` });
    return label;
  });
  return [...rows, ...columns];
}

function tokenLabelAt(token: TokenWire, letters: number, kind: string, strong: boolean): HTMLElement {
  return h("span", { class: `mikit-att-label ${kind}${strong ? " mikit-att-strong" : ""}` }, middle(tokenLabel(token.text), letters));
}
