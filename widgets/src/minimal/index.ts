// MinimalView: the smallest circuits of a small network, and how many sets of its units were tested to find them.
import type { RenderProps } from "@anywidget/types";
import { h } from "../shared/dom";
import { options, selectField } from "../shared/fields";
import { percent } from "../shared/format";
import { frame } from "../shared/frame";
import { seedField } from "../shared/seed";
import type { Table } from "../shared/types";
import { circuitsPanel } from "./circuits";
import { growthChart } from "./growth";
import { foundOf, growthOf, sizeOf, type MinimalTraits } from "./traits";
import { count } from "./words";
import "./minimal.css";

const DRAWN = ["units", "share", "seed", "chosen", "found", "growth"] as const satisfies (keyof MinimalTraits)[];
const LANES = ["search"];
const SHARES = [0.8, 0.9, 0.95, 1];
const GAP = 24;
const RIGHT = 344;

function render({ model, el, signal }: RenderProps<MinimalTraits>): void {
  function table(): Table {
    const [found, growth] = [foundOf(model), growthOf(model)];
    return {
      caption: "Sets tested by number of units, measured and by closed form; then each circuit: units, share of decisions kept, overlap with the chosen one.",
      columns: ["what", "units", "every set", "greedy", "all sets", "greedy at most", "circuit", "keeps", "overlap"],
      rows: [
        ...(growth?.curves[0]!.most.map(([n, most], i): (string | number)[] => [
          "sets tested", n, growth.curves[0]!.measured[i]?.[1] ?? "", growth.curves[1]!.measured[i]?.[1] ?? "", most, growth.curves[1]!.most[i]![1], "", "", "",
        ]) ?? []),
        ...[...(found?.circuits ?? []), ...(found ? [found.greedy] : [])].map(({ units, kept, overlap }, i): (string | number)[] => [
          i === found!.circuits.length ? "greedy's circuit" : "smallest circuit", sizeOf(units), "", "", "", "", units.flatMap((there, n) => (there ? [n] : [])).join(" "), kept, overlap,
        ]),
        ...(found ? [["random sets", sizeOf(found.circuits[0]!.units), "", "", "", "", "", found.random[0], ""]] : []),
      ],
    };
  }

  const view = frame(model, el, signal, { name: "minimal", table });

  const slider = h("input", { type: "range", class: "mikit-min-slider", step: 1, "aria-label": "units of the network" });
  const units = h("output", { class: "mikit-min-units" });
  slider.addEventListener("input", () => {
    units.textContent = slider.value;
    view.set({ units: slider.valueAsNumber }, LANES);
  }, { signal });
  const share = selectField("share of decisions that a circuit keeps", signal, (value) => view.set({ share: Number(value) }, LANES));
  const [seedLabel, seed] = seedField(signal, () => model.get("seed"), (value) => view.set({ seed: value }, LANES));
  view.inputs.append(
    h("label", { class: "mikit-field mikit-min-of-units" }, "units", slider, units), h("label", { class: "mikit-field" }, "a circuit keeps", share), seedLabel);
  for (const control of [slider, share, seed]) view.needsKernel(control);

  const growth = growthChart();
  const circuits = circuitsPanel(signal, (chosen) => {
    view.set({ chosen });
    draw();
  });
  view.stage.append(growth.element, circuits.element);

  function showNumber(): void {
    const found = foundOf(model);
    if (!found) return view.number.clear();
    const [every, greedy] = found.tested;
    view.number.show({
      label: `to be sure, with ${found.units} units`, value: count(every), unit: "sets tested", below: `greedy ${count(greedy)} · all there are ${count(2 ** found.units)}`,
    });
  }

  function draw(): void {
    const now = model.get("units");
    [slider.min, slider.max, slider.value] = [model.get("fewest"), model.get("most"), now].map(String) as [string, string, string];
    units.textContent = String(now);
    const shares = [...new Set([...SHARES, model.get("share")])].sort((a, b) => a - b);
    options(share, shares.map((one) => [String(one), one === 1 ? "all decisions" : `${percent(one)} of decisions`] as const), String(model.get("share")));
    seed.value = String(model.get("seed"));
    growth.draw(growthOf(model), foundOf(model)?.units ?? now, view.wide ? view.width - GAP - RIGHT : view.width, view.wide ? 448 : 260);
    circuits.draw(foundOf(model), view.wide ? 12 : 5);
    showNumber();
  }

  view.watch([...DRAWN]);
  view.onDraw(draw);
}

export default { render };
