// ClaimView: five steps from a sentence to one page of evidence, by clicks and text boxes.
import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { frame } from "../shared/frame";
import type { Table } from "../shared/types";
import { dosePanel } from "./dose";
import { form } from "./form";
import { notShown, sentence, table as page, verdict } from "./page";
import { ruleText, type CellWire, type ClaimTraits, type Draft, type Outcome } from "./traits";
import { whiskers } from "./whiskers";
import "./claim.css";

const STEPS = ["1 Claim", "2 Words and names", "3 Rule", "4 Run", "5 The page"];
const [RULE, RUN, PAGE] = [2, 3, 4];

/** Whether there is something to hand over: a verdict, or what is missing for one. */
const settled = ({ verdict: word, cannot }: Outcome): boolean => Boolean(word) || Boolean(cannot?.length);

function numbers(cell: CellWire): (string | number)[] {
  const all = [...cell.right, ...cell.difference, ...cell.changed, ...cell.shuffled, ...cell.told];
  return [cell.wording, cell.names, cell.n, ...all.map((value) => value ?? Number.NaN), cell.verdict];
}

function render({ model, el, signal }: RenderProps<ClaimTraits>): void {
  let step = settled(model.get("outcome")) ? PAGE : model.get("locked_at") ? RUN : 0;
  /** What was typed and not sent yet: the lock sends it. */
  let typed: Draft | null = null;

  const table = (): Table => ({
    caption: `${model.get("draft").claim} ${ruleText(model.get("draft"))}. Verdict: ${model.get("outcome").verdict ?? "none yet"}`,
    columns: ["wording", "names", "n", "right", "low", "high", "logit difference", "low", "high", "changed right", "changed difference",
      "by coin right", "by coin difference", "told above", "told below", "verdict"],
    rows: model.get("cells").map(numbers),
  });
  const view = frame(model, el, signal, {
    name: "claim", table,
    reset: () => {
      typed = null;
      step = 0;
    },
  });
  const boxes = form(model.get("offered"), signal, (draft) => { typed = draft; });
  const dose = dosePanel(signal);

  const tabs = STEPS.map((label, i) => textButton(label, signal, () => go(i)));
  const nav = h("nav", { class: "mikit-claim-steps", "aria-label": "Steps" }, ...tabs);
  const lock = h("button", { type: "button", class: "mikit-primary" }, "Lock the rule");
  const over = textButton("Start over with a new claim", signal, () => {
    model.send({ do: "over" });
    go(0);
  });
  const locked = h("p", { class: "mikit-claim-locked", role: "status" });
  const problem = h("p", { class: "mikit-error", role: "alert" });
  const [, , rule] = boxes.steps;
  rule.append(h("div", { class: "mikit-claim-row" }, lock, over), locked, problem);
  const start = h("button", { type: "button", class: "mikit-primary" }, "Run");
  const hint = h("p", { class: "mikit-muted" });
  const [plot, found] = [h("div"), h("div")];
  const running = h("div", {}, h("div", { class: "mikit-claim-row" }, start, hint), plot, found);
  const [head, result, limits] = [h("div"), h("div"), h("div")];
  const waits = h("p", { class: "mikit-muted" }, "Nothing to hand over yet: lock the rule (step 3) and run (step 4).");
  const handed = h("div", { class: "mikit-claim-page" }, waits, head, result, dose.element, limits,
    h("p", { class: "mikit-muted" }, "Save page keeps all of this in one file, its record inside. Save record keeps the record alone; anyone can replay it."));
  const panels = [...boxes.steps, running, handed];
  const next = textButton("Next", signal, () => go(step + 1));
  const back = textButton("Back", signal, () => go(step - 1));
  view.stage.append(nav, ...panels, h("div", { class: "mikit-claim-foot" }, back, next));
  view.needsKernel(lock);
  view.needsKernel(over);
  view.needsKernel(start);

  lock.addEventListener("click", () => model.send({ do: "lock", draft: typed ?? model.get("draft") }), { signal });
  start.addEventListener("click", () => view.set({ started: true }, ["claim", "dose"]), { signal });

  function go(to: number): void {
    step = Math.min(PAGE, Math.max(0, to));
    view.draw();
  }

  function draw(): void {
    const [closed, cells, outcome] = [model.get("locked_at") !== "", model.get("cells"), model.get("outcome")];
    const draft = (!closed && typed) || model.get("draft");
    const still = closed || !view.live;
    boxes.show(draft, still);
    tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", String(i === step)));
    panels.forEach((panel, i) => { panel.hidden = i !== step; });
    back.hidden = step === 0;
    next.hidden = step === PAGE;
    lock.hidden = closed;
    over.hidden = !closed;
    locked.textContent = closed ? `Locked at ${model.get("locked_at")} (UTC). Nothing above can be changed any more.` : "Locking notes the time. After it nothing above can be changed, only begun anew.";
    problem.textContent = model.get("problem") ? `× ${model.get("problem")}` : "";
    start.hidden = !closed || model.get("started");
    hint.textContent = closed ? (model.get("started") ? "" : "Nothing has run yet.") : "Lock the rule first (step 3).";
    const width = view.width;
    const drawn = cells.length ? whiskers(cells, draft.measure, draft.at_least, width) : h("div");
    for (const part of [plot, found, head, result, limits]) part.replaceChildren(); // nothing stale stays in a hidden step
    if (step === PAGE) {
      head.replaceChildren(sentence(model), verdict(model));
      result.replaceChildren(...(cells.length ? [drawn, page(cells)] : []));
      limits.replaceChildren(notShown(model));
      handed.classList.toggle("mikit-claim-empty", !settled(outcome));
      waits.hidden = settled(outcome);
    } else if (step === RUN) {
      plot.replaceChildren(drawn);
      found.replaceChildren(verdict(model));
    }
    dose.show(model.get("dose"));
    view.number.element.hidden = !outcome.verdict;
    if (outcome.verdict) view.number.show({ label: "verdict", value: outcome.verdict, below: `rule locked ${model.get("locked_at")}` });
  }

  view.watch(["locked_at"], () => {
    if (model.get("locked_at")) typed = null;
    if (model.get("locked_at") && step === RULE) step = RUN;
    view.draw();
  });
  view.watch(["draft", "earlier", "started", "problem", "cells", "outcome", "dose"]);
  view.onDraw(draw);
}

export default { render };
