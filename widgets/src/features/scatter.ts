// All features as dots: how often each fires against how strongly it ever did. A click picks the nearest.
import { sizeCanvas } from "../shared/canvas";
import { h } from "../shared/dom";
import { percent } from "../shared/format";
import type { All } from "./traits";

const LEFT = 46;
const BOTTOM = 16;
const PAD = 5;
/** A pointer this far from a dot still means it. */
const REACH = 12;

export interface Dots {
  all: All;
  chosen: number;
  /** Features of the search, drawn over the others; null where nothing is searched. */
  found: readonly number[] | null;
  width: number;
  height: number;
  ink: string;
  edge: string;
  data: string;
}

export interface Scatter {
  element: HTMLElement;
  draw(dots: Dots): void;
}

/** Where every dot lies; NaN for features that never fired. */
export function places({ density, peak }: Pick<All, "density" | "peak">, width: number, height: number): { x: Float32Array; y: Float32Array; low: number; high: number; most: number } {
  let [low, high, most] = [1, 0, 0];
  density.forEach((share, id) => {
    if (share <= 0) return;
    [low, high] = [Math.min(low, share), Math.max(high, share)];
    most = Math.max(most, peak[id]!);
  });
  const span = Math.log(high / low) || 1;
  const x = Float32Array.from(peak, (value) => LEFT + PAD + (value / (most || 1)) * (width - LEFT - 2 * PAD));
  const y = Float32Array.from(density, (share) => (share > 0 ? PAD + (Math.log(high / share) / span) * (height - BOTTOM - 2 * PAD) : Number.NaN));
  return { x, y, low, high, most };
}

/** The dot nearest to a point, or -1. */
export function nearest(at: { x: Float32Array; y: Float32Array }, x: number, y: number): number {
  let [best, least] = [-1, REACH ** 2];
  for (let id = 0; id < at.x.length; id++) {
    const far = (at.x[id]! - x) ** 2 + (at.y[id]! - y) ** 2;
    if (far < least) [best, least] = [id, far];
  }
  return best;
}

/** "4.2 %", "0.03 %": whole per cent would make one heap of most features. */
export function rare(share: number): string {
  return share === 0 || share >= 0.1 ? percent(share) : `${Number((100 * share).toPrecision(share < 1e-3 ? 1 : 2))} %`;
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

export function scatterOf(signal: AbortSignal, pick: (id: number) => void, point: (id: number) => void): Scatter {
  const canvas = h("canvas", { role: "img" });
  const [high, low, most] = [h("span", {}), h("span", {}), h("span", {})];
  const element = h("div", { class: "mikit-fd-scatter" }, canvas,
    h("div", { class: "mikit-fd-yaxis" }, high, low), h("div", { class: "mikit-fd-xaxis" }, h("span", {}, "0"), most));
  let at: { x: Float32Array; y: Float32Array } = { x: new Float32Array(), y: new Float32Array() };

  const under = (event: PointerEvent | MouseEvent): number => {
    const box = canvas.getBoundingClientRect();
    return nearest(at, event.clientX - box.left, event.clientY - box.top);
  };
  canvas.addEventListener("pointermove", (event) => point(under(event)), { signal });
  canvas.addEventListener("pointerleave", () => point(-1), { signal });
  canvas.addEventListener("click", (event) => {
    const id = under(event);
    if (id >= 0) pick(id);
  }, { signal });

  return {
    element,
    draw({ all, chosen, found, width, height, ink, edge, data }) {
      const placed = places(all, width, height);
      at = placed;
      const [x, y] = [placed.x, placed.y];
      const context = sizeCanvas(canvas, width, height);
      high.textContent = rare(placed.high);
      low.textContent = rare(placed.low);
      most.textContent = placed.most.toFixed(0);
      const never = all.density.reduce((count, share) => count + Number(share === 0), 0);
      canvas.setAttribute("aria-label", `${all.density.length} features: how often each fires, from ${rare(placed.low)} to ${rare(placed.high)} of tokens, upwards, against its largest activation, up to ${placed.most.toFixed(0)}. ${never} never fired. The list and the table name them.`);
      if (!context) return;
      context.strokeStyle = edge;
      context.beginPath();
      context.moveTo(LEFT - 0.5, 0);
      context.lineTo(LEFT - 0.5, height - BOTTOM + 0.5);
      context.lineTo(width, height - BOTTOM + 0.5);
      context.stroke();
      context.fillStyle = data;
      context.globalAlpha = found ? 0.12 : 0.3;
      for (let id = 0; id < x.length; id++) if (!Number.isNaN(y[id]!)) context.fillRect(x[id]! - 1, y[id]! - 1, 2, 2);
      context.globalAlpha = 1;
      for (const id of found ?? []) {
        dot(context, x[id]!, y[id]!, 2.5);
        context.fill();
      }
      context.strokeStyle = ink;
      context.lineWidth = 2;
      dot(context, x[chosen]!, y[chosen]!, 5);
      context.stroke();
      context.lineWidth = 1;
    },
  };
}
