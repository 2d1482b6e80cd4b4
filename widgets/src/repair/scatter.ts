// Every head as a dot: what it writes itself to the right, what is lost without it upwards. On the line nothing comes back.
import { h, svg } from "../shared/dom";
import { fixed, signed } from "../shared/format";
import { fill, line, mark, text } from "./marks";
import type { Head, Scene } from "./traits";

const LEFT = 34;
const FOOT = 32;
const TOP = 20;
const PAD = 8;
/** A pointer this far from a dot still means it. */
const REACH = 12;
/** Heads that are named in the picture, where there is room. */
const NAMED = 9;

export interface Scatter {
  element: HTMLElement;
  draw(scene: Scene, width: number, height: number): void;
}

/** Round numbers on an axis, at most nine. */
export function ticks(low: number, high: number): number[] {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10].find((one) => (high - low) / one < 8) ?? 20;
  return Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, i) => (Math.ceil(low / step) + i) * step);
}

/** Both axes reach as far, so that the line of equal effects has its slope. */
export function reach(heads: readonly Head[]): [low: number, high: number] {
  const values = heads.flatMap(({ direct, total }) => [direct.value, total.value]).filter(Number.isFinite).concat(0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const edge = 0.08 * (high - low) || 1;
  return [low - edge, high + edge];
}

/** Names beside the dots that matter most: to the right, or to the left, or nowhere. */
function names(dots: readonly Dot[], right: number, chosen: Head | null): SVGElement[] {
  const taken = dots.filter(([{ row }]) => row >= 0).map(([, cx, cy]) => [cx - 4, cx + 4, cy]);
  const size = ([head]: Dot): number => (head === chosen ? Infinity : Math.max(Math.abs(head.direct.value), Math.abs(head.total.value)));
  return dots.filter(([{ row }]) => row >= 0).sort((a, b) => size(b) - size(a)).slice(0, NAMED).flatMap(([head, cx, cy]) => {
    const wide = 6.8 * head.name.length;
    const left = [cx + 7, cx - 7 - wide].find((x) => x > LEFT && x + wide < right
      && !taken.some(([from, to, y]) => x < to! && from! < x + wide && Math.abs(y! - cy) < 11));
    if (left === undefined) return [];
    taken.push([left, left + wide, cy]);
    return [text(head === chosen ? "name here" : "name", left, cy + 4, "start", head.name)];
  });
}

export const effectsOf = ({ name, direct, total }: Head): string => `${name}: direct ${signed(direct.value)}, total ${signed(total.value)}`;

type Dot = [head: Head, x: number, y: number];

export function scatterOf(signal: AbortSignal, pick: (head: Head) => void): Scatter {
  const chart = svg("svg", { class: "mikit-rep-scatter", role: "img" });
  let dots: Dot[] = [];

  const under = (event: MouseEvent): Head | null => {
    const box = chart.getBoundingClientRect();
    const far = ([, cx, cy]: Dot): number => Math.hypot(cx - event.clientX + box.left, cy - event.clientY + box.top);
    const best = [...dots].sort((a, b) => far(a) - far(b))[0];
    return best && far(best) < REACH ? best[0] : null;
  };
  chart.addEventListener("click", (event) => {
    const head = under(event);
    if (head) pick(head);
  }, { signal });

  return {
    element: h("div", {}, chart),
    draw({ heads, chosen }, width, height) {
      const [low, high] = reach(heads);
      const [right, bottom] = [width - PAD, height - FOOT];
      const x = (value: number): number => LEFT + ((value - low) / (high - low)) * (right - LEFT);
      const y = (value: number): number => TOP + ((high - value) / (high - low)) * (bottom - TOP);
      dots = heads.filter(({ total }) => Number.isFinite(total.value)).map((head) => [head, x(head.direct.value), y(head.total.value)]);
      fill(chart, width, height, `${dots.length} heads by direct and total effect`, [
        ...(heads.length ? ticks(low, high) : []).flatMap((value) => [
          line(value === 0 ? "zero" : "grid", LEFT, y(value), right, y(value)),
          line(value === 0 ? "zero" : "grid", x(value), TOP, x(value), bottom),
          text("axis", LEFT - 6, y(value) + 4, "end", fixed(value, 1)),
          text("axis", x(value), bottom + 14, "middle", fixed(value, 1)),
        ]),
        line("equal", LEFT, bottom, right, TOP),
        text("axis", 0, 11, "start", "↑ total: lost, logits"),
        text("axis", right, 11, "end", "grey: other draws · dashed: nothing comes back"),
        text("axis", right, bottom + 28, "end", "direct: the head's own writing, logits →"),
        ...(dots.length ? [text("axis", right, y(0) - 5, "end", "all comes back")] : []),
        ...dots.flatMap(([{ drawsDirect, drawsTotal, row }, cx, cy]) => (row < 0 || Number.isNaN(drawsTotal.low) ? [] : [
          line("draws", x(drawsDirect.low), cy, x(drawsDirect.high), cy),
          line("draws", cx, y(drawsTotal.low), cx, y(drawsTotal.high)),
        ])),
        ...dots.map(([head, cx, cy]) => mark("circle", head.row < 0 ? "small" : "dot", { cx, cy, r: head.row < 0 ? 2 : 3.5 }, svg("title", {}, effectsOf(head)))),
        ...dots.filter(([head]) => head === chosen).flatMap(([{ direct, total }, cx, cy]) => [
          ...(Number.isNaN(total.low) ? [] : [
            line("whisker", x(direct.low), cy, x(direct.high), cy),
            line("whisker", cx, y(total.low), cx, y(total.high)),
          ]),
          mark("circle", "dot ring", { cx, cy, r: 5 }),
        ]),
        ...names(dots, right, chosen),
      ]);
    },
  };
}
