// The map: both prompts token by token above their columns, layers up, small squares approximate and full ones exact.
import { drawColumnLabels, drawRowLabels } from "../heatmap/axes";
import { cellAt, cellBox } from "../heatmap/layout";
import { drawCells, hatch, sizeCanvas } from "../shared/canvas";
import { h, svg } from "../shared/dom";
import { gridKeys, type Cell } from "../shared/keyboard";
import { colourMap, inkOn } from "../shared/scale";
import { middle, tokenLabel } from "../shared/tokens";
import type { ScaleKind, ThemeName } from "../shared/types";
import type { Plan } from "./layout";
import type { Scene } from "./traits";

/** A negative cell carries ▾ from this share of the scale on, so that a grey copy can still be read. */
const SIGNED = 0.12;
const APPROXIMATE = 0.6;

export interface Hooks {
  /** The cell under the pointer or the cursor; null when it leaves. */
  point(cell: Cell | null): void;
  choose(cell: Cell): void;
}

export interface Look {
  plan: Plan;
  kind: ScaleKind;
  theme: ThemeName;
  hatch: string;
}

export class PatchMap {
  private readonly canvas = h("canvas", { role: "img" });
  private readonly marker = h("div", { class: "mikit-pat-marker", hidden: true });
  private readonly chosen = h("div", { class: "mikit-pat-chosen", hidden: true });
  private readonly gutter = svg("svg", { class: "mikit-pat-gutter", "aria-hidden": "true" });
  private readonly corner = svg("svg", { class: "mikit-pat-gutter", "aria-hidden": "true" });
  private readonly header = svg("svg", { class: "mikit-pat-tokens", "aria-hidden": "true" });
  private readonly foot = svg("svg", { "aria-hidden": "true" });
  private readonly nothing = h("div", { class: "mikit-pat-nothing" }, "No numbers yet.");
  private readonly plot = h("div", { class: "mikit-pat-plot" }, this.canvas, this.chosen, this.marker, this.nothing);
  private readonly scroller = h("div", { class: "mikit-pat-scroller", tabindex: 0, role: "group" },
    h("div", { class: "mikit-pat-grid" }, this.corner, this.header, this.gutter, this.plot, h("div", {}), this.foot));
  readonly element = this.scroller;
  private hovered: Cell | null = null;
  private cursor: Cell | null = null;
  private scene: Scene | null = null;
  private look: Look | null = null;

  constructor(signal: AbortSignal, private readonly hooks: Hooks) {
    this.plot.addEventListener("pointermove", (event) => {
      const box = this.plot.getBoundingClientRect();
      this.hover(this.cellAt(event.clientX - box.left, event.clientY - box.top));
    }, { signal });
    this.plot.addEventListener("pointerleave", () => this.hover(null), { signal });
    this.plot.addEventListener("click", (event) => {
      const box = this.plot.getBoundingClientRect();
      const cell = this.cellAt(event.clientX - box.left, event.clientY - box.top);
      if (cell) hooks.choose(cell);
    }, { signal });
    gridKeys(this.scroller, signal, {
      size: () => [this.scene?.rows ?? 0, this.scene?.columns ?? 0],
      up: () => true,
      at: () => this.inside(this.cursor),
      move: (cell) => {
        this.cursor = cell;
        this.hovered = null;
        hooks.point(cell);
      },
      choose: (cell) => hooks.choose(cell),
      leave: () => {
        this.cursor = null;
        hooks.point(null);
      },
    });
  }

  /** Forgets the cursor. */
  leave(): void {
    this.hovered = this.cursor = null;
  }

  /** The cell that the hand is on. */
  get active(): Cell | null {
    return this.inside(this.hovered) ?? this.inside(this.cursor);
  }

  draw(scene: Scene | null, look: Look): void {
    [this.scene, this.look] = [scene, look];
    const { plan } = look;
    this.plot.style.width = `${plan.width}px`;
    this.plot.style.height = `${plan.height}px`;
    this.nothing.hidden = scene !== null;
    this.canvas.setAttribute("aria-label", scene ? `Map of ${scene.rows} layers by ${scene.columns} ${scene.by}s` : "No map yet");
    this.scroller.setAttribute("aria-label", "Map of layers, upward. Arrow keys move, Enter opens the dose of a cell, Escape leaves.");
    const context = sizeCanvas(this.canvas, plan.width, plan.height);
    if (context && scene) this.paint(context, scene, look);
  }

