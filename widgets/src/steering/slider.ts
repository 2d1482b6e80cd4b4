// The strength: one slider over the axis that the panels share, held at 0 when it passes, hatched where measured out of range.
import { hatching } from "../shared/curves";
import { h, svg } from "../shared/dom";
import { signed } from "../shared/format";
import { dragged, nearest, outOfRange, type Axis, type Scale } from "./axis";
import { box, label, line } from "./chart";
import type { Measured } from "./traits";

const THUMB = 16;
const HEIGHT = 36;
const TRACK = 12;
/** Ticks, ends included. */
const TICKS = 5;

/** A strength as text: signed where the scale has two sides. */
export function doseText(dose: number, { min }: { min: number }): string {
  return min < 0 ? signed(dose) : dose.toFixed(2);
}

export interface Slider {
  element: HTMLElement;
  show(axis: Axis, scale: Scale, dose: number, measured: Measured | null, live: boolean): void;
}

export function sliderOf(signal: AbortSignal, moved: (dose: number) => void): Slider {
  const input = h("input", { type: "range", class: "mikit-st-slider", "aria-label": "Strength" });
  const back = svg("svg", { class: "mikit-st-scale", height: HEIGHT, "aria-hidden": "true" });
  const here = box("here");
  let held = false;
  let scale: Scale = { min: -1, max: 1, step: 0.1, unit: "" };
  /** Where nothing can be computed: the strengths that there are. */
  let only: Float32Array | null = null;

  function write(dose: number): void {
    if (input.valueAsNumber !== dose) input.value = String(dose);
    here.textContent = doseText(dose, scale);
    input.setAttribute("aria-valuetext", `${doseText(dose, scale)} ${scale.unit}`);
  }

  function set(dose: number): void {
    write(dose);
    moved(dose);
  }

  input.addEventListener("input", () => {
    const dose = input.valueAsNumber;
    set(only ? only[nearest(only, dose)]! : held ? dragged(dose, scale) : dose);
  }, { signal });
  input.addEventListener("pointerdown", () => { held = true; }, { signal });
  for (const end of ["pointerup", "pointercancel"]) input.addEventListener(end, () => { held = false; }, { signal });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const next = by && only?.[nearest(only, input.valueAsNumber) + by];
    if (by && only) event.preventDefault();
    if (next !== undefined) set(next);
  }, { signal });

  return {
    element: box("strength", back, input, here),
    show(axis, now, dose, measured, live) {
      scale = now;
      only = live ? null : (measured?.doses ?? new Float32Array());
      Object.assign(input, { min: scale.min, max: scale.max, step: live ? scale.step : "any", disabled: only?.length === 0 });
      Object.assign(input.style, { left: `${axis.left - THUMB / 2}px`, width: `${axis.right - axis.left + THUMB}px` });
      here.style.left = `${axis.right + 16}px`;
      write(dose);
      back.setAttribute("width", String(axis.width));
      back.replaceChildren(
        ...(measured ? outOfRange(measured.doses, measured.bad, axis) : []).map(([from, to]) => (
          svg("path", { class: "mikit-st-out", d: hatching(axis.x(from), axis.x(to), TRACK - 7, TRACK + 7) }))),
        ...Array.from({ length: TICKS }, (_, i) => scale.min + (i / (TICKS - 1)) * (scale.max - scale.min)).flatMap((tick) => [
          line("base", [axis.x(tick), tick ? TRACK : TRACK - 8, axis.x(tick), TRACK + 8]),
          label("axis", axis.x(tick), TRACK + 20, tick ? doseText(tick, scale) : "0", "middle"),
        ]));
    },
  };
}
