// A small slider: one value of the changed run moves to the original's, beside the same move at three random sites.
import { decode } from "../shared/buffers";
import { h, svg } from "../shared/dom";
import { percent, signed } from "../shared/format";
import { tokenLabel } from "../shared/tokens";
import type { DoseWire } from "./traits";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [360, 150, 34, 8, 8, 20];

export interface DosePanel {
  element: HTMLElement;
  show(dose: Partial<DoseWire>): void;
}

export function dosePanel(signal: AbortSignal): DosePanel {
  let shown: DoseWire | null = null;
  const slider = h("input", { type: "range", min: 0, max: 16, step: 1, value: 16, "aria-label": "Dose, from changed to original" });
  const chart = svg("svg", { width: WIDTH, height: HEIGHT, role: "img" });
  const number = h("output", { class: "mikit-claim-dosed" });
  const words = h("div", { class: "mikit-claim-caption" });
  const tokens = h("p", { class: "mikit-claim-next" });
  const element = h("div", { class: "mikit-claim-dose", hidden: true },
    h("h4", {}, "A look inside: one value, moved by hand"), words,
    h("div", { class: "mikit-claim-dosebox" }, chart,
      h("div", { class: "mikit-claim-slide" }, slider,
        h("div", { class: "mikit-claim-ends" }, h("span", {}, "changed 0"), h("span", {}, "original 1")), number, tokens)));
  slider.addEventListener("input", move, { signal });

  function move(): void {
    if (!shown) return;
    const at = slider.valueAsNumber;
    const steps = shown.chances.shape[0] ?? 0;
    const [curves, chances] = [decode(shown.curves), decode(shown.chances)];
    const value = curves[at] ?? Number.NaN;
    number.textContent = `dose ${(at / 16).toFixed(2)}: ${signed(value)} logits, ${tokenLabel(value > 0 ? shown.answer : shown.foil)} ahead`;
    slider.setAttribute("aria-valuetext", number.textContent);
    const width = shown.tokens.length;
    const likeliest = shown.tokens.map((text, i) => ({ text, p: chances[at * width + i] ?? 0 })).sort((a, b) => b.p - a.p).slice(0, 3);
    tokens.textContent = `Likeliest next: ${likeliest.map(({ text, p }) => `${tokenLabel(text)} ${percent(p)}`).join(", ")}`;
    draw(curves, steps, at);
  }

  function draw(curves: Float32Array, steps: number, at: number): void {
    const known = [...curves].filter(Number.isFinite);
    const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
    const x = (i: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * i) / (steps - 1);
    const y = (value: number): number => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / (high - low || 1);
    const line = (row: number, kind: string): SVGElement => {
      const values = curves.subarray(row * steps, (row + 1) * steps);
      return svg("path", { class: kind, d: [...values].map((v, i) => (Number.isFinite(v) ? `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}` : "")).join("") });
    };
    chart.setAttribute("aria-label", `Logit difference by dose: ${[...curves.subarray(0, steps)].map((v) => signed(v)).join(", ")}`);
    chart.replaceChildren(
      svg("line", { class: "mikit-claim-grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(0), y2: y(0) }),
      ...[low, 0, high].map((v) => svg("text", { class: "mikit-claim-axis", x: LEFT - 4, y: y(v) + 4, "text-anchor": "end" }, signed(v, 1))),
      ...Array.from({ length: Math.max(0, curves.length / steps - 1) }, (_, i) => line(i + 1, "mikit-claim-other")),
      line(0, "mikit-claim-curve"),
      svg("line", { class: "mikit-claim-cursor", x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM }),
      svg("circle", { class: "mikit-claim-point", cx: x(at), cy: y(curves[at] ?? 0), r: 4 }),
      svg("text", { class: "mikit-claim-axis", x: LEFT, y: HEIGHT - 4 }, "changed"),
      svg("text", { class: "mikit-claim-axis", x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, "original"));
  }

  return {
    element,
    show(dose) {
      element.hidden = !dose.curves;
      shown = dose.curves ? (dose as DoseWire) : null;
      if (!shown) return;
      words.replaceChildren(
        h("div", {}, h("b", {}, "changed "), shown.corrupt), h("div", {}, h("b", {}, "original "), shown.clean),
        h("div", {}, `The value at ${shown.site} of the changed run moves to what it is in the original run. Grey: the same at ${shown.others.join(", ")}.`));
      move();
    },
  };
}
