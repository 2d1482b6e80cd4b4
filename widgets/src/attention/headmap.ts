// The head map: every head of the model as a thumbnail of its attention, all on one canvas.

import { hatch, sizeCanvas } from "../shared/canvas";
import { h } from "../shared/dom";
import { themeColour } from "../shared/theme";
import { boxAt, GUTTER, inLayers, inOrder, neighbour, type Box, type Layout } from "./layout";
import { byScore, headOf, includes, nameOf, numberOf, toggled } from "./order";
import type { Actions, Now, Part } from "./parts";
import { GLOSS, score as inDecimals } from "./text";
import { thumbnail } from "./thumbs";
import type { Scene, Score } from "./traits";
import { triangleOf, type Patterns } from "./unpack";

const GAUGE = 3;
/** Room for the words that say what the gauge is. */
const LEGEND = 120;
const ARROWS: Record<string, [number, number]> = {
  ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1],
};

export class HeadMap implements Part {
  readonly element = h("div", { class: "mikit-att-map" });
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly labels = h("div", { class: "mikit-att-map-labels", "aria-hidden": "true" });
  private readonly hovered = h("div", { class: "mikit-att-ring", hidden: true });
  private readonly focused = h("div", { class: "mikit-att-ring mikit-att-ring-focus", hidden: true });
  private readonly field = h("div", {
    class: "mikit-att-field", tabindex: 0, role: "application",
    "aria-label": "Head map. Arrow keys move from head to head, Enter puts one in focus, M switches it off or on.",
  }, this.canvas, this.labels, this.focused, this.hovered);
  private readonly thumbs = new Thumbnails();
  private layout: Layout = { boxes: [], width: 0, height: 0, pitch: 0 };
  private drawn: readonly unknown[] = [];

