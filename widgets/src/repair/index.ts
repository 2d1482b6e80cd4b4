// RepairView: direct against total effect of every head, who brings back the difference, and pairs beyond their sum.
import type { RenderProps } from "@anywidget/types";
import { h } from "../shared/dom";
import { options, selectField } from "../shared/fields";
import { signed } from "../shared/format";
import { frame } from "../shared/frame";
import { meant, written } from "../shared/onetoken";
import type { Table } from "../shared/types";
import { barsPanel } from "./bars";
import { effectsOf, scatterOf } from "./scatter";
import { backward, chance, sceneOf, two, unsure, type Brought, type Head, type RepairTraits, type Scene } from "./traits";
import "./repair.css";

const WORDS = ["prompt", "changed", "answer", "foil"] as const;
const HOW: [Brought, string][] = [
  ["mean", "the mean"], ["resample", "another text's"], ["zero", "zero"], ["other prompt", "the other's"],
];
const GAP = 24;
const RIGHT = 344;

function tableOf({ heads, chosen, parts, sum, pairs, random }: Scene): Table {
  const row = (what: string, name: string, ...values: (number | string)[]): (number | string)[] => [what, name, ...values, ...Array<string>(7 - values.length).fill("")];
  return {
    caption: "Logits: heads, what comes back of the chosen one, pairs beyond their sum",
    columns: ["what", "name", "direct", "total", "comes back", "direct, low", "direct, high", "total, low", "total, high"],
    rows: [
      ...heads.map(({ name, direct: d, total: t, drawsDirect: x, drawsTotal: y }) => row("head", name, d.value, t.value, d.value - t.value, x.low, x.high, y.low, y.high)),
      ...(parts.length ? [...parts, { ...sum, name: "sum" }] : []).map(({ name, value }) => row(`back, ${chosen!.name}`, name, "", "", value)),
      ...pairs.map(({ name, value }) => row("pair", name, "", value)),
      ...random.map(({ name, value }) => row("random pair", name, "", value)),
    ],
  };
}

function render({ model, el, signal }: RenderProps<RepairTraits>): void {
  let scene = sceneOf(model);

  const view = frame(model, el, signal, { name: "repair", table: () => tableOf(scene) });

  const boxes = WORDS.map((name) => {
    const box = h("input", { type: "text", class: "mikit-input" });
    const short = name === "answer" || name === "foil";
    box.addEventListener("change", () => view.set({ [name]: short ? meant(box.value) : box.value }, ["repair"]), { signal });
    view.needsKernel(box);
    return { name, box, short, label: h("label", { class: `mikit-rep-field mikit-rep-of-${name}` }, h("span", {}, name === "changed" ? "other" : name), box) };
  });
  const how = selectField("off: set to", signal, (value) => view.set({ brought: value as Brought }, ["repair"]));
  view.needsKernel(how);
  const [prompt, other, answer, foil] = boxes.map(({ label }) => label);
  view.inputs.append(prompt!, other!, h("label", { class: "mikit-rep-field mikit-rep-of-how" }, h("span", {}, "off: set to"), how), view.number.element, answer!, foil!);

  const heads = selectField("head that is split", signal, (value) => choose(scene.heads.find(({ name }) => name === value) ?? null));
  const scatter = scatterOf(signal, choose);
  const bars = barsPanel();
  view.stage.append(scatter.element, h("div", {}, h("label", { class: "mikit-rep-field" }, h("span", {}, "head"), heads), bars.element));

  function choose(head: Head | null): void {
    if (!head) return;
    view.set({ chosen: [head.layer, head.head] });
    view.draw();
  }

  function showNumber(): void {
    const { chosen, sum, difference, prompts, split, most } = scene;
    if (!chosen || Number.isNaN(sum.value)) return view.number.clear();
    const open = unsure(scene);
    const back = !open && backward(chosen) > 0;
    view.number.show({
      label: back ? `brought back without ${chosen.name}` : `direct less total of ${chosen.name}${open && `, ${open}`}`,
      value: signed(sum.value) + (Number.isNaN(sum.low) ? "" : ` [${signed(sum.low)}, ${signed(sum.high)}]`),
      unit: back ? `of ${signed(chosen.direct.value)} logits` : "logits",
      below: `random heads ${chance(scene.heads).map(two).join(" to ")} (95 %)\n`
        + `${chosen === most ? `most of ${split} split, ` : ""}${prompts > 1 ? `mean of ${prompts} prompts` : "n = 1"}, model ${signed(difference.value)}`,
    });
  }

  function draw(): void {
    scene = sceneOf(model);
    for (const { name, box, short, label } of boxes) {
      if (!box.matches(":focus")) box.value = short ? written(model.get(name)) : model.get(name);
      label.hidden = scene.prompts > 1 || (name === "changed" && scene.brought !== "other prompt");
    }
    view.root.toggleAttribute("data-many", scene.prompts > 1);
    options(how, HOW, scene.brought);
    const listed = scene.heads.filter((head) => head.row >= 0 || head === scene.chosen).sort((a, b) => backward(b) - backward(a));
    options(heads, listed.map((head) => [head.name, effectsOf(head)] as const), scene.chosen?.name ?? "");
    scatter.draw(scene, view.wide ? view.width - GAP - RIGHT : view.width, view.wide ? 432 : scene.brought === "other prompt" && scene.prompts === 1 ? 200 : 224);
    bars.draw(scene, view.wide ? RIGHT : view.width, view.wide ? 10 : 6);
    showNumber();
  }

  view.watch([...WORDS, "brought", "chosen", "found"]);
  view.onDraw(draw);
}

export default { render };
