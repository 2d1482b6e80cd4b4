// The one axis of strength: the slider and every panel below it stand on the same pixels.
import { LEFT, RIGHT } from "./chart";

/** The slider's, as Python gives it. */
export interface Scale {
  min: number;
  max: number;
  step: number;
  unit: string;
}

export interface Axis {
  width: number;
  left: number;
  right: number;
  min: number;
  max: number;
  x(dose: number): number;
  /** The dose under a pixel, held inside the axis. */
  dose(x: number): number;
}

export function axisOf({ min, max }: { min: number; max: number }, width: number): Axis {
  const right = width - RIGHT;
  const unit = (right - LEFT) / (max - min || 1);
  return { width, left: LEFT, right, min, max, x: (dose) => LEFT + (dose - min) * unit, dose: (x) => Math.min(max, Math.max(min, min + (x - LEFT) / unit)) };
}

/** How near to 0 a dragged slider is held there, as a share of the axis. */
const DETENT = 0.015;

/** A dragged dose: on the slider's steps, and held at 0 when it passes close by. */
export function dragged(dose: number, { min, max, step }: Scale): number {
  if (Math.abs(dose) <= DETENT * (max - min)) return 0;
  return Number((Math.round(dose / step) * step).toFixed(6));
}

/** Index of the measured dose that is nearest; -1 where none is measured. */
export function nearest(doses: Float32Array | undefined, dose: number): number {
  let best = -1;
  doses?.forEach((one, i) => {
    if (best < 0 || Math.abs(one - dose) < Math.abs(doses[best]! - dose)) best = i;
  });
  return best;
}

/** Stretches of the axis whose measured doses are out of range: each reaches half way to its neighbours. */
export function outOfRange(doses: Float32Array, bad: readonly boolean[], { min, max }: { min: number; max: number }): [from: number, to: number][] {
  const found: [number, number][] = [];
  doses.forEach((dose, i) => {
    if (!bad[i]) return;
    const from = i ? (doses[i - 1]! + dose) / 2 : min;
    const to = i + 1 < doses.length ? (dose + doses[i + 1]!) / 2 : max;
    found.push([from, to]);
  });
  return found;
}
