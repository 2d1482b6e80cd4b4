// Under the tokens: the logit difference with everything on that one, over the same move in the layer's other heads.
import { svg } from "../shared/dom";
import { signed } from "../shared/format";
import { tokenLabel } from "../shared/tokens";
import { GUTTER } from "./board";
import { axisOf } from "./outcomes";
import type { Scene } from "./traits";

const HEIGHT = 96;
const PAD = 8;

export class EachChart {
  readonly element = svg("svg", { class: "mikit-bth-each", role: "img" });

  draw(scene: Scene, column: number): void {
    const { each, others, tokens, real } = scene;
    this.element.toggleAttribute("hidden", each.length === 0);
    this.element.replaceChildren();
    if (each.length === 0) return;
    const width = GUTTER + column * tokens.length;
    const [low, high] = axisOf([...each, ...others.flatMap((row) => [...row]), ...(real ? [real.diff] : [])]);
    const y = (value: number): number => PAD + (1 - (value - low) / (high - low)) * (HEIGHT - 2 * PAD);
    const x = (i: number): number => GUTTER + column * (i + 0.5);
    for (const [name, value] of Object.entries({ width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` })) this.element.setAttribute(name, `${value}`);
    this.element.setAttribute("aria-label", words(scene));
    const line = (value: number, kind: string): SVGElement => svg("line", { class: kind, x1: GUTTER, x2: width, y1: y(value), y2: y(value) });
    this.element.append(line(0, "mikit-bth-zero"), ...(real ? [line(real.diff, "mikit-bth-base")] : []));
    for (const value of ticks(low, high)) this.element.append(svg("text", { class: "mikit-bth-tick", x: GUTTER - 6, y: y(value) + 4, "text-anchor": "end" }, signed(value, 0)));
    tokens.forEach((_, i) => {
      const value = each[i] as number;
      const seen = others.map((row) => row[i] as number);
      if (seen.length) {
        const [top, bottom] = [y(Math.max(...seen)), y(Math.min(...seen))];
        this.element.append(svg("rect", { class: "mikit-bth-band", x: x(i) - 6, y: top, width: 12, height: Math.max(1, bottom - top) }));
      }
      this.element.append(svg("circle", { class: value < 0 ? "mikit-bth-dot mikit-bth-neg" : "mikit-bth-dot", cx: x(i), cy: y(value), r: 4 }));
    });
  }
}

/** 0 and both ends, an end only where its figure does not run into the 0. */
function ticks(low: number, high: number): number[] {
  const room = (14 * (high - low)) / (HEIGHT - 2 * PAD);
  return [0, Math.ceil(low), Math.floor(high)].filter((value, i) => i === 0 || Math.abs(value) > room);
}

function words({ tokens, each, head, answer, foil }: Scene): string {
  const parts = tokens.map((token, i) => `${tokenLabel(token.text)} ${signed(each[i] as number)}`);
  return `Logit difference, ${tokenLabel(answer)} less ${tokenLabel(foil)}, with all attention of ${head} on one token: ${parts.join(", ")}`;
}