  private paint(context: CanvasRenderingContext2D, scene: Scene, { plan, kind, theme, hatch: lines }: Look): void {
    const map = colourMap(kind, theme);
    const { rows, columns, values, limit } = scene;
    // A cell without a number yet stays empty: it is late, not wrong.
    drawCells(context, { values, rows, columns, limit, map, exact: scene.isExact, up: true, ink: "transparent" },
      { x: 0, y: 0, width: plan.width, height: plan.height });
    if (scene.by === "position") hatch(context, lines, { x: 0, y: 0, width: plan.cellWidth, height: plan.height });
    if (kind === "sequential") return;
    values.forEach((value, i) => {
      if (!(value < -SIGNED * limit)) return;
      const box = cellBox(plan, rows, Math.floor(i / columns), i % columns, true);
      const room = (scene.isExact[i] ? 1 : APPROXIMATE) * Math.min(box.width, box.height);
      const arm = Math.min(4, 0.32 * room);
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      context.fillStyle = inkOn(map.at(Math.max(-1, value / limit)));
      context.beginPath();
      context.moveTo(x - arm, y - 0.6 * arm);
      context.lineTo(x + arm, y - 0.6 * arm);
      context.lineTo(x, y + arm);
      context.fill();
    });
  }

  /** What follows the hand: outlines and labels. The cells stay as they are. */
  mark(selected: Cell | null): void {
    const { scene, look } = this;
    if (!look) return;
    const { plan } = look;
    const [active, kept] = [this.active, this.inside(selected)];
    this.outline(this.marker, active);
    this.outline(this.chosen, kept);
    const at = active ?? kept;
    const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);
    const labels = { rows: numbers(scene?.rows ?? 0), columns: numbers(scene?.columns ?? 0), up: true, tokens: false, active: at };
    drawRowLabels(this.gutter, plan, labels);
    this.foot.style.display = scene?.by === "head" ? "" : "none";
    if (scene?.by === "head") drawColumnLabels(this.foot, plan, labels);
    this.drawTokens(scene, plan, at?.[1] ?? null);
  }

  private drawTokens(scene: Scene | null, plan: Plan, active: number | null): void {
    const tall = plan.tokens;
    const names = scene && tall ? ["original", "changed"] : [];
    for (const [part, width] of [[this.corner, plan.gutter], [this.header, plan.width]] as const) {
      part.setAttribute("width", String(width));
      part.setAttribute("height", String(2 * tall));
    }
    this.corner.replaceChildren(...names.map((name, i) => {
      const [x, y] = [plan.gutter - 10, (i + 1) * tall - 5];
      return svg("text", { class: "mikit-axis", x, y, transform: `rotate(-90 ${x} ${y})` }, name);
    }));
    this.header.style.display = tall ? "" : "none";
    if (!scene || !tall) return this.header.replaceChildren();
    const step = plan.cellWidth >= 12 ? 1 : Math.ceil(12 / plan.cellWidth);
    const row = (tokens: string[], line: number, kind: string): SVGElement[] => tokens.flatMap((text, i) => {
      const differs = scene.clean_tokens[i] !== scene.corrupt_tokens[i];
      if (i % step && !differs && i !== active) return [];
      const [x, y] = [(i + 0.5) * plan.cellWidth + 4, (line + 1) * tall - 5];
      const look = `mikit-axis${i === active ? " mikit-axis-active" : ""}${differs ? " mikit-pat-differs" : ""}`;
      const word = svg("text", { class: look, x, y, transform: `rotate(-90 ${x} ${y})` }, middle(tokenLabel(text), plan.characters));
      if (!differs) return [word];
      return [word, svg("rect", { class: kind, x: i * plan.cellWidth + 2, y: (line + 1) * tall - 3, width: plan.cellWidth - 4, height: 2 })];
    });
    this.header.replaceChildren(
      ...row(scene.clean_tokens, 0, "mikit-pat-of-clean"), ...row(scene.corrupt_tokens, 1, "mikit-pat-of-corrupt"));
  }

  private outline(element: HTMLElement, cell: Cell | null): void {
    element.hidden = cell === null;
    if (!cell || !this.scene || !this.look) return;
    const box = cellBox(this.look.plan, this.scene.rows, cell[0], cell[1], true);
    element.style.cssText = `left:${box.x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px`;
  }

  private hover(cell: Cell | null): void {
    this.hovered = cell;
    this.hooks.point(this.active);
  }

  private inside(cell: Cell | null): Cell | null {
    return cell && this.scene && cell[0] < this.scene.rows && cell[1] < this.scene.columns ? cell : null;
  }

  private cellAt(x: number, y: number): Cell | null {
    return this.look && this.scene ? cellAt(this.look.plan, this.scene.rows, this.scene.columns, x, y, true) : null;
  }
}
