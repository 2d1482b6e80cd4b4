// How much of the graph is kept: one slider, and what is true of the level it stands at.
import { h } from "../shared/dom";
import { box } from "./box";
import type { Drawn } from "./drawn";
import { levelCount, type Graph, type Levels } from "./traits";
import { keptInWords, levelInWords } from "./words";

export interface Prune {
  element: HTMLElement;
  show(graph: Graph | null, drawn: Drawn | null, levels: Levels | null, level: number): void;
}

export function pruneOf(signal: AbortSignal, moved: (level: number) => void): Prune {
  const slider = h("input", { type: "range", class: "mikit-cg-slider", min: 0, step: 1, "aria-label": "Pruning: how much of the graph is kept" });
  const numbers = box("numbers");
  slider.addEventListener("input", () => moved(slider.valueAsNumber), { signal });
  return {
    element: box("prune", slider, numbers),
    show(graph, drawn, levels, level) {
      const last = levelCount(graph, levels) - 1;
      slider.max = String(last);
      slider.value = String(Math.min(level, last));
      slider.setAttribute("value", slider.value);
      slider.disabled = !graph?.ids.length;
      const kept = graph?.ids.length && drawn ? keptInWords(graph, drawn) : "–";
      slider.setAttribute("aria-valuetext", `level ${level + 1} of ${last + 1}: ${kept}`);
      numbers.replaceChildren(...[["kept", kept, "Rest: neurons not drawn, together."] as const, ...levelInWords(levels, level)].map(([name, value, why]) => (
        h("div", { class: "mikit-cg-figure", title: why, role: "group", "aria-label": `${name} ${value}. ${why}` }, h("span", {}, name), h("b", {}, value)))));
    },
  };
}
