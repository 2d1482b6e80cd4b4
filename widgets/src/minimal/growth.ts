// Sets tested by the number of units, on a log scale: measured dots, closed forms dotted, and what a machine does meanwhile.
import { h, svg } from "../shared/dom";
import { polyline } from "../shared/curves";
import { count, TIMES } from "./words";
import type { Growth } from "./traits";

const LEFT = 40;
const FOOT = 34;
const TOP = 6;
const RIGHT = 8;
/** From so many units on there is room between both curves. */
const ROOM = 10;
/** Top of the scale, a power of ten. */
const POWERS = 15;
const LABELLED = [0, 3, 6, 9, 12, 15];
const SUPER = ["1", "10³", "10⁶", "10⁹", "10¹²", "10¹⁵"];

export interface GrowthChart {
  element: HTMLElement;
  draw(growth: Growth | null, units: number, width: number, height: number): void;
}

export function growthChart(): GrowthChart {
  const chart = svg("svg", { class: "mikit-min-growth", role: "img" });
  return {
    element: h("div", {}, chart),
    draw(growth, units, width, height) {
      chart.setAttribute("width", String(width));
      chart.setAttribute("height", String(height));
      const bottom = height - FOOT;
      const sizes = growth?.curves[0]!.most.map(([n]) => n) ?? [4, 48];
      const [first, last] = [sizes[0]!, sizes[sizes.length - 1]!];
      const x = (n: number): number => LEFT + ((n - first + 1) / (last - first + 1)) * (width - LEFT - RIGHT);
      const y = (sets: number): number => bottom - (Math.log10(sets) / POWERS) * (bottom - TOP);
      const text = (kind: string, tx: number, ty: number, anchor: string, words: string): SVGElement => svg("text", { class: kind, x: tx, y: ty, "text-anchor": anchor }, words);
      const [every, greedy] = growth?.curves ?? [];
      const now = every?.measured.find(([n]) => n === units);
      chart.setAttribute("aria-label", every && greedy
        ? `Sets tested by number of units, log scale. Measured up to ${every.measured.length + first - 1} units: ${count(every.measured.at(-1)![1])} by testing every set, ${count(greedy.measured.at(-1)![1])} by the greedy search.`
        : "Sets tested by number of units: no numbers yet");
      const line = (points: readonly [number, number][]): string => polyline(points.map(([n]) => x(n)), points.map(([, sets]) => y(sets)));
      chart.replaceChildren(
        ...(growth ? [svg("line", { class: "mikit-min-here", x1: x(units), x2: x(units), y1: TOP, y2: bottom })] : []),
        ...LABELLED.flatMap((power, i) => [
          svg("line", { class: power ? "mikit-min-grid" : "mikit-min-base", x1: LEFT, x2: width - RIGHT, y1: y(10 ** power), y2: y(10 ** power) }),
          text("mikit-axis", LEFT - 6, y(10 ** power) + 4, "end", SUPER[i]!),
        ]),
        ...[4, 8, 12, 16, 24, 32, 40, 48].map((n) => text("mikit-axis", x(n), bottom + 14, "middle", `${n}`)),
        text("mikit-axis", width - RIGHT, bottom + 29, "end", "units →"),
        text("mikit-axis", LEFT, bottom + 29, "start", "↑ sets tested, log scale"),
        ...(growth ? TIMES.flatMap(([name, seconds]) => [
          svg("line", { class: "mikit-min-time", x1: LEFT, x2: width - RIGHT, y1: y(growth.speed * seconds), y2: y(growth.speed * seconds) }),
          text("mikit-axis", LEFT + 6, y(growth.speed * seconds) - 4, "start", `${name}${seconds > 1e6 ? " on this machine" : ""}`),
        ]) : []),
        ...(every && greedy ? [
          svg("path", { class: "mikit-min-form", d: line(every.most) }),
          svg("path", { class: "mikit-min-form", d: line(greedy.most) }),
          text("mikit-axis", x(36), y(2 ** 36 / 100), "start", "all sets, 2ⁿ"),
          text("mikit-axis", width - RIGHT, y(greedy.most.at(-1)![1]) - 8, "end", "greedy, at most n(n + 1)/2"),
          ...greedy.measured.map(([n, sets]) => svg("rect", { class: "mikit-min-greedy", x: x(n) - 2.5, y: y(sets) - 2.5, width: 5, height: 5 })),
          ...every.measured.map(([n, sets]) => svg("circle", { class: n === units ? "mikit-min-every mikit-min-now" : "mikit-min-every", cx: x(n), cy: y(sets), r: n === units ? 5 : 3.5 })),
          ...(now ? [text("mikit-min-count", x(units) + 8, y(now[1]) + (units < ROOM ? -6 : 15), "start", `${count(now[1])} tested`)] : []),
        ] : []),
      );
    },
  };
}