  constructor(private readonly act: Actions, signal: AbortSignal) {
    this.element.append(this.field);
    const at = (event: MouseEvent): Box | undefined => {
      const edge = this.canvas.getBoundingClientRect();
      return boxAt(this.layout, event.clientX - edge.left, event.clientY - edge.top);
    };
    this.field.addEventListener("pointermove", (event) => act.peekHead(at(event)?.head ?? null), { signal });
    this.field.addEventListener("pointerleave", () => act.peekHead(null), { signal });
    this.field.addEventListener("blur", () => act.peekHead(null), { signal });
    this.field.addEventListener("click", (event) => {
      const box = at(event);
      if (box) act.focusHead(box.head);
    }, { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  draw({ scene, head, width, colours }: Now): void {
    const ratio = globalThis.devicePixelRatio;
    const base = [scene.patterns, scene.sink, scene.scores, scene.muted, scene.sort, width, colours, ratio];
    if (base.some((value, i) => value !== this.drawn[i])) {
      this.drawn = base;
      this.drawBase(scene, width);
      drawHeads(this.canvas, this.layout, scene, this.thumbs, colours.pixels());
    }
    this.ring(this.focused, numberOf(scene.focus, scene.perLayer));
    this.ring(this.hovered, head);
  }

  private drawBase(scene: Scene, width: number): void {
    const { layers, perLayer } = scene;
    const score = scene.scores.find(({ name }) => name === scene.sort);
    this.layout = score ? inOrder(width, layers, perLayer, byScore(score.value)) : inLayers(width, layers, perLayer);
    const labels = score ? names(this.layout, score, perLayer) : axes(this.layout, layers, perLayer, width - LEGEND);
    this.labels.replaceChildren(...labels, label("▮ first position", width, this.layout.height, "mikit-att-gauge"));
  }

  private ring(ring: HTMLElement, head: number): void {
    const box = this.layout.boxes.find((one) => one.head === head);
    ring.hidden = !box;
    if (!box) return;
    Object.assign(ring.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.size}px`, height: `${box.size}px` });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { head, scene, held } = this.act.now();
    const here = this.layout.boxes.find((box) => box.head === head);
    const step = ARROWS[event.key];
    if (step && here) this.act.peekHead(neighbour(this.layout, here, ...step).head);
    else if (event.key === "Enter" || event.key === " ") this.act.focusHead(head);
    else if (event.key === "m" && !held) this.act.mute(toggled(scene.muted, headOf(head, scene.perLayer)));
    else if (event.key === "Escape") this.act.peekHead(null);
    else return;
    event.preventDefault();
  }
}

/** Thumbnails of one set of patterns, pooled once for each size that is asked for. */
class Thumbnails {
  private patterns: Patterns | null = null;
  private readonly made = new Map<string, Uint8Array>();

  get(patterns: Patterns, head: number, width: number, height: number): Uint8Array {
    if (patterns !== this.patterns) this.made.clear();
    this.patterns = patterns;
    const key = `${head} ${width} ${height}`;
    let picture = this.made.get(key);
    if (!picture) this.made.set(key, (picture = thumbnail(triangleOf(patterns, head), patterns.tokens, width, height)));
    return picture;
  }
}

function drawHeads(canvas: HTMLCanvasElement, layout: Layout, scene: Scene, thumbs: Thumbnails, pixels: Uint32Array): void {
  const context = sizeCanvas(canvas, layout.width, layout.height);
  if (!context) return;
  const ratio = globalThis.devicePixelRatio || 1;
  const image = context.createImageData(canvas.width, canvas.height);
  const out = new Uint32Array(image.data.buffer);
  for (const box of layout.boxes) {
    const [left, top] = [Math.round((box.x + GAUGE + 1) * ratio), Math.round(box.y * ratio)];
    const [width, height] = [Math.round((box.size - GAUGE - 1) * ratio), Math.round(box.size * ratio)];
    const picture = thumbs.get(scene.patterns, box.head, width, height);
    for (let y = 0; y < height; y++) {
      const row = (top + y) * canvas.width + left;
      // Only below the diagonal: a reader sees what came before it.
      const end = Math.min(width, Math.ceil(((y + 1) / height) * width));
      for (let x = 0; x < end; x++) out[row + x] = pixels[picture[y * width + x]!]!;
    }
  }
  context.putImageData(image, 0, 0);
  drawMarks(context, layout, scene, canvas);
}

function drawMarks(context: CanvasRenderingContext2D, layout: Layout, scene: Scene, canvas: HTMLCanvasElement): void {
  const [track, gauge, ink, out] = (["--mk-line", "--mk-edge", "--mk-ink", "--mk-hatch"] as const)
    .map((name) => themeColour(canvas, name)) as [string, string, string, string];
  for (const { head, x, y, size } of layout.boxes) {
    const share = scene.sink[head] ?? 0;
    context.fillStyle = track;
    context.fillRect(x, y, GAUGE, size);
    context.fillStyle = gauge;
    context.fillRect(x, y + size * (1 - share), GAUGE, size * share);
    if (!includes(scene.muted, headOf(head, scene.perLayer))) continue;
    hatch(context, out, { x, y, width: size, height: size }, 3);
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x + 1, y + size - 1);
    context.lineTo(x + size - 1, y + 1);
    context.stroke();
  }
}

function label(text: string, x: number, y: number, kind: string): HTMLElement {
  const element = h("span", { class: `mikit-att-label ${kind}` }, text);
  element.style.left = `${x}px`;
  element.style.top = `${y}px`;
  return element;
}

/** Numbers of layers below, as far as `end`, and of heads at the left, and both axes named in words. */
function axes(layout: Layout, layers: number, perLayer: number, end: number): HTMLElement[] {
  const size = layout.boxes[0]?.size ?? 0;
  const every = layers > 12 ? 5 : 1;
  const across = Array.from({ length: Math.ceil(layers / every) }, (_, i) => i * every);
  const down = Array.from({ length: perLayer }, (_, head) => head);
  const layer = (at: number): number => GUTTER + at * layout.pitch + size / 2;
  return [
    ...across.filter((at) => layer(at) < end).map((at) => label(`${at}`, layer(at), layout.height, "mikit-att-layer")),
    label("layer →", every > 1 ? layer(2.5) : layout.width + 30, layout.height, "mikit-att-layer"),
    ...down.map((head) => label(`${head}`, GUTTER - 6, head * layout.pitch + size / 2, "mikit-att-head")),
    label("head →", 0, 0, "mikit-att-head-axis"),
  ];
}

/** The best heads by name, and what they are best at. */
function names(layout: Layout, score: Score, perLayer: number): HTMLElement[] {
  const named = layout.boxes.filter((box) => box.named).map(({ head, x, y, size }) =>
    label(`${nameOf(headOf(head, perLayer))} ${inDecimals(score.value[head] ?? Number.NaN)}`, x + size / 2, y + size, "mikit-att-name"));
  return [...named, label(`best first by ${score.name}: ${GLOSS[score.name] ?? "its score"}`, 0, layout.height, "")];
}
