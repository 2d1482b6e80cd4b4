// One prompt through the lens: layers up, tokens to the right.
import { drawColumnLabels, drawRowLabels } from "../heatmap/axes";
import { cellAt, cellBox, type Layout } from "../heatmap/layout";
import { drawCells, sizeCanvas } from "../shared/canvas";
import { h, svg } from "../shared/dom";
import { gridKeys, type Cell } from "../shared/keyboard";
import { colourMap } from "../shared/scale";
import { tokenLabel } from "../shared/tokens";
import type { ThemeName } from "../shared/types";
import type { Reading } from "./traits";

export interface Hooks {
  /** The place under the pointer or the cursor; null when it leaves. */
  point(cell: Cell | null): void;
  choose(layer: number): void;
}

export interface Look {
  layout: Layout;
  layers: number;
  limit: number;
  theme: ThemeName;
  ink: string;
}

export class LensMap {
  private readonly title = h("div", { class: "mikit-lens-title" });
  private readonly canvas = h("canvas", { role: "img" });
  private readonly row = h("div", { class: "mikit-lens-row" });
  private readonly marker = h("div", { class: "mikit-lens-marker", hidden: true });
  private readonly gutter = svg("svg", { class: "mikit-lens-gutter", "aria-hidden": "true" });
  private readonly foot = svg("svg", { "aria-hidden": "true" });
  private readonly nothing = h("div", { class: "mikit-lens-nothing" }, "No numbers yet.");
  private readonly plot = h("div", { class: "mikit-lens-plot" }, this.canvas, this.row, this.marker, this.nothing);
  private readonly scroller = h("div", { class: "mikit-lens-scroller", tabindex: 0, role: "group" },
    h("div", { class: "mikit-lens-grid" }, this.gutter, h("div", {}, this.plot, this.foot)));
  readonly element = h("div", { class: "mikit-lens-map" }, this.title, this.scroller);
  private cursor: Cell | null = null;
  private hovered: Cell | null = null;
  private look: Look | null = null;
  private reading: Reading | null = null;

  constructor(signal: AbortSignal, private readonly hooks: Hooks) {
    this.plot.addEventListener("pointermove", (event) => {
      const box = this.plot.getBoundingClientRect();
      this.hover(this.cellAt(event.clientX - box.left, event.clientY - box.top));
    }, { signal });
    this.plot.addEventListener("pointerleave", () => this.hover(null), { signal });
    this.plot.addEventListener("click", () => {
      if (this.hovered) hooks.choose(this.hovered[0]);
    }, { signal });
    gridKeys(this.scroller, signal, {
      size: () => [this.look?.layers ?? 0, this.reading?.tokens.length ?? 0],
      up: () => true,
      at: () => this.cursor,
      move: (cell) => {
        this.cursor = cell;
        hooks.point(cell);
      },
      choose: ([layer]) => hooks.choose(layer),
      leave: () => {
        this.cursor = null;
        hooks.point(null);
      },
    });
  }

  draw(reading: Reading, look: Look): void {
    [this.reading, this.look] = [reading, look];
    const { layout, layers } = look;
    const count = reading.tokens.length;
    if (this.cursor && this.cursor[1] >= count) this.cursor = null;
    this.title.replaceChildren(h("b", {}, reading.name), " layer ↑, token →");
    this.plot.style.width = `${layout.width}px`;
    this.plot.style.height = `${layout.height}px`;
    this.nothing.hidden = count > 0;
    this.canvas.setAttribute("aria-label", `${reading.name}: logit lens, ${layers} layers by ${count} tokens`);
    this.scroller.setAttribute("aria-label", `Lens map of the ${reading.name}. Arrow keys move, Enter lists that layer's likeliest tokens, Escape leaves.`);
    const context = sizeCanvas(this.canvas, layout.width, layout.height);
    if (!context || !count) return;
    drawCells(context, {
      values: reading.values, rows: layers, columns: count, limit: look.limit, exact: null, up: true,
      map: colourMap("diverging", look.theme), ink: look.ink,
    }, { x: 0, y: 0, width: layout.width, height: layout.height });
  }

  /** What follows the pointer: the chosen layer's row, the cell under the pointer in either map, the labels. */
  mark(layer: number, cell: Cell | null): void {
    if (!this.look || !this.reading) return;
    const { layout, layers } = this.look;
    const count = this.reading.tokens.length;
    const shown = cell && cell[1] < count ? cell : null;
    const line = cellBox(layout, layers, layer, 0, true);
    this.row.style.cssText = `left:0;top:${line.y}px;width:${layout.width}px;height:${line.height}px`;
    this.row.hidden = count === 0;
    this.marker.hidden = shown === null;
    if (shown) {
      const box = cellBox(layout, layers, shown[0], shown[1], true);
      this.marker.style.cssText = `left:${box.x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px`;
    }
    const words = {
      rows: Array.from({ length: layers }, (_, i) => `${i}`), columns: this.reading.tokens.map(tokenLabel), up: true, tokens: true,
    };
    drawRowLabels(this.gutter, layout, { ...words, active: shown ?? [layer, 0] });
    drawColumnLabels(this.foot, layout, { ...words, active: shown });
  }

  private hover(cell: Cell | null): void {
    this.hovered = cell;
    this.hooks.point(cell ?? this.cursor);
  }

  private cellAt(x: number, y: number): Cell | null {
    return this.look && this.reading ? cellAt(this.look.layout, this.look.layers, this.reading.tokens.length, x, y, true) : null;
  }
}
