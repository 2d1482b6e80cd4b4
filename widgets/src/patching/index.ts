// PatchingView: swap one run's values into another, site by site; then one site, dose by dose.
import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { signed, withUnit } from "../shared/format";
import { frame } from "../shared/frame";
import type { Cell } from "../shared/keyboard";
import { legend } from "../shared/legend";
import { tokenLabel } from "../shared/tokens";
import type { ScaleKind, Table } from "../shared/types";
import { AgreementPanel } from "./agreement";
import { DosePanel } from "./dose";
import { Inputs } from "./inputs";
import { planOf, GAP, SIDE } from "./layout";
import { PatchMap } from "./map";
import { dosedOf, sameAbout, sceneOf, type PatchingTraits } from "./traits";
import { caption, cellInWords, nameOf, randomInWords } from "./words";
import "./patching.css";

const MAP_LANES = ["approx", "map"];
const LANES = [...MAP_LANES, "dose"];
const DRAWN = [
  "clean", "corrupt", "answer", "foil", "site", "direction", "metric", "sites", "metrics", "examples", "estimate", "predicted", "status",
] as const satisfies (keyof PatchingTraits)[];

function render({ model, el, signal }: RenderProps<PatchingTraits>): void {
  let scene = sceneOf(model.get("map"));
  let dosed = dosedOf(model.get("dosed"));

  const view = frame(model, el, signal, { name: "patching", table, reset: () => map.leave() });
  const inputs = new Inputs(model, signal, (given) => view.set(given, "direction" in given ? MAP_LANES : LANES));
  const map = new PatchMap(signal, { point, choose });
  const dose = new DosePanel(signal, (index) => view.set({ dose: index }));
  const scale = legend();
  const again = textButton("Sweep again", signal, () => view.set({}, ["map"]));
  const agreement = new AgreementPanel(h("div", { class: "mikit-pat-under" }, scale.element, again));
  const readout = h("p", { class: "mikit-pat-readout" });
  const left = h("div", { class: "mikit-pat-left" }, readout, map.element, agreement.element);
  const right = h("div", { class: "mikit-pat-right" }, view.number.element, dose.element);
  view.inputs.append(...inputs.elements);
  view.stage.append(left, right);
  for (const control of [...inputs.controls, again]) view.needsKernel(control);
  view.tie(dose.element, "dose");

  function table(): Table {
    if (!scene) return { caption: "No numbers yet", columns: ["layer"], rows: [] };
    const now = scene;
    const places = Array.from({ length: now.columns }, (_, i) => (now.by === "head" ? `H${i}` : `${i} ${tokenLabel(now.clean_tokens[i] ?? "")}`));
    return {
      caption: `${caption(now)} ${now.unit ? `In ${now.unit}. ` : ""}Approximate cells carry ≈.`,
      columns: ["layer", ...places],
      rows: Array.from({ length: now.rows }, (_, row) => [`${row}`, ...places.map((_, column) => {
        const i = row * now.columns + column;
        const value = now.values[i] ?? Number.NaN;
        return now.isExact[i] ? value : Number.isNaN(value) ? "" : `≈ ${signed(value)}`;
      })]),
    };
  }

  const kind = (): ScaleKind => (scene?.metric === "KL" ? "sequential" : "diverging");

  function choose(cell: Cell): void {
    if (!scene) return;
    if (!view.live) return view.say("Without a kernel there is the dose of one site alone.");
    view.set({ selected: [cell[0], cell[1]] }, ["dose"]);
    view.say(`${cellInWords(scene, cell)}. Its doses are being computed.`);
    follow();
  }

  function point(cell: Cell | null): void {
    follow();
    if (cell && scene) view.say(cellInWords(scene, cell));
  }

  /** What follows the hand. The cells stay as they are. */
  function follow(): void {
    const selected = model.get("selected");
    map.mark(selected);
    const under = map.active;
    readout.textContent = !scene ? "\u00a0" : under ? cellInWords(scene, under) : caption(scene);
    readout.classList.toggle("mikit-muted", !under);
    const index = scene && selected ? selected[0] * scene.columns + selected[1] : -1;
    const value = scene?.values[index] ?? Number.NaN;
    if (!scene || !selected || selected[1] >= scene.columns || Number.isNaN(value)) return view.number.clear();
    const exact = scene.isExact[index] === 1;
    view.number.show({
      label: `${nameOf(scene, selected)}, ${scene.direction === "denoise" ? "restored" : "broken"}`,
      value: `${exact ? "" : "≈ "}${signed(value)}`,
      unit: `${scene.unit}${exact ? "" : ", approximate"}`.replace(/^, /, ""),
      below: randomInWords(scene, exact && scene.exactRandom.length > 0),
    });
  }

  /** The map is old when every lane that it draws from is. */
  function fade(): void {
    const [asked, answers] = [model.get("asked"), model.get("answers")];
    const stale = (lane: string, there: boolean): boolean => !there || (asked[lane] ?? 0) !== (answers[lane] ?? 0);
    const old = scene !== null && stale("approx", scene.approx !== null) && stale("map", scene.exact !== null);
    for (const element of [left, view.number.element]) element.classList.toggle("mikit-old", old);
  }

  function drawDose(): void {
    const wire = model.get("map");
    const own = model.get("dosed");
    // KL of a broken run is measured from the other end.
    const fits = wire && own && sameAbout(wire, own) && !(wire.metric === "KL" && wire.direction === "noise");
    const width = view.wide ? SIDE : Math.floor((view.width - GAP) / 2);
    dose.draw(dosed, { original: fits ? wire.original : null, predicted: model.get("predicted") }, model.get("dose"), width, model.get("selected") !== null);
  }

  function draw(): void {
    const plan = planOf(scene, view.width);
    inputs.draw();
    view.stage.classList.toggle("mikit-pat-beside", view.wide);
    map.draw(scene, { plan, kind: kind(), theme: view.theme, hatch: view.colour("--mk-hatch") });
    scale.show({
      kind: kind(), theme: view.theme, limit: scene?.limit ?? 1, unit: scene && kind() === "diverging" ? withUnit("▾ negative;", scene.unit) : (scene?.unit ?? ""),
    });
    again.hidden = !view.live || model.get("status").state !== "stopped";
    agreement.draw(scene, model.get("estimate"), { dot: view.colour("--mk-ink"), line: view.colour("--mk-edge") });
    drawDose();
    follow();
    fade();
  }

  view.watch(["map"], () => {
    scene = sceneOf(model.get("map"));
    view.draw();
  });
  view.watch(["dosed"], () => {
    dosed = dosedOf(model.get("dosed"));
    view.draw();
  });
  view.watch(["dose"], () => dose.at(model.get("dose")));
  view.watch(["selected"], follow);
  view.watch(["asked", "answers"], fade);
  view.watch([...DRAWN]);
  view.onDraw(draw);
}

export default { render };
