// The heads as small pictures with their scores, redrawn while the networks learn: the control's stand beside them.
import { drawPixels, sizeCanvas } from "../shared/canvas";
import { h } from "../shared/dom";
import { fixed } from "../shared/format";
import { colourMap } from "../shared/scale";
import type { ThemeName } from "../shared/types";
import { words } from "./chart";
import type { Head, Scene } from "./traits";

/** Side of a picture: two pixels a token. */
const SIDE = 96;

/** Before the first numbers: bars that keep their place. */
const EMPTY: Head["scores"] = [["induction", new Float32Array()], ["previous", new Float32Array()]];

export interface Heads {
  element: HTMLElement;
  /** `step`: index of the measured step whose scores are shown; the pictures are of the last one. */
  draw(scene: Scene, step: number, theme: ThemeName): void;
}

/** A lower triangle as square pixels; above the diagonal nothing is painted. */
export function pixelsOf(triangle: Uint8Array, colours: Uint32Array): { pixels: Uint32Array; side: number } {
  const side = Math.round((Math.sqrt(8 * triangle.length + 1) - 1) / 2);
  const pixels = new Uint32Array(side * side);
  for (let query = 0, from = 0; query < side; query++) {
    for (let key = 0; key <= query; key++) pixels[query * side + key] = colours[triangle[from++]!]!;
  }
  return { pixels, side };
}

function inWords(head: Head, step: number): string {
  const scores = head.scores.map(([name, values]) => `${name} ${fixed(values[step] ?? Number.NaN)}`);
  return `${head.control ? "one layer, " : ""}${head.name}${scores.length ? `: ${scores.join(", ")}` : ", not trained yet"}`;
}

function bar(name: string, value: number | undefined, control: boolean): HTMLElement {
  const fill = h("span", { class: control ? "mikit-tr-bar mikit-tr-bar-control" : "mikit-tr-bar" });
  fill.style.width = `${100 * Math.min(1, value ?? 0)}%`;
  return h("div", { class: "mikit-tr-score" }, h("span", {}, name), h("span", { class: "mikit-tr-track" }, fill),
    h("span", { class: "mikit-tr-figure" }, value === undefined ? "" : fixed(value)));
}

function card(head: Head, step: number, theme: ThemeName): HTMLElement {
  const canvas = h("canvas", { role: "img", "aria-label": inWords(head, step) });
  const context = sizeCanvas(canvas, SIDE, SIDE);
  if (context && head.triangle) {
    const { pixels, side } = pixelsOf(head.triangle, colourMap("sequential", theme).pixels());
    drawPixels(context, pixels, side, { x: 0, y: 0, width: SIDE, height: SIDE });
  }
  const scores = head.scores.length ? head.scores : EMPTY;
  return h("div", { class: "mikit-tr-card" }, h("div", { class: "mikit-tr-name" }, head.name), canvas,
    ...scores.map(([name, values]) => bar(name, values[step], head.control)));
}

export function headsPanel(): Heads {
  const element = h("div", { class: "mikit-tr-heads" });
  return {
    element,
    draw(scene, step, theme) {
      const group = (title: string, of: Head[], layers: number): HTMLElement => {
        const columns = Array.from({ length: layers }, (_, layer) => h("div", {}, ...of.filter((one) => one.layer === layer).map((one) => card(one, step, theme))));
        return h("div", { class: "mikit-tr-group" }, h("div", { class: "mikit-tr-title" }, title), h("div", { class: "mikit-tr-columns" }, ...columns));
      };
      element.replaceChildren(
        group(`${words(scene.layers)} layers`, scene.heads.filter((one) => !one.control), scene.layers),
        group("one layer (control)", scene.heads.filter((one) => one.control), 1),
        h("p", { class: "mikit-tr-note" }, "reader ↓, looks at →, on random tokens said twice"),
      );
    },
  };
}
