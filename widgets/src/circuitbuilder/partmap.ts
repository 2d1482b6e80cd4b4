// The parts as check-boxes: layers right, heads down, one row for MLPs. Colour is what a part's edges are worth by estimate,
// so it fills 60 % of the cell; a ticked one carries an ink outline and a check mark.
import { h } from "../shared/dom";
import { gridKeys } from "../shared/keyboard";
import { colourMap, inkOn } from "../shared/scale";
import type { ThemeName } from "../shared/types";
import { partName, type Ranking } from "./traits";

const GUTTER = 44;
const WIDEST = 44;
const NARROWEST = 12;
const TALLEST = 28;
/** Cells that stand for parts before the scores are there. */
const TALL = { wide: 200, narrow: 160 } as const;
/** Between the heads and the MLPs. */
const APART = 4;

/** How much of its cell an approximate value fills. */
const ESTIMATED = "60% 60%";

export interface Shape {
  layers: number;
  heads: number;
  pitch: number;
  /** Height of a row. */
  row: number;
  width: number;
  height: number;
}

export function shapeOf([layers, heads]: readonly [number, number], width: number, wide: boolean): Shape {
  const pitch = Math.max(NARROWEST, Math.min(WIDEST, Math.floor((width - GUTTER) / layers)));
  const row = Math.max(NARROWEST, Math.min(TALLEST, Math.floor(TALL[wide ? "wide" : "narrow"] / (heads + 1))));
  return { layers, heads, pitch, row, width: GUTTER + layers * pitch, height: (heads + 1) * row + APART };
}

export interface PartMapActions {
  toggle(part: number): void;
  /** The part under the pointer or the cursor, or -1. */
  point(part: number, byKey: boolean): void;
}

export interface PartMapText {
  ranking: Ranking | null;
  ticked: ReadonlySet<number>;
  theme: ThemeName;
  /** False: a picture to read, not to change. */
  open: boolean;
  /** What a part is worth, in words. */
  words(part: number): string;
}

export class PartMap {
  private readonly cells = h("div", { class: "mikit-cb-cells", role: "group" });
  private readonly axes = h("div", { "aria-hidden": "true" });
  readonly element = h("div", { class: "mikit-cb-map" }, h("div", { class: "mikit-cb-plot" }, this.axes, this.cells));
  private boxes: HTMLElement[] = [];
  private shape: Shape | null = null;
  private cursor = -1;
  private open = true;

  constructor(signal: AbortSignal, act: PartMapActions) {
    const { cells } = this;
    const at = (event: Event): number => this.boxes.indexOf((event.target as Element).closest<HTMLElement>(".mikit-cb-part") as HTMLElement);
    cells.addEventListener("click", (event) => {
      if (at(event) < 0) return;
      this.move(at(event));
      if (this.open) act.toggle(at(event));
    }, { signal });
    cells.addEventListener("pointerover", (event) => act.point(at(event), false), { signal });
    cells.addEventListener("pointerleave", () => act.point(-1, false), { signal });
    cells.addEventListener("focusin", (event) => {
      this.cursor = at(event);
      act.point(this.cursor, true);
    }, { signal });
    cells.addEventListener("focusout", () => act.point(-1, false), { signal });
    gridKeys(cells, signal, {
      size: () => (this.shape ? [this.shape.heads + 1, this.shape.layers] : [0, 0]),
      at: () => (this.cursor < 0 ? null : [this.cursor % (this.shape!.heads + 1), Math.floor(this.cursor / (this.shape!.heads + 1))]),
      move: ([row, column]) => this.move(column * (this.shape!.heads + 1) + row),
      choose: () => {
        if (this.open && this.cursor >= 0) act.toggle(this.cursor);
      },
      leave: () => (document.activeElement as HTMLElement | null)?.blur(),
    });
  }

  private move(part: number): void {
    this.boxes[this.cursor]?.setAttribute("tabindex", "-1");
    this.cursor = part;
    this.boxes[part]?.setAttribute("tabindex", "0");
    this.boxes[part]?.focus();
  }

  draw(grid: readonly [number, number], width: number, wide: boolean, text: PartMapText): void {
    const shape = shapeOf(grid, width, wide);
    if (JSON.stringify(shape) !== JSON.stringify(this.shape)) this.build(shape);
    const { ranking, ticked, theme, open } = text;
    const map = colourMap("sequential", theme);
    this.open = open;
    this.cells.setAttribute("aria-label", `Parts: layers to the right, heads down, MLPs last. Arrow keys move${open ? ", Space puts a part in or takes it out" : ""}.`);
    this.boxes.forEach((box, part) => {
      const [score, chosen] = [ranking?.scores[part] ?? 0, ticked.has(part)];
      const rgb = map.at(ranking ? score / ranking.limit : 0);
      box.style.backgroundImage = `linear-gradient(rgb(${rgb}), rgb(${rgb}))`;
      box.style.color = inkOn(rgb);
      box.textContent = chosen ? "✓" : "";
      box.setAttribute("aria-checked", String(chosen));
      box.setAttribute("aria-disabled", String(!open));
      box.setAttribute("aria-label", text.words(part));
    });
  }

  private build(shape: Shape): void {
    this.shape = shape;
    const { layers, heads, pitch, row, width, height } = shape;
    const top = (at: number): number => at * row + (at === heads ? APART : 0);
    const middle = (layer: number): number => GUTTER + layer * pitch + (pitch - 2) / 2;
    this.boxes = Array.from({ length: layers * (heads + 1) }, (_, part) => {
      const box = h("div", { class: "mikit-cb-part", role: "checkbox", tabindex: -1, "aria-checked": "false", "aria-label": partName(part, heads) });
      Object.assign(box.style, { left: `${GUTTER + Math.floor(part / (heads + 1)) * pitch}px`, top: `${top(part % (heads + 1))}px`, width: `${pitch - 2}px`, height: `${row - 2}px`, lineHeight: `${row - 2}px`, backgroundSize: ESTIMATED });
      return box;
    });
    this.cursor = Math.max(0, Math.min(this.cursor, this.boxes.length - 1));
    this.boxes[this.cursor]?.setAttribute("tabindex", "0");
    const plot = this.cells.parentElement!;
    Object.assign(plot.style, { width: `${width}px`, height: `${height + 16}px` });
    const every = layers > 12 ? 5 : 1;
    const across = Array.from({ length: Math.ceil(layers / every) }, (_, i) => i * every);
    this.axes.replaceChildren(
      ...across.map((layer) => label(`${layer}`, middle(layer), height, "layer")),
      ...Array.from({ length: heads }, (_, head) => label(`${head}`, GUTTER - 6, top(head) + row / 2 - 1, "head")),
      label("MLP", GUTTER - 6, top(heads) + row / 2 - 1, "head"),
      label("layer →", Math.min(width - 24, middle(every > 1 ? every * (across.length - 1) + every / 2 : layers - 1) + (every > 1 ? 0 : 40)), height, "layer"),
      label("head ↓", 0, height, ""),
    );
    this.cells.replaceChildren(...this.boxes);
  }
}

function label(text: string, x: number, y: number, kind: string): HTMLElement {
  const element = h("span", { class: `mikit-cb-label${kind ? ` mikit-cb-of-${kind}` : ""}` }, text);
  Object.assign(element.style, { left: `${x}px`, top: `${y}px` });
  return element;
}
