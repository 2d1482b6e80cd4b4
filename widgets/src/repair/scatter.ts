// Every head as a dot: what it writes itself to the right, what is lost without it upwards. On the line nothing comes back.
import { h, svg } from "../shared/dom";
import { fixed } from "../shared/format";
import { fill, line, mark, text } from "./marks";
import { two, type Head, type Scene, type Value } from "./traits";

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

/** Names beside the dots that matter most, where they cross no dot, no other name and none of `lines`: right, left, above, or nowhere. */
export function names(dots: readonly Dot[], lines: readonly Segment[], right: number, chosen: Head | null): SVGElement[] {
  const taken = dots.filter(([{ row }]) => row >= 0).map(([, cx, cy]): Segment => [cx - 4, cy, cx + 4, cy]).concat(lines);
  const size = ([head]: Dot): number => (head === chosen ? Infinity : Math.max(Math.abs(head.direct.value), Math.abs(head.total.value)));
  return dots.filter(([{ row }]) => row >= 0).sort((a, b) => size(b) - size(a)).slice(0, NAMED).flatMap(([head, cx, cy]) => {
    const wide = 6.8 * head.name.length;
    const place = [[cx + 7, cy], [cx - 7 - wide, cy], [cx + 7, cy - 13]].find(([x, y]) => x! > LEFT && x! + wide < right
      && !taken.some(([x1, y1, x2, y2]) => x! < x2 && x1 < x! + wide && y1 < y! + 11 && y2 > y! - 11));
    if (!place) return [];
    const [left, at] = place as [number, number];
    taken.push([left, at, left + wide, at]);
    return [text(head === chosen ? "name here" : "name", left, at + 4, "start", head.name)];
  });
}

export const effectsOf = ({ name, direct, total }: Head): string => `${name}: direct ${two(direct.value)}, total ${two(total.value)}`;

type Dot = [head: Head, x: number, y: number];
/** Its ends, the left or upper one first. */
type Segment = [x1: number, y1: number, x2: number, y2: number];

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
    draw({ heads, chosen, brought, draws }, width, height) {
      const [low, high] = reach(heads);
      const [right, bottom] = [width - PAD, height - FOOT];
      const x = (value: number): number => LEFT + ((value - low) / (high - low)) * (right - LEFT);
      const y = (value: number): number => TOP + ((high - value) / (high - low)) * (bottom - TOP);
      dots = heads.filter(({ total }) => Number.isFinite(total.value)).map((head) => [head, x(head.direct.value), y(head.total.value)]);
      const cross = (h: Value, v: Value, cx: number, cy: number): Segment[] => (Number.isNaN(v.low) ? [] : [[x(h.low), cy, x(h.high), cy], [cx, y(v.high), cx, y(v.low)]]);
      const ordinary = "mean resample".includes(brought);
      const drawn = dots.flatMap(([head, cx, cy]) => (ordinary && head.row >= 0 ? cross(head.drawsDirect, head.drawsTotal, cx, cy) : []));
      const here = dots.filter(([head]) => head === chosen);
      const whiskers = here.flatMap(([head, cx, cy]) => cross(head.direct, head.total, cx, cy));
      const slope = (Math.atan2(TOP - bottom, right - LEFT) * 180) / Math.PI;
      fill(chart, width, height, `${dots.length} heads by direct and total effect`, [
        ...(heads.length ? ticks(low, high) : []).flatMap((value) => [
          line(value === 0 ? "zero" : "grid", LEFT, y(value), right, y(value)),
          line(value === 0 ? "zero" : "grid", x(value), TOP, x(value), bottom),
          text("axis", LEFT - 6, y(value) + 4, "end", fixed(value, 1)),
          text("axis", x(value), bottom + 14, "middle", fixed(value, 1)),
        ]),
        line("equal", LEFT, bottom, right, TOP),
        text("axis", 0, 11, "start", "↑ total: lost, logits"),
        mark("text", "axis", { dy: 13, "text-anchor": "middle", transform: `translate(${x(0.68 * high)} ${y(0.68 * high)}) rotate(${slope})` }, "nothing comes back"),
        ...(drawn.length ? [text("axis", right, 11, "end", `grey: ${draws} draws of ordinary texts`)] : []),
        text("axis", right, bottom + 28, "end", "direct: the head's own writing, logits →"),
        ...(dots.length ? [text("axis", right, y(0) - 5, "end", "all comes back")] : []),
        ...drawn.map((ends) => line("draws", ...ends)),
        ...dots.map(([head, cx, cy]) => mark("circle", head.row < 0 ? "small" : "dot", { cx, cy, r: head.row < 0 ? 2 : 3.5 }, svg("title", {}, effectsOf(head)))),
        ...whiskers.map((ends) => line("whisker", ...ends)),
        ...here.map(([, cx, cy]) => mark("circle", "dot ring", { cx, cy, r: 5 })),
        ...names(dots, [...drawn, ...whiskers], right, chosen),
      ]);
    },
  };
}
