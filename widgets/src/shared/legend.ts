// The strip that says what the colours mean: 120 x 8 pixels, with its ends and its zero in figures.
import { sizeCanvas } from "./canvas";
import { h } from "./dom";
import { fixed, signed } from "./format";
import { colourMap } from "./scale";
import type { ScaleKind, ThemeName } from "./types";

const WIDTH = 120;
const HEIGHT = 8;

export interface LegendText {
  kind: ScaleKind;
  theme: ThemeName;
  limit: number;
  unit: string;
  /** Share of the scale that is used: tints behind text stop short of the darkest colours. */
  reach?: number;
}

export interface Legend {
  element: HTMLElement;
  show(text: LegendText): void;
}

export function legend(): Legend {
  const canvas = h("canvas", { role: "presentation" });
  const marks = h("div", { class: "mikit-legend-marks" });
  const unit = h("div", { class: "mikit-legend-unit" });
  const element = h("div", { class: "mikit-legend" }, h("div", {}, canvas, marks), unit);

  const show = ({ kind, theme, limit, unit: name, reach = 1 }: LegendText): void => {
    const context = sizeCanvas(canvas, WIDTH, HEIGHT);
    const [map, from] = [colourMap(kind, theme), kind === "diverging" ? -1 : 0];
    for (let x = 0; context && x < WIDTH; x++) {
      context.fillStyle = map.css(reach * (from + ((1 - from) * x) / (WIDTH - 1)));
      context.fillRect(x, 0, 1, HEIGHT);
    }
    const ends = kind === "diverging" ? [signed(-limit), "0", signed(limit)] : ["0", fixed(limit)];
    marks.replaceChildren(...ends.map((text) => h("span", {}, text)));
    unit.textContent = name;
  };
  return { element, show };
}
