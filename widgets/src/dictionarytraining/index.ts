// DictionaryTrainingView: the numbers of sparse dictionaries while they learn, and what they have of a planted truth.
import type { RenderProps } from "@anywidget/types";
import { h, svg } from "../shared/dom";
import { interval } from "../shared/format";
import { frame } from "../shared/frame";
import { seedField } from "../shared/seed";
import type { Table } from "../shared/types";
import { drawPanels, figure, plotOf, stepAt, type Plot } from "./panels";
import { sceneOf, type DictionaryTrainingTraits, type Scene } from "./traits";
import { truthPanel } from "./truth";
import "./dictionarytraining.css";

const TRUTH_WIDTH = 240;
const GAP = 24;
const TALL = 400;
const LOW = 340;

function named(scene: Scene, level: number): string {
  return `${scene.knob} ${scene.levels[level]!.value}`;
}

function tableOf(scene: Scene): Table {
  const columns = scene.levels.flatMap(({ effect, control }, i) => (["fvu", "l0", "dead"] as const).flatMap((name) => [
    { name: `${name}, ${named(scene, i)}`, values: effect[name] }, { name: `${name}, random beside ${named(scene, i)}`, values: control[name] },
  ]));
  const truth = scene.revealed && scene.truth && scene.steps.length
    ? ` Of ${scene.truth} true directions came back: ${scene.levels.map(({ recovered }, i) => `${recovered} with ${named(scene, i)}`).join(", ")}.` : "";
  return {
    caption: `Fraction of variance left out (fvu), features that fire (l0) and the share that never does (dead), by number of updates.${truth}`,
    columns: ["updates", ...columns.map(({ name }) => name)],
    rows: Array.from(scene.steps, (step, i) => [`${step}`, ...columns.map(({ values }) => values[i] ?? Number.NaN)]),
  };
}

function render({ model, el, signal }: RenderProps<DictionaryTrainingTraits>): void {
  let cursor: number | null = null;
  let scene = sceneOf(model);
  let plot: Plot = plotOf(scene, 800, TALL);

  const view = frame(model, el, signal, {
    name: "dictionarytraining",
    table: () => tableOf(scene),
    reset: () => {
      cursor = null;
    },
  });

  const start = h("button", { type: "button", class: "mikit-primary" }, "Start");
  start.addEventListener("click", () => view.set({ started: true }, ["train"]), { signal });
  const levels = h("select", { class: "mikit-select" });
  levels.addEventListener("change", () => {
    view.set({ chosen: levels.selectedIndex });
    view.draw();
  }, { signal });
  const [seedLabel, seed] = seedField(signal, () => model.get("seed"), (value) => view.set({ seed: value }));
  const choice = h("label", { class: "mikit-field" }, scene.knob === "k" ? "features an input" : "price of firing", levels);
  view.inputs.append(start, choice, seedLabel);
  view.needsKernel(start);
  view.needsKernel(seed);

  const chart = svg("svg", { class: "mikit-dt-chart", tabindex: 0, role: "application" });
  const truth = truthPanel(signal, () => {
    view.set({ revealed: true });
    view.draw();
  });
  view.stage.append(h("div", { class: "mikit-dt-stage" }, chart, truth.element));

  const shown = (): number => Math.min(cursor ?? Infinity, scene.steps.length - 1);

  function showNumber(): void {
    const [at, level] = [shown(), scene.levels[scene.chosen]!];
    if (at < 0) {
      view.number.show({ label: "left out by answering the mean", value: "1", unit: "FVU", below: "not trained yet" });
      return;
    }
    const [fvu, low, high, random] = scene.heldOut;
    if (fvu !== undefined && cursor === null) {
      const value = Number.isFinite(low) ? interval(fvu, low!, high!, 3) : figure("fvu", fvu);
      view.number.show({ label: "left out of windows never trained on", value, unit: "FVU", below: `random dictionary ${figure("fvu", random!)}` });
      return;
    }
    const name = scene.levels.length > 1 ? `${named(scene, scene.chosen)}, ` : "";
    view.number.show({
      label: `left out, ${name}${scene.steps[at]} updates`, value: figure("fvu", level.effect.fvu[at]!), unit: "FVU",
      below: `random dictionary ${figure("fvu", level.control.fvu[at]!)}`,
    });
  }

  function point(): void {
    drawPanels(chart, scene, plot, cursor === null || !scene.steps.length ? null : shown());
    showNumber();
  }

  function spoken(at: number): string {
    const { effect, control } = scene.levels[scene.chosen]!;
    return `${scene.steps[at]} updates, ${named(scene, scene.chosen)}: FVU ${figure("fvu", effect.fvu[at]!)}, random dictionary ${figure("fvu", control.fvu[at]!)}, `
      + `L0 ${figure("l0", effect.l0[at]!)}, dead ${figure("dead", effect.dead[at]!)}`;
  }

  function draw(): void {
    scene = sceneOf(model);
    const beside = scene.truth && view.wide ? TRUTH_WIDTH + GAP : 0;
    plot = plotOf(scene, view.width - beside, view.wide ? TALL : LOW);
    const busy = model.get("status").state === "busy";
    const last = scene.steps.length - 1;
    start.textContent = busy ? "Start again" : model.get("resumable") ? "Go on" : last >= 0 ? "Train again" : "Start";
    seed.value = String(model.get("seed"));
    choice.hidden = scene.levels.length < 2;
    levels.replaceChildren(...scene.levels.map(({ value }) => h("option", {}, `${value}`)));
    levels.selectedIndex = scene.chosen;
    chart.setAttribute("aria-label", last < 0 ? "Variance left out by updates: not trained yet" : `Variance left out by updates. After ${spoken(last)}. Left and right arrow keys read it.`);
    truth.draw(scene);
    point();
  }

  function move(to: number | null): void {
    cursor = to;
    point();
    if (to !== null && shown() >= 0) view.say(spoken(shown()));
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

  view.watch(["steps", "curves", "cosine", "held_out", "predicted", "revealed", "chosen", "status", "seed", "resumable"]);
  view.onDraw(draw);
}

export default { render };
