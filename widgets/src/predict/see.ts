// After locking in: the prediction as an open diamond, and beside it what was measured.
import { h } from "../shared/dom";
import { fixed } from "../shared/format";
import { written, type Locked, type PredictModel, type Revealed } from "./traits";

const YOURS = "◇";
const MEASURED = "◆";

function mark(model: PredictModel, className: string, sign: string, value: number, words: string): HTMLElement {
  const [low, high] = [model.get("low"), model.get("high")];
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const element = h("span", { class: `mikit-predict-mark ${className}` }, h("span", {}, sign), h("span", { class: "mikit-predict-words" }, words));
  element.style.left = `${100 * share}%`;
  // Words near the right end grow to the left, so that none stick out.
  element.classList.toggle("mikit-predict-leftward", share > 0.5);
  return element;
}

function scale(model: PredictModel, locked: Locked, revealed: Revealed | null): HTMLElement {
  const marks = [mark(model, "mikit-predict-yours", YOURS, Number(locked.value), `you: ${written(model, locked.value)}`)];
  if (revealed) marks.push(mark(model, "mikit-predict-truth", MEASURED, Number(revealed.truth), `measured: ${written(model, revealed.truth)}`));
  const ends = h("div", { class: "mikit-predict-ends mikit-muted" },
    h("span", {}, written(model, model.get("low"))), h("span", {}, written(model, model.get("high"))));
  return h("div", { class: "mikit-predict-scale" }, h("div", { class: "mikit-predict-axis" }, ...marks), ends);
}

function list(options: string[], locked: Locked, revealed: Revealed | null): HTMLElement {
  const rows = options.map((option) => {
    const signs = [...(option === locked.value ? [`${YOURS} you`] : []), ...(option === revealed?.truth ? [`${MEASURED} measured`] : [])];
    const row = h("li", {}, option, " ", h("span", { class: "mikit-predict-signs" }, signs.join("  ")));
    row.classList.toggle("mikit-muted", signs.length === 0);
    return row;
  });
  return h("ul", { class: "mikit-predict-list" }, ...rows);
}

/** Read-only: what was predicted, what was measured, the score. */
export function answer(model: PredictModel, locked: Locked): HTMLElement {
  const [options, revealed] = [model.get("options"), model.get("revealed")];
  const figure = options ? list(options, locked, revealed) : scale(model, locked, revealed);
  const words = [`Locked in, ${locked.sure} % sure.`];
  if (revealed) {
    words.push(revealed.right ? "It came out as you said." : "It came out otherwise.");
    words.push(`Brier score ${fixed(revealed.brier)} (0 is best; always saying 50 % gives 0.25).`);
  }
  return h("div", { class: "mikit-predict-answer" }, figure, h("p", {}, words.join(" ")));
}
