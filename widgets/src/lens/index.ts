// LensView: two prompts through the logit lens, side by side, and which parts write the answer.
import type { RenderProps } from "@anywidget/types";
import { h } from "../shared/dom";
import { signed } from "../shared/format";
import { frame } from "../shared/frame";
import type { Cell } from "../shared/keyboard";
import { legend } from "../shared/legend";
import { meant, written } from "../shared/onetoken";
import { tokenLabel } from "../shared/tokens";
import type { Table } from "../shared/types";
import { columnsOf, mapLayout } from "./layout";
import { LensMap } from "./map";
import { placeInWords, Readout, type Place } from "./readout";
import { SharesPanel } from "./shares";
import { atEnd, sceneOf, type LensTraits, type Scene } from "./traits";
import "./lens.css";

const DRAWN = [
  "prompt", "control", "answer", "foil", "grid", "tokens", "control_tokens", "lens", "control_lens", "limit", "top", "control_top",
  "layers", "ends", "heads", "parts",
] as const satisfies (keyof LensTraits)[];
const LANES = ["lens", "direct"];
const TALL = 180;
const LOW = 150;
const WORDS = ["prompt", "control", "answer", "foil"] as const;

function tableOf(scene: Scene): Table {
  const [prompt, control] = scene.readings;
  const [effect, beside] = scene.shares ?? [];
  const none = Number.NaN;
  return {
    caption: `Logit difference ${tokenLabel(scene.answer)} less ${tokenLabel(scene.foil)} at the last position, by layer: as the lens reads it, and what attention and MLP add`,
    columns: ["layer", "lens", "lens, control", "likeliest", "likeliest, control", "attention adds", "attention, control", "MLP adds", "MLP, control"],
    rows: Array.from({ length: scene.layers }, (_, i) => [
      `${i}`, atEnd(prompt, i), atEnd(control, i), tokenLabel(prompt.top[i]?.[0]?.text ?? ""), tokenLabel(control.top[i]?.[0]?.text ?? ""),
      effect?.attention[i] ?? none, beside?.attention[i] ?? none, effect?.mlp[i] ?? none, beside?.mlp[i] ?? none,
    ]),
  };
}

function render({ model, el, signal }: RenderProps<LensTraits>): void {
  let scene = sceneOf(model);
  let hovered: Place | null = null;

  const view = frame(model, el, signal, {
    name: "lens",
    table: () => tableOf(scene),
    reset: () => {
      hovered = null;
    },
  });

  const boxes = WORDS.map((name) => {
    const box = h("input", { type: "text", class: "mikit-input", spellcheck: "false" });
    const short = name === "answer" || name === "foil";
    if (short) box.title = "One token. The dot stands for a space: in mid-sentence a word begins with one.";
    box.addEventListener("change", () => view.set({ [name]: short ? meant(box.value) : box.value }, LANES), { signal });
    view.needsKernel(box);
    return { name, box, short, label: h("label", { class: `mikit-lens-label mikit-lens-of-${name}` }, h("span", {}, name), box) };
  });
  view.inputs.append(...[0, 2, 1, 3].map((i) => boxes[i]!.label), view.number.element);

  const maps = [0, 1].map(() => new LensMap(signal, { point: (cell) => point(cell && { layer: cell[0], position: cell[1] }), choose }));
  const scale = legend();
  const shares = new SharesPanel(signal, { point: (layer) => point(layer === null ? null : { layer, position: null }), choose, say: view.say });
  const readout = new Readout();
  const both = h("div", { class: "mikit-lens-maps" }, ...maps.map(({ element }) => element));
  view.stage.append(both, scale.element, h("div", { class: "mikit-lens-lower" }, shares.element, readout.element));
  for (const element of [both, readout.lens, view.number.element]) view.tie(element, "lens");
  for (const element of [shares.element, readout.strongest]) view.tie(element, "direct");

  const place = (): Place => hovered ?? { layer: Math.min(model.get("layer"), scene.layers - 1), position: null };

  function choose(layer: number): void {
    view.set({ layer });
    view.say(placeInWords(scene, { layer, position: null }));
    follow();
  }

  function point(at: Place | null): void {
    hovered = at;
    follow();
    if (at) view.say(placeInWords(scene, at));
  }

  /** What follows the pointer. The cells stay as they are. */
  function follow(): void {
    const here = place();
    const cell: Cell | null = here.position === null ? null : [here.layer, here.position];
    for (const map of maps) map.mark(Math.min(model.get("layer"), scene.layers - 1), cell);
    shares.mark(here.layer);
    readout.drawPlace(scene, here);
  }

  function showNumber(): void {
    const [end, beside] = scene.readings.map((reading) => atEnd(reading, scene.layers - 1)) as [number, number];
    if (Number.isNaN(end)) return view.number.clear();
    view.number.show({
      label: `${tokenLabel(scene.answer)} − ${tokenLabel(scene.foil)} at the end`, value: signed(end), unit: "logits",
      below: Number.isNaN(beside) ? "\u00a0" : `control ${signed(beside)}`,
    });
  }

  function draw(): void {
    scene = sceneOf(model);
    for (const { name, box, short } of boxes) {
      if (!box.matches(":focus")) box.value = short ? written(model.get(name)) : model.get(name);
    }
    const prompts = scene.readings.map(({ tokens }) => tokens);
    const columns = columnsOf(prompts, view.width);
    view.stage.classList.toggle("mikit-lens-beside", columns.beside);
    const [theme, ink] = [view.theme, view.colour("--mk-muted")];
    maps.forEach((map, i) => map.draw(scene.readings[i]!, {
      layout: mapLayout(scene.layers, prompts, i as 0 | 1, columns, view.wide ? TALL : LOW), layers: scene.layers, limit: scene.limit, theme, ink,
    }));
    scale.show({ kind: "diverging", theme, limit: scene.limit, unit: `logits, ${tokenLabel(scene.answer)} less ${tokenLabel(scene.foil)}` });
    shares.draw(scene, view.wide ? Math.floor((view.width - 24) / 2) : view.width, theme, ink);
    readout.drawParts(scene);
    showNumber();
    follow();
  }

  view.watch([...DRAWN]);
  view.watch(["layer"], follow);
  view.onDraw(draw);
}

export default { render };
