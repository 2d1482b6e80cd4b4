// THE number on its axis: 0 the run with every edge cut, 1 the whole model; the range of random circuits lies under it.
import { svg } from "../shared/dom";
import { diamond, dot, line, range, size, text, whisker } from "./figure";
import type { Tested } from "./traits";
import { fixed } from "./words";

const HIGHEST = 1.2;
const EDGE = 10;
const TOP = 16;
const BAND = 14;
export const HEIGHT = 48;

/** Where a share lies: beyond the ends it is held there, and carries a mark. */
export function placeOf(share: number, width: number): { x: number; mark: "" | "+" | "−" } {
  const held = Math.min(HIGHEST, Math.max(0, share));
  return { x: EDGE + (held / HIGHEST) * (width - 2 * EDGE), mark: share > HIGHEST ? "+" : share < 0 ? "−" : "" };
}

export function drawStrip(target: SVGSVGElement, tested: Tested | null, predicted: number | null, width: number): void {
  const x = (share: number): number => placeOf(share, width).x;
  const middle = TOP + BAND / 2;
  size(target, width, HEIGHT);
  const [value, low, high] = tested?.faithfulness ?? [NaN, NaN, NaN];
  const [random, from, to] = tested?.randomFaithfulness ?? [NaN, NaN, NaN];
  const said = [value, ...(Number.isFinite(low) ? [`from ${fixed(low)} to ${fixed(high)}`] : [])];
  target.setAttribute("aria-label", Number.isFinite(value)
    ? `Faithfulness ${said.map((one) => (typeof one === "number" ? fixed(one) : one)).join(", ")}; random circuits ${fixed(random)}, from ${fixed(from)} to ${fixed(to)}${predicted === null ? "" : `; you: ${fixed(predicted)}`}`
    : "Faithfulness: no number yet");
  const { x: at, mark } = placeOf(value, width);
  target.replaceChildren(
    ...range([random, from, to], TOP, BAND, x),
    ...(Number.isFinite(random) ? [svg("line", { class: "mikit-cb-random", x1: x(random), x2: x(random), y1: TOP, y2: TOP + BAND })] : []),
    line("base", EDGE, TOP + BAND, width - EDGE, TOP + BAND),
    ...[0, 0.5, 1].flatMap((tick) => [
      line("base", x(tick), TOP + BAND - (tick === 1 ? BAND : 4), x(tick), TOP + BAND + 3),
      text("axis", x(tick), TOP + BAND + 15, tick === 0 ? "0 all cut" : tick === 1 ? "1 whole model" : "0.5", tick === 0 ? "start" : "middle"),
    ]),
    ...(Number.isFinite(random) ? [text("axis", Math.max(24, x(random)), TOP - 5, "random", "middle")] : []),
    ...(tested ? whisker([value, low, high], middle, x) : []),
    ...(Number.isFinite(value) ? [dot("dot", at, middle, 5)] : []),
    ...(mark ? [text("mark", at + (mark === "+" ? -12 : 9), middle + 4, mark)] : []),
    ...(predicted === null ? [] : [diamond(x(predicted), middle), text("axis", Math.min(width - 26, Math.max(26, x(predicted))), TOP - 5, `you: ${fixed(predicted)}`, "middle")]),
  );
}
