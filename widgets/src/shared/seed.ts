// The field for a training's seed, with its label. What cannot be a seed goes back to what the view has.
import { h } from "./dom";

export function seedField(signal: AbortSignal, now: () => number, change: (seed: number) => void): [HTMLElement, HTMLInputElement] {
  const seed = h("input", { class: "mikit-input mikit-seed", type: "number", min: 0, max: 9999, step: 1 });
  seed.addEventListener("change", () => {
    if (seed.value !== "" && seed.checkValidity()) change(seed.valueAsNumber);
    seed.value = String(now());
  }, { signal });
  return [h("label", { class: "mikit-field" }, "seed", seed), seed];
}
