// SuperpositionView: features as arrows while they learn, at every sparsity, and the phase diagram of a second feature.
import type { RenderProps } from "@anywidget/types";
import { decode } from "../shared/buffers";
import { h, svg } from "../shared/dom";
import { fixed } from "../shared/format";
import { frame } from "../shared/frame";
import { seedField } from "../shared/seed";
import type { Table } from "../shared/types";
import { columnsPanel } from "./columns";
import { phasePanel } from "./phase";
import { large } from "./plane";
import { sceneOf, type Pairs, type Scene, type SuperpositionTraits } from "./traits";
import "./superposition.css";

/** Sides of the large picture. */
const WIDE = 256;
const NARROW = 216;
const GAP = 24;
const FEATURES = [2, 3, 4, 5, 6, 7, 8];
const IMPORTANCES = [1, 0.9, 0.7, 0.5];
const PAIRS: Pairs[] = ["independent", "correlated", "anticorrelated"];
const LANES = ["train", "phase"];

/** A loss spans three powers of ten. */
const small = (loss: number): string => (loss === 0 ? "0" : loss < 0.001 ? fixed(loss, 5) : fixed(loss, 4));

function select(label: string, options: [value: string, text: string][], signal: AbortSignal, chosen: (value: string) => void): [HTMLElement, HTMLSelectElement] {
  const list = h("select", { class: "mikit-select" }, ...options.map(([value, text]) => h("option", { value }, text)));
  list.addEventListener("change", () => chosen(list.value), { signal });
  return [h("label", { class: "mikit-field" }, label, list), list];
}

const importanceText = (share: number): string => (share === 1 ? "equal" : `falling × ${share}`);

function render({ model, el, signal }: RenderProps<SuperpositionTraits>): void {
  let scene: Scene = sceneOf(model);

  function table(): Table {
    const ratio = model.get("importance");
    const arrows = scene.columns.flatMap(({ sparsity, trained, untrained }) => (trained?.arrows ?? []).map((one, i): (string | number)[] => [
      `${scene.features} in 2`, sparsity, one.feature, ratio ** one.feature, one.length, one.dimensions, (Math.atan2(one.up, one.right) * 180) / Math.PI,
      untrained?.arrows[i]?.length ?? Number.NaN, untrained?.arrows[i]?.dimensions ?? Number.NaN,
    ]));
    const [present, values, lengths] = [model.get("phase_present"), decode(model.get("phase")), decode(model.get("phase_length"))];
    const cells = Array.from(values, (value, i): (string | number)[] => [
      "2 in 1", 1 - present[i % present.length]!, 1, model.get("phase_importance")[Math.floor(i / present.length)]!, lengths[i]!, value, "", "", "",
    ]);
    return {
      caption: "Each feature's direction: its length, the dimensions it has, its angle in degrees; and before training.",
      columns: ["features", "sparsity", "feature", "importance", "length", "dimensions", "angle", "untrained length", "untrained dimensions"],
      rows: [...arrows, ...cells],
    };
  }

  const view = frame(model, el, signal, { name: "superposition", table, reset: () => phase.leave() });

  const start = h("button", { type: "button", class: "mikit-primary" }, "Start");
  start.addEventListener("click", () => view.set({ started: true }, LANES), { signal });
  const again = (): string[] => (model.get("started") ? ["train"] : []);
  const known = [...new Set([...IMPORTANCES, model.get("importance")])].sort((a, b) => b - a);
  const [featuresLabel, features] = select("features", FEATURES.map((n) => [`${n}`, `${n}`]), signal, (value) => view.set({ features: Number(value) }, again()));
  const [importanceLabel, importance] = select("importance", known.map((share) => [`${share}`, importanceText(share)]), signal, (value) => view.set({ importance: Number(value) }, again()));
  const [pairsLabel, pairs] = select("pairs", PAIRS.map((name) => [name, name]), signal, (value) => view.set({ pairs: value as Pairs }, again()));
  const [seedLabel, seed] = seedField(signal, () => model.get("seed"), (value) => view.set({ seed: value }, model.get("started") ? LANES : []));
  view.inputs.append(start, featuresLabel, importanceLabel, pairsLabel, seedLabel);
  for (const control of [start, features, importance, pairs, seed]) view.needsKernel(control);

  const columns = columnsPanel(signal, (index) => {
    view.set({ chosen: index });
    view.draw();
  });
  const picture = svg("svg", { class: "mikit-sp-picture", role: "img" });
  const caption = h("p", { class: "mikit-sp-caption" });
  const facts = h("p", { class: "mikit-sp-facts" });
  const plane = h("div", { class: "mikit-sp-plane" }, picture, caption, view.number.element, facts);
  const phase = phasePanel(signal, view.say);
  view.stage.append(h("div", { class: "mikit-sp-stage" }, columns.element, plane, phase.map, phase.words));
  view.tie(columns.element, "train");
  view.tie(plane, "train");
  view.tie(phase.map, "phase");

  function showNumber(): void {
    const [{ sparsity, trained, untrained }, dense] = [scene.columns[scene.chosen]!, scene.columns[0]!];
    view.number.show({
      label: `features at sparsity ${sparsity}`, value: trained ? `${trained.count}` : "–", unit: `of ${scene.features} in 2 dimensions`,
      below: trained ? `dense ${dense.trained!.count} · untrained ${untrained!.count}` : "not trained yet",
    });
  }

  function draw(): void {
    scene = sceneOf(model);
    const busy = model.get("status").state === "busy";
    start.textContent = busy && model.get("started") ? "Start again" : scene.columns[0]!.trained ? "Train again" : "Start";
    [features.value, importance.value, pairs.value, seed.value] = [model.get("features"), model.get("importance"), model.get("pairs"), model.get("seed")].map(String) as [string, string, string, string];
    columns.draw(scene, view.wide ? view.width - WIDE - GAP : view.width);
    const { sparsity, trained, untrained, figure, agree } = scene.columns[scene.chosen]!;
    const side = view.wide ? WIDE : NARROW;
    picture.setAttribute("width", String(side));
    picture.setAttribute("height", String(side));
    picture.setAttribute("viewBox", `${-side / 2} ${-side / 2} ${side} ${side}`);
    picture.replaceChildren(...large(scene.columns[scene.chosen]!, side));
    picture.setAttribute("aria-label", trained ? `Features as arrows at sparsity ${sparsity}: ${figure}, ${trained.count} of ${scene.features} represented` : "Features as arrows: not trained yet");
    caption.textContent = trained ? figure : "\u00a0";
    facts.textContent = trained ? `${model.get("step")} updates · loss ${small(trained.loss)}, untrained ${small(untrained!.loss)} · `
      + `best of ${model.get("draws")} starts, ${agree} of them with ${trained.count} features` : "\u00a0";
    phase.draw({ values: decode(model.get("phase")), importance: model.get("phase_importance"), present: model.get("phase_present") }, view.theme, view.wide);
    showNumber();
  }

  view.watch(["weights", "phase", "figures", "features", "importance", "pairs", "seed", "started", "chosen", "status"]);
  view.onDraw(draw);
}

export default { render };
