// TrainingView: the loss of a small network and its control, and their heads, while they learn.
import type { RenderProps } from "@anywidget/types";
import { h, svg } from "../shared/dom";
import { fixed } from "../shared/format";
import { frame } from "../shared/frame";
import { seedField } from "../shared/seed";
import type { Table } from "../shared/types";
import { drawChart, nats, plotOf, stepAt, words, type Plot } from "./chart";
import { headsPanel } from "./heads";
import { sceneOf, type Scene, type TrainingTraits } from "./traits";
import "./training.css";

const HEADS_WIDTH = 352;
const GAP = 24;
const TALL = 308;
const LOW = 232;

function tableOf(scene: Scene): Table {
  const scores = scene.heads.flatMap((head) => head.scores.map(([name, values]) => ({ name: `${head.control ? "one layer " : ""}${head.name} ${name}`, values })));
  return {
    caption: `Loss on texts never trained on, in nats a token (chance ${fixed(scene.chance)}), and the heads' scores, by number of updates.`,
    columns: ["updates", `${words(scene.layers)} layers`, "one layer", ...scores.map(({ name }) => name)],
    rows: Array.from(scene.steps, (step, i) => [`${step}`, scene.loss[i]!, scene.control[i]!, ...scores.map(({ values }) => values[i] ?? Number.NaN)]),
  };
}

function render({ model, el, signal }: RenderProps<TrainingTraits>): void {
  let cursor: number | null = null;
  let scene = sceneOf(model);
  let plot: Plot = plotOf(scene, 800, TALL);

  const view = frame(model, el, signal, {
    name: "training",
    table: () => tableOf(scene),
    reset: () => {
      cursor = null;
    },
  });

  const start = h("button", { type: "button", class: "mikit-primary" }, "Start");
  start.addEventListener("click", () => view.set({ started: true }, ["train"]), { signal });
  const [seedLabel, seed] = seedField(signal, () => model.get("seed"), (value) => view.set({ seed: value }));
  view.inputs.append(start, seedLabel);
  view.needsKernel(start);
  view.needsKernel(seed);

  const chart = svg("svg", { class: "mikit-tr-chart", tabindex: 0, role: "application" });
  const heads = headsPanel();
  view.stage.append(h("div", { class: "mikit-tr-stage" }, chart, heads.element));

  const shown = (): number => Math.min(cursor ?? Infinity, scene.steps.length - 1);

  function showNumber(): void {
    const at = shown();
    if (at < 0) {
      view.number.show({ label: "loss of guessing blindly", value: fixed(scene.chance), unit: "nats a token", below: "chance" });
      return;
    }
    view.number.show({
      label: `loss, ${words(scene.layers)} layers, ${scene.steps[at]} updates`, value: nats(scene.loss[at]!), unit: "nats a token",
      below: `one layer ${nats(scene.control[at]!)} · chance ${fixed(scene.chance)}`,
    });
  }

  function point(): void {
    drawChart(chart, scene, plot, cursor === null || !scene.steps.length ? null : shown());
    heads.draw(scene, shown(), view.theme);
    showNumber();
  }

  function draw(): void {
    scene = sceneOf(model);
    plot = view.wide ? plotOf(scene, view.width - HEADS_WIDTH - GAP, TALL) : plotOf(scene, view.width, LOW);
    const busy = model.get("status").state === "busy";
    start.textContent = busy ? "Start again" : scene.steps.length ? "Train again" : "Start";
    seed.value = String(model.get("seed"));
    const last = scene.steps.length - 1;
    chart.setAttribute("aria-label", last < 0 ? "Loss by updates: not trained yet" : `Loss by updates. After ${scene.steps[last]}: ${words(scene.layers)} layers `
      + `${nats(scene.loss[last]!)}, one layer ${nats(scene.control[last]!)}, chance ${fixed(scene.chance)}. Left and right arrow keys read it.`);
    point();
  }

  function move(to: number | null): void {
    cursor = to;
    point();
    const at = shown();
    if (to !== null && at >= 0) view.say(`${scene.steps[at]} updates: ${nats(scene.loss[at]!)}, one layer ${nats(scene.control[at]!)}`);
  }

  chart.addEventListener("pointermove", (event) => {
    if (scene.steps.length) move(stepAt(scene, plot, event.clientX - chart.getBoundingClientRect().left));
  }, { signal });
  chart.addEventListener("pointerleave", () => move(null), { signal });
  chart.addEventListener("keydown", (event) => {
    const last = scene.steps.length - 1;
    if (last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = cursor === null ? last : shown();
    const to = { ArrowLeft: Math.max(0, from - 1), ArrowRight: Math.min(last, from + 1), Home: 0, End: last }[event.key];
    if (to !== undefined) move(to);
    else if (event.key === "Escape") move(null);
    else return;
    event.preventDefault();
  }, { signal });

  view.watch(["loss", "patterns", "predicted", "grid", "updates", "status", "seed"]);
  view.onDraw(draw);
}

export default { render };
