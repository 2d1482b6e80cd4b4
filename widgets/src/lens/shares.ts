// Direct attribution: attention and MLP of each layer as bars, and the heads below them on the same axis of layers.
import { printed, labelStep } from "../heatmap/layout";
import { drawCells, sizeCanvas } from "../shared/canvas";
import { h, svg } from "../shared/dom";
import { signed } from "../shared/format";
import { gridKeys, type Cell } from "../shared/keyboard";
import { colourMap } from "../shared/scale";
import { GUTTER } from "./layout";
import type { ThemeName } from "../shared/types";
import type { Scene, Shares } from "./traits";

const BARS = 40;
const HEAD = 8;
const FOOT = 16;
const KINDS = ["attention", "mlp"] as const;
const NAMES = { attention: "attention", mlp: "MLP" } as const;

export interface Hooks {
  /** A layer under the pointer, or null. */
  point(layer: number | null): void;
  choose(layer: number): void;
  say(text: string): void;
}

/** Both ends of the bars' common axis, with zero in it. */
export function barAxis(shares: readonly Shares[]): [low: number, high: number] {
  const all = shares.flatMap(({ attention, mlp }) => [...attention, ...mlp]).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  return low === high ? [0, 1] : [low, high];
}

/** [layer, head] turned to [head, layer], as the map is drawn. */
export function turned(values: Float32Array, layers: number, heads: number): Float32Array {
  return Float32Array.from({ length: layers * heads }, (_, i) => values[(i % layers) * heads + Math.floor(i / layers)] ?? Number.NaN);
}

/** The end of the head map's scale. */
export function headLimit(shares: readonly Shares[]): number {
  return Math.max(...shares.flatMap(({ heads }) => [...heads].map(Math.abs)).filter(Number.isFinite), 0) || 1;
}

/** One head beside its control: "L23H3 +2.10, control −2.00". */
export function headInWords(scene: Scene, [head, layer]: Cell): string {
  const [effect, control] = (scene.shares ?? []).map(({ heads }) => signed(heads[layer * scene.heads + head] ?? Number.NaN));
  return `L${layer}H${head} ${effect}, control ${control}`;
}

export class SharesPanel {
  private readonly bars = KINDS.map((kind) => {
    const label = h("div", { class: "mikit-lens-title" });
    const chart = svg("svg", { class: "mikit-lens-bars", role: "img" });
    return { kind, label, chart, element: h("div", {}, label, chart) };
  });
  private readonly headTitle = h("div", { class: "mikit-lens-title" });
  private readonly canvas = h("canvas", { role: "img" });
  private readonly marker = h("div", { class: "mikit-lens-marker", hidden: true });
  private readonly gutter = svg("svg", { class: "mikit-lens-gutter", "aria-hidden": "true" });
  private readonly foot = svg("svg", { "aria-hidden": "true" });
  private readonly plot = h("div", { class: "mikit-lens-plot" }, this.canvas, this.marker);
  private readonly map = h("div", { class: "mikit-lens-scroller", tabindex: 0, role: "group",
    "aria-label": "Map of the heads: layers to the right, heads down. Arrow keys move, Enter chooses the layer, Escape leaves." },
  h("div", { class: "mikit-lens-grid" }, this.gutter, h("div", {}, this.plot, this.foot)));
  readonly element = h("div", { class: "mikit-lens-shares" }, ...this.bars.map(({ element }) => element), this.headTitle, this.map);
  private cursor: Cell | null = null;
  private hovered: Cell | null = null;
  private scene: Scene | null = null;
  private pitch = 1;
  private layer = 0;

  constructor(signal: AbortSignal, private readonly hooks: Hooks) {
    for (const { chart } of this.bars) {
      chart.addEventListener("pointermove", (event) => hooks.point(this.layerAt(event.clientX - chart.getBoundingClientRect().left - GUTTER)), { signal });
      chart.addEventListener("pointerleave", () => hooks.point(null), { signal });
      chart.addEventListener("click", (event) => {
        const layer = this.layerAt(event.clientX - chart.getBoundingClientRect().left - GUTTER);
        if (layer !== null) hooks.choose(layer);
      }, { signal });
    }
    this.plot.addEventListener("pointermove", (event) => {
      const box = this.plot.getBoundingClientRect();
      const [layer, head] = [this.layerAt(event.clientX - box.left), Math.floor((event.clientY - box.top) / HEAD)];
      this.hover(layer === null || head < 0 || head >= (this.scene?.heads ?? 0) ? null : [head, layer]);
    }, { signal });
    this.plot.addEventListener("pointerleave", () => this.hover(null), { signal });
    this.plot.addEventListener("click", () => {
      if (this.hovered) hooks.choose(this.hovered[1]);
    }, { signal });
    gridKeys(this.map, signal, {
      size: () => (this.scene?.shares ? [this.scene.heads, this.scene.layers] : [0, 0]),
      at: () => this.cursor,
      move: (cell) => {
        this.cursor = cell;
        this.point();
        if (this.scene) hooks.say(headInWords(this.scene, cell));
      },
      choose: ([, layer]) => hooks.choose(layer),
      leave: () => {
        this.cursor = null;
        this.point();
      },
    });
  }

