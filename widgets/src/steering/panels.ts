// Effect and costs over one axis of strength: one panel each, never two y axes. Controls grey and dashed below; a hairline
// at the current strength crosses all; hatched where a bound was passed.
import { hatching } from "../shared/curves";
import { svg } from "../shared/dom";
import { nearest, outOfRange, type Axis } from "./axis";
import { box, drawPanel, line, type Panel } from "./chart";
import type { Measured } from "./traits";
import { figure, GLOSS } from "./words";

const GAP = 6;
const TOP = 4;
const HEIGHTS = { wide: [66, 30], narrow: [72, 30] } as const;
export const DRAWN = ["effect", "kl", "surprise", "repetition"] as const;
type Drawn = (typeof DRAWN)[number];

/** Dashes of the controls, in the order in which they come, and how many are named beside a cost. */
const DASHES = ["5 3", "1.5 3", "8 3 2 3"];
const NAMED = 1;

/** The ends of a panel's own axis: 0 is always on it, and noise around 0 never fills it. */
export function rangeOf(name: Drawn, { curves, controls }: Measured): [low: number, high: number] {
  const { value, low, high } = curves[name];
  const values = [value, ...(name === "effect" ? [low, high] : []), ...controls.map((one) => one.curves[name].value)].flatMap((one) => [...one]).filter(Number.isFinite);
  const least = { effect: 1, kl: 0.2, surprise: 0.2, repetition: 0.1 }[name];
  return [name === "effect" ? Math.min(0, ...values) : 0, Math.max(least, ...values)];
}

function panelOf(name: Drawn, measured: Measured, top: number, tall: number): Panel {
  const { curves, controls, bounds, unit } = measured;
  const [low, high] = rangeOf(name, measured);
  const [effect, share] = [name === "effect", high / (high - low)];
  return {
    title: name === "kl" ? "KL" : name, kind: effect ? "mikit-st-of-effect" : "mikit-st-of-cost", top, tall, low, high, text: (value) => figure(name, value),
    // Where 0 and an end nearly meet, their figures would too.
    ticks: effect && share < 0.8 && share > 0.2 ? [low, 0, high] : [low, high],
    series: [
      ...controls.map((one, i) => ({ kind: "control", dash: DASHES[i % DASHES.length]!, values: one.curves[name].value, ...(effect || i < NAMED ? { name: one.name } : {}) })),
      { kind: effect ? "effect" : "cost", values: curves[name].value },
    ],
    whiskers: curves[name],
    ...(effect ? { unit } : {}), ...(controls[0] ? { band: controls[0].curves[name] } : {}),
    ...(name in bounds ? { level: [bounds[name]!, "bound"] } : {}),
  };
}

export function panelsOf(measured: Measured, wide: boolean): Panel[] {
  const [first, rest] = HEIGHTS[wide ? "wide" : "narrow"];
  return DRAWN.map((name, i) => panelOf(name, measured, i ? TOP + first + GAP + (i - 1) * (rest + GAP) : TOP, i ? rest : first));
}

export interface Panels {
  element: HTMLElement;
  show(measured: Measured | null, axis: Axis, dose: number, wide: boolean): void;
}

/** `point`: the measured strength that the pointer is at, or null. */
export function panelsView(signal: AbortSignal, choose: (dose: number) => void, point: (at: number | null) => void): Panels {
  const chart = svg("svg", { class: "mikit-st-chart", role: "img", "aria-label": "Effect, KL, surprise and repetition over the strength, with controls: “Read as a table” has every number." });
  let shown: [measured: Measured, axis: Axis, dose: number, wide: boolean] | null = null;
  let hovered: number | null = null;

  function at(event: MouseEvent): number {
    const [measured, axis] = shown!;
    return nearest(measured.doses, axis.dose(event.clientX - chart.getBoundingClientRect().left));
  }

  function hover(now: number | null): void {
    if (now === hovered) return;
    hovered = now;
    paint();
    point(now);
  }

  chart.addEventListener("pointermove", (event) => hover(at(event)), { signal });
  chart.addEventListener("pointerleave", () => hover(null), { signal });
  chart.addEventListener("click", (event) => choose(shown![0].doses[at(event)]!), { signal });

  function paint(): void {
    if (!shown) return chart.replaceChildren();
    const [measured, axis, dose, wide] = shown;
    const { doses, bad } = measured;
    const panels = panelsOf(measured, wide);
    const bottom = panels.at(-1)!.top + panels.at(-1)!.tall;
    const [xs, here, hand] = [Array.from(doses, axis.x), hovered ?? nearest(doses, dose), axis.x(dose)];
    chart.setAttribute("width", String(axis.width));
    chart.setAttribute("height", String(bottom + TOP));
    chart.replaceChildren(
      ...panels.flatMap(({ top, tall }) => outOfRange(doses, bad, axis).map(([from, to]) => (
        svg("path", { class: "mikit-st-out", d: hatching(axis.x(from), axis.x(to), top, top + tall) })))),
      ...panels.map((panel, i) => svg("g", {}, svg("title", {}, GLOSS[DRAWN[i]!]), ...drawPanel(panel, xs, [axis.left, axis.right], here))),
      ...(hovered === null ? [] : [line("hover", [xs[here]!, TOP, xs[here]!, bottom])]),
      line("hand", [hand, 0, hand, bottom + TOP]),
    );
  }

  return {
    element: box("panels", chart),
    show(measured, ...how) {
      shown = measured && [measured, ...how];
      paint();
    },
  };
}
