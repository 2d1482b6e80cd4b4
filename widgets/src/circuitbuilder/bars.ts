// The logit difference of four runs on one axis; under the two that a circuit decides, random circuits in grey.
import { line, range, rect, size, text, whisker } from "./figure";
import type { Ranged, Tested } from "./traits";
import { drawnInWords, signed } from "./words";

const NAMES = 118;
const FIGURES = 52;
const BAR = 10;
const THIN = 5;
const STEP = 18;
const UNDER = 11;

interface Row {
  name: string;
  value: Ranged;
  random: Ranged | null;
}

export function rowsOf(tested: Tested): Row[] {
  return [
    { name: "whole model", value: tested.whole, random: null },
    { name: "circuit alone", value: tested.alone, random: tested.randomAlone },
    { name: "circuit taken out", value: tested.without, random: tested.randomWithout },
    { name: "every edge cut", value: tested.nothing, random: null },
  ];
}

export function drawBars(target: SVGSVGElement, tested: Tested | null, width: number): void {
  const rows = tested ? rowsOf(tested) : [];
  const values = rows.flatMap(({ value, random }) => [...value, ...(random ?? [])]).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const [left, right] = [NAMES, width - FIGURES];
  const x = (value: number): number => left + ((value - low) / (high - low || 1)) * (right - left);
  let y = 2;
  const drawn = rows.flatMap(({ name, value, random }) => {
    const top = y;
    y += STEP + (random ? UNDER : 0);
    const [v] = value;
    const r = random?.[0] ?? Number.NaN;
    return [
      ...(Number.isFinite(r) ? [
        ...range(random!, top + BAR + 2, THIN + 4, x), rect("grey", Math.min(x(0), x(r)), top + BAR + 4, Math.abs(x(r) - x(0)), THIN), text("axis", NAMES - 8, top + 22, "random ones", "end"), text("axis", width, top + 22, signed(r), "end"),
      ] : []),
      text("name", 0, top + 10, name),
      ...(Number.isFinite(v) ? [
        rect(v < 0 ? "neg" : "pos", Math.min(x(0), x(v)), top, Math.abs(x(v) - x(0)), BAR), ...whisker(value, top + BAR / 2, x), text("figure", width, top + 10, signed(v), "end"),
      ] : []),
    ];
  });
  size(target, width, HEIGHT);
  target.setAttribute("aria-label", tested ? `Logit difference: ${rows.map(({ name, value, random }) => `${name} ${signed(value[0])}${random && Number.isFinite(random[0]) ? ` (random circuits ${drawnInWords(random, signed)})` : ""}`).join("; ")}` : "Logit difference: no numbers yet");
  target.replaceChildren(...drawn, ...(tested ? [line("base", x(0), 0, x(0), HEIGHT - 2)] : []));
}

export const HEIGHT = 4 * STEP + 2 * UNDER + 2;
