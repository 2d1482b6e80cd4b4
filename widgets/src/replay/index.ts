// ReplayView: choose a record, replay it, and read what was recorded beside what is found now.
import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { frame } from "../shared/frame";
import type { FrameTraits, Table } from "../shared/types";
import "./replay.css";

export interface Row {
  where: string;
  /** null: labels or missing numbers differ, so nothing can be compared. */
  difference: number | null;
  unit: string;
  tolerance: number;
}

export interface ReplayTraits extends FrameTraits {
  files: string[];
  chosen: string;
  started: boolean;
  problem: string;
  recorded: { lines?: string[] };
  environment: [name: string, then: string, now: string][];
  rows: Row[];
  outcome: { sentence?: string; within?: boolean };
}

const short = (value: number): string => (value === 0 ? "0" : value.toPrecision(2));
const moved = ({ difference, unit }: Row): string => (difference === null ? "cannot be compared" : `${short(difference)} ${unit}`);

function lines(columns: string[], rows: string[][]): HTMLElement {
  return h("table", {},
    h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...rows.map(([first = "", ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((text) => h("td", {}, text))))));
}

function render({ model, el, signal }: RenderProps<ReplayTraits>): void {
  const table = (): Table => ({
    caption: model.get("outcome").sentence ?? "Not replayed yet",
    columns: ["numbers", "largest difference", "unit", "tolerance"],
    rows: model.get("rows").map((row) => [row.where, row.difference ?? Number.NaN, row.unit, row.tolerance]),
  });
  const view = frame(model, el, signal, { name: "replay", table });
  const files = h("select", { class: "mikit-select", "aria-label": "A record beside this notebook" });
  const look = textButton("Look again", signal, () => model.send({ do: "look" }));
  const file = h("input", { type: "file", accept: ".json,.html,.htm", "aria-label": "A record from this computer" });
  const start = h("button", { type: "button", class: "mikit-primary" }, "Replay");
  const problem = h("p", { class: "mikit-error", role: "alert" });
  const [recorded, outcome, rows, environment] = [h("div"), h("p", { class: "mikit-replay-outcome", role: "status" }), h("div"), h("div")];
  view.inputs.append(h("label", { class: "mikit-replay-field" }, "beside this notebook", files), look,
    h("label", { class: "mikit-replay-field" }, "from this computer", file), start);
  view.stage.append(problem, recorded, outcome,
    h("div", { class: "mikit-replay-scroll", tabindex: 0, role: "region", "aria-label": "Differences and environment" }, rows, environment));
  for (const control of [files, look, file, start]) view.needsKernel(control);

  files.addEventListener("change", () => { if (files.value) model.send({ do: "choose", name: files.value }); }, { signal });
  file.addEventListener("change", () => {
    const [one] = file.files ?? [];
    if (one) void one.arrayBuffer().then((bytes) => model.send({ do: "file", name: one.name }, undefined, [bytes]));
  }, { signal });
  start.addEventListener("click", () => view.set({ started: true }, ["replay"]), { signal });

  function draw(): void {
    const [names, chosen, now] = [model.get("files"), model.get("chosen"), model.get("outcome")];
    files.replaceChildren(h("option", { value: "" }, names.length ? "choose a record" : "none here yet"), ...names.map((name) => h("option", { value: name }, name)));
    files.value = names.includes(chosen) ? chosen : "";
    start.hidden = !chosen || model.get("started");
    problem.textContent = model.get("problem") ? `× ${model.get("problem")}` : "";
    const said = model.get("recorded").lines ?? [];
    recorded.replaceChildren(...(said.length
      ? [h("h4", {}, `What ${chosen} says`), ...said.map((line) => h("p", {}, line))]
      : [h("p", { class: "mikit-muted" }, "Choose a record (.json) or a saved page (.html). Nothing in it is run as code; its studies are run again.")]));
    outcome.textContent = now.sentence ? `${now.within ? "✓" : "!"} ${now.sentence}` : "";
    outcome.dataset.within = String(now.within ?? "");
    rows.replaceChildren(...(model.get("rows").length ? [h("h4", {}, "How far the numbers are from the recorded ones"),
      lines(["numbers", "largest difference", "tolerance"], model.get("rows").map((row) => [row.where, moved(row), String(row.tolerance)]))] : []));
    environment.replaceChildren(...(model.get("environment").length
      ? [h("h4", {}, "Computed with"), lines(["what", "then", "now"], model.get("environment").map(([name, then, here]) => [name, then, here === then ? "the same" : here]))] : []));
  }

  view.watch(["files", "chosen", "started", "problem", "recorded", "environment", "rows", "outcome"]);
  view.onDraw(draw);
}

export default { render };