  draw(scene: Scene, width: number, theme: ThemeName, ink: string): void {
    this.scene = scene;
    const { layers, heads, shares } = scene;
    this.pitch = Math.max(3, Math.min(24, Math.floor((width - GUTTER) / layers)));
    const across = this.pitch * layers;
    const axis = barAxis(shares ?? []);
    for (const { kind, label, chart } of this.bars) {
      label.replaceChildren(h("b", {}, NAMES[kind]), " what each layer adds, control in grey");
      chart.setAttribute("width", String(GUTTER + across));
      chart.setAttribute("height", String(BARS));
      chart.setAttribute("aria-label", this.barsInWords(kind));
      chart.replaceChildren(...(shares ? this.drawBars(shares.map((one) => one[kind]), axis, across) : []));
    }
    this.plot.style.width = `${across}px`;
    this.plot.style.height = `${HEAD * heads}px`;
    const context = sizeCanvas(this.canvas, across, HEAD * heads);
    if (context && shares) {
      drawCells(context, {
        values: turned(shares[0].heads, layers, heads), rows: heads, columns: layers, limit: headLimit(shares), exact: null, up: false,
        map: colourMap("diverging", theme), ink,
      }, { x: 0, y: 0, width: across, height: HEAD * heads });
    }
    this.canvas.setAttribute("aria-label", `What each of ${layers} by ${heads} heads adds`);
    this.drawLabels(across);
    this.point();
  }

  /** The layer that is listed: its number stands out. */
  mark(layer: number): void {
    this.layer = layer;
    if (this.scene) this.drawLabels(this.pitch * this.scene.layers);
    for (const { chart } of this.bars) {
      chart.querySelector(".mikit-lens-here")?.setAttribute("x", String(GUTTER + layer * this.pitch));
    }
  }

  private drawBars(both: readonly Float32Array[], [low, high]: readonly [number, number], across: number): SVGElement[] {
    const y = (value: number): number => 2 + ((high - value) / (high - low)) * (BARS - 4);
    const zero = y(0);
    const bar = (value: number, layer: number, wide: number, kind: string): SVGElement => {
      const top = Math.min(zero, y(value));
      return svg("rect", {
        class: kind, x: GUTTER + (layer + 0.5) * this.pitch - wide / 2, y: top, width: wide, height: Math.max(0, Math.abs(zero - y(value))),
      });
    };
    const [effect = new Float32Array(), control = new Float32Array()] = both;
    const [broad, slim] = [Math.max(2, this.pitch - 2), Math.max(1, Math.round(0.4 * this.pitch))];
    const tick = (value: number): SVGElement => svg("text", { class: "mikit-axis", x: GUTTER - 6, y: Math.min(BARS - 1, Math.max(9, y(value) + 4)), "text-anchor": "end" }, signed(value, 1));
    return [
      svg("rect", { class: "mikit-lens-here", x: GUTTER + this.layer * this.pitch, y: 0, width: this.pitch, height: BARS }),
      ...Array.from(control, (value, layer) => bar(value, layer, broad, "mikit-lens-bar-control")),
      ...Array.from(effect, (value, layer) => bar(value, layer, slim, value < 0 ? "mikit-lens-bar-neg" : "mikit-lens-bar-pos")),
      svg("line", { class: "mikit-lens-zero", x1: GUTTER, x2: GUTTER + across, y1: zero, y2: zero }),
      ...(high > 0 ? [tick(high)] : []),
      ...(low < 0 ? [tick(low)] : []),
    ];
  }

  private drawLabels(across: number): void {
    const { layers, heads } = this.scene!;
    const text = (at: number, x: number, y: number, anchor: string, active: boolean): SVGElement =>
      svg("text", { class: active ? "mikit-axis mikit-axis-active" : "mikit-axis", x, y, "text-anchor": anchor }, `${at}`);
    this.gutter.setAttribute("width", String(GUTTER));
    this.gutter.setAttribute("height", String(HEAD * heads));
    this.gutter.replaceChildren(...printed(heads, labelStep(12, HEAD), null, 12, HEAD).map((head) =>
      text(head, GUTTER - 6, Math.max(8, (head + 0.5) * HEAD + 4), "end", false)));
    this.foot.setAttribute("width", String(across));
    this.foot.setAttribute("height", String(FOOT));
    this.foot.replaceChildren(...printed(layers, labelStep(20, this.pitch), this.layer, 20, this.pitch).map((layer) =>
      text(layer, (layer + 0.5) * this.pitch, 12, "middle", layer === this.layer)));
  }

  private hover(cell: Cell | null): void {
    this.hovered = cell;
    this.hooks.point(cell ? cell[1] : null);
    this.point();
  }

  private point(): void {
    const cell = this.hovered ?? this.cursor;
    const there = cell !== null && this.scene?.shares != null;
    this.marker.hidden = !there;
    if (cell) this.marker.style.cssText = `left:${cell[1] * this.pitch}px;top:${cell[0] * HEAD}px;width:${this.pitch}px;height:${HEAD}px`;
    this.headTitle.replaceChildren(h("b", {}, "heads"), there ? ` ${headInWords(this.scene!, cell)}` : " head ↓, layer →");
  }

  private layerAt(x: number): number | null {
    const layer = Math.floor(x / this.pitch);
    return layer >= 0 && layer < (this.scene?.layers ?? 0) ? layer : null;
  }

  private barsInWords(kind: "attention" | "mlp"): string {
    const [effect, control] = this.scene?.shares ?? [];
    if (!effect || !control) return `${NAMES[kind]}: no numbers yet`;
    const values = effect[kind];
    const most = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best] ?? 0) ? i : best), 0);
    return `What ${NAMES[kind]} of each layer adds; most at layer ${most}, ${signed(values[most] ?? Number.NaN)}, control ${signed(control[kind][most] ?? Number.NaN)}`;
  }
}
