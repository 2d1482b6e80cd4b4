// How well the straight line does: the approximate map against the exact one, over the cells that have both.
import { sizeCanvas } from "../shared/canvas";
import { h } from "../shared/dom";
import { fixed } from "../shared/format";
import { agreementInWords, progressInWords } from "./words";
import type { Scene } from "./traits";

const SIDE = 92;
const EDGE = 3;

export interface Agreement {
  /** Cells that have both numbers and can differ. */
  count: number;
  /** Pearson's; NaN where one of the two does not vary. */
  correlation: number;
  /** The cell where they are furthest apart. */
  worst: number;
  cells: number[];
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    const [da, db] = [value - ma, (b[i] as number) - mb];
    [ab, aa, bb] = [ab + da * db, aa + da * da, bb + db * db];
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}

/** Null while fewer than three cells have both numbers. */
export function agreementOf({ approx, exact, by, first, columns }: Scene): Agreement | null {
  if (!approx || !exact) return null;
  const cells = [...approx.keys()].filter((i) => (
    Number.isFinite(approx[i]) && Number.isFinite(exact[i]) && (by === "head" || i % columns >= first)
  ));
  if (cells.length < 3) return null;
  const [a, b] = [approx, exact].map((values) => cells.map((i) => values[i] as number)) as [number[], number[]];
  const apart = (i: number): number => Math.abs((approx[i] as number) - (exact[i] as number));
  return {
    count: cells.length, cells, correlation: pearson(a, b),
    worst: cells.reduce((worst, i) => (apart(i) > apart(worst) ? i : worst)),
  };
}

export interface Inks {
  dot: string;
  line: string;
}

export class AgreementPanel {
  private readonly canvas = h("canvas", { role: "img" });
  private readonly progress = h("p", {});
  private readonly words = h("p", {});
  private readonly axes = h("span", { class: "mikit-pat-axes", "aria-hidden": "true" }, h("span", {}, "↑ approx."), h("span", {}, "exact →"));
  private readonly plot = h("div", { class: "mikit-pat-scatter" }, this.canvas, this.axes);
  readonly element: HTMLElement;

  /** `above`: what stands over the words. */
  constructor(...above: HTMLElement[]) {
    this.element = h("div", { class: "mikit-pat-agreement" }, this.plot, h("div", {}, ...above, this.progress, this.words));
  }

  draw(scene: Scene | null, estimate: { seconds: number; bytes: number } | null, inks: Inks): void {
    const found = scene && agreementOf(scene);
    this.progress.textContent = scene ? progressInWords(scene, estimate) : "";
    this.words.textContent = scene ? agreementInWords(scene, found) : "";
    const context = sizeCanvas(this.canvas, SIDE, SIDE);
    this.canvas.setAttribute("aria-label", found
      ? `Approximate against exact, ${found.count} cells, correlation ${fixed(found.correlation)}` : "Approximate against exact: no cells yet");
    if (context) this.paint(context, scene, found, inks);
  }

  private paint(context: CanvasRenderingContext2D, scene: Scene | null, found: Agreement | null, { dot, line }: Inks): void {
    context.clearRect(0, 0, SIDE, SIDE);
    context.strokeStyle = context.fillStyle = line;
    context.strokeRect(0.5, 0.5, SIDE - 1, SIDE - 1);
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(0, SIDE);
    context.lineTo(SIDE, 0);
    context.stroke();
    if (!scene || !found) return;
    const both = found.cells.flatMap((i) => [scene.approx?.[i] as number, scene.exact?.[i] as number]);
    const [low, high] = [Math.min(...both), Math.max(...both)];
    const at = (value: number): number => EDGE + ((value - low) / (high - low || 1)) * (SIDE - 2 * EDGE);
    context.fillStyle = dot;
    context.globalAlpha = 0.6;
    for (const i of found.cells) {
      context.fillRect(at(scene.exact?.[i] as number) - 1, SIDE - at(scene.approx?.[i] as number) - 1, 2, 2);
    }
  }
}
