// PredictView: a question, an answer, how sure; locked before the result shows. A course block, not a figure: no frame.
import type { RenderProps } from "@anywidget/types";
import { h } from "../shared/dom";
import { cellOf, watchKernel } from "../shared/gone";
import { containKeys } from "../shared/keyboard";
import { redrawing } from "../shared/redraw";
import { themeOf } from "../shared/theme";
import "../shared/theme.css";
import { asking } from "./ask";
import "./predict.css";
import { answer } from "./see";
import { TRAITS, type PredictTraits } from "./traits";

const FROZEN = "A saved page: a prediction cannot be locked in here.";

function render({ model, el, signal }: RenderProps<PredictTraits>): void {
  let gone = false;
  const title = h("div", { class: "mikit-title", role: "heading", "aria-level": 3 });
  const question = h("p", { class: "mikit-predict-question" });
  const stage = h("div", { class: "mikit-predict-stage" });
  const note = h("p", { class: "mikit-predict-note mikit-muted", role: "status" });
  const failed = h("p", { class: "mikit-error", role: "alert" });
  const root = h("section", { class: "mikit mikit-predict" }, title, question, stage, failed, note);
  const ask = asking(model, signal, (value, sure) => {
    try {
      model.send({ do: "lock", value, sure });
    } catch {
      gone = true;
      draw();
    }
  });

  function draw(): void {
    const [locked, frozen] = [model.get("locked"), model.get("frozen")];
    root.dataset.theme = themeOf(el);
    root.toggleAttribute("data-gone", gone);
    root.setAttribute("aria-label", model.get("title"));
    title.textContent = model.get("title");
    question.textContent = model.get("question");
    if (locked) stage.replaceChildren(answer(model, locked));
    else if (stage.firstChild !== ask.element) stage.replaceChildren(ask.element);
    ask.enable(!gone && !frozen);
    const error = model.get("error");
    failed.textContent = error ? `× ${error}` : "";
    note.textContent = locked ? "" : gone ? `The kernel is gone. Run ${cellOf(root)} again to predict.` : frozen ? FROZEN : "";
  }

  containKeys(root, signal);
  el.append(root);
  for (const trait of TRAITS) {
    model.on(`change:${trait}`, draw);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, draw));
  }
  watchKernel(model, el, signal, (now) => {
    gone = now;
    draw();
  });
  signal.addEventListener("abort", () => root.remove());
  redrawing(root, signal, draw);
  draw();
}

export default { render };
