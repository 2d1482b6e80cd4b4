// Asking: a few choices or one slider, how sure, "Lock in".
import { h } from "../shared/dom";
import { written, type PredictModel, type Value } from "./traits";

const SURE = { least: 50, most: 100, step: 5, first: 75 };

export interface Asking {
  element: HTMLElement;
  /** Off while no kernel could take the answer. */
  enable(live: boolean): void;
}

let serial = 0;

function choices(options: string[], signal: AbortSignal, chosen: (value: Value) => void): HTMLElement {
  const name = `mikit-predict-${serial++}`;
  const labels = options.map((option) => {
    const radio = h("input", { type: "radio", name, value: option });
    radio.addEventListener("change", () => chosen(option), { signal });
    return h("label", { class: "mikit-predict-choice" }, radio, " ", option);
  });
  return h("div", { class: "mikit-predict-choices", role: "radiogroup", "aria-label": "Your prediction" }, ...labels);
}

/** A slider, its ends written below it and its value beside it. `untouched` stands there until it is moved. */
function slider(
  label: string, range: { min: number; max: number; step: number; value: number }, untouched: string,
  write: (value: number) => string, signal: AbortSignal, moved: (value: number) => void,
): HTMLElement {
  const input = h("input", { type: "range", ...range, "aria-label": label });
  const output = h("output", { class: "mikit-predict-value" }, untouched);
  const set = (): void => {
    output.textContent = write(input.valueAsNumber);
    input.setAttribute("aria-valuetext", output.textContent);
    moved(input.valueAsNumber);
  };
  input.addEventListener("input", set, { signal });
  // A click on the middle of the slider chooses the middle, though it moves nothing.
  input.addEventListener("click", set, { signal });
  const ends = h("div", { class: "mikit-predict-ends mikit-muted" }, h("span", {}, write(range.min)), h("span", {}, write(range.max)));
  return h("div", { class: "mikit-predict-slider" },
    h("span", { class: "mikit-predict-label" }, label), h("div", { class: "mikit-predict-track" }, input, ends), output);
}

export function asking(model: PredictModel, signal: AbortSignal, lock: (value: Value, sure: number) => void): Asking {
  let value: Value | null = null;
  let sure = SURE.first;
  let live = true;
  const button = h("button", { type: "button", class: "mikit-predict-lock" }, "Lock in");
  const refresh = (): void => { button.disabled = !live || value === null; };
  const choose = (chosen: Value): void => {
    value = chosen;
    refresh();
  };
  const [low, high, step] = [model.get("low"), model.get("high"), model.get("step")];
  const options = model.get("options");
  const what = options
    ? choices(options, signal, choose)
    : slider("Your prediction", { min: low, max: high, step, value: (low + high) / 2 }, "move the slider",
      (at) => written(model, at), signal, choose);
  const howSure = slider("How sure", { min: SURE.least, max: SURE.most, step: SURE.step, value: sure }, `${sure} %`,
    (at) => `${at} %`, signal, (at) => { sure = at; });
  button.addEventListener("click", () => { if (value !== null) lock(value, sure); }, { signal });
  const allowed = options ? "" : `Within ${written(model, model.get("within"))} of what is measured counts as right.`;
  const element = h("div", { class: "mikit-predict-ask" }, what, howSure,
    h("div", { class: "mikit-predict-foot" }, button, h("span", { class: "mikit-muted" }, allowed)));
  refresh();
  return {
    element,
    enable(now) {
      live = now;
      for (const input of element.querySelectorAll("input")) input.disabled = !live;
      refresh();
    },
  };
}
