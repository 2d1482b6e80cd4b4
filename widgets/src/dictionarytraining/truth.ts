// The planted directions, hidden until asked for: how many came back, each by its cosine, for the dictionary that is
// read out; and all dictionaries as a table.
import { h, svg, textButton } from "../shared/dom";
import { fixed } from "../shared/format";
import { diamond, figure } from "./panels";
import type { Scene } from "./traits";

const WIDTH = 240;
const HEIGHT = 132;
const LEFT = 26;
const RIGHT = 8;
const TOP = 16;
const BOTTOM = 22;

/** A direction is found where a feature of its own points along it with at least this cosine, as in mikit/sae/evaluate.py. */
const FOUND = 0.9;

export interface Truth {
  element: HTMLElement;
  reveal: HTMLButtonElement;
  draw(scene: Scene): void;
}

/** The foot of the axis; what is below stands on it. */
const LOWEST = 0.4;

const y = (cosine: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(1, Math.max(0, (cosine - LOWEST) / (1 - LOWEST))));
const x = (rank: number, count: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (rank + 0.5)) / count;

/** Directions by falling cosine: blue discs above the line came back, rings below did not; small grey ones are the random dictionary's. */
function picture(scene: Scene): SVGSVGElement {
  const { cosine, cosineControl, recovered, recoveredControl } = scene.levels[scene.chosen]!;
  const count = scene.truth;
  const label = `Cosine of each true direction with its own feature, the best first: ${recovered} of ${count} above ${FOUND}, of a random dictionary ${recoveredControl}.`;
  const guess = scene.predicted === null ? [] : [
    diamond(LEFT + ((WIDTH - LEFT - RIGHT) * scene.predicted) / count, y(FOUND)),
    svg("text", { class: "mikit-dt-label mikit-dt-of-you", x: LEFT + ((WIDTH - LEFT - RIGHT) * scene.predicted) / count, y: y(FOUND) - 9, "text-anchor": scene.predicted > count / 2 ? "end" : "start" }, `you: ${fixed(scene.predicted, 0)}`),
  ];
  return svg("svg", { class: "mikit-dt-marks", width: WIDTH, height: HEIGHT, role: "img", "aria-label": label },
    ...[LOWEST, 0.7, 1].flatMap((value) => [
      svg("line", { class: value > LOWEST ? "mikit-dt-grid" : "mikit-dt-base", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      svg("text", { class: "mikit-dt-axis", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, `${value}`),
    ]),
    svg("line", { class: "mikit-dt-found", x1: LEFT, x2: WIDTH - RIGHT, y1: y(FOUND), y2: y(FOUND) }),
    ...cosineControl.map((value, i) => svg("circle", { class: "mikit-dt-mark-control", cx: x(i, count), cy: y(value), r: 2 })),
    ...cosine.map((value, i) => svg("circle", { class: value > FOUND ? "mikit-dt-mark" : "mikit-dt-mark-lost", cx: x(i, count), cy: y(value), r: 4 })),
    ...guess,
    svg("text", { class: "mikit-dt-axis", x: LEFT, y: HEIGHT - 6 }, `${count} directions, best first →`),
  );
}

function table(scene: Scene): HTMLElement {
  const last = scene.steps.length - 1;
  const head = [scene.knob, "FVU", "L0", "came back"].map((name) => h("th", { scope: "col" }, name));
  const rows = scene.levels.map((level, i) => h("tr", i === scene.chosen ? { class: "mikit-dt-chosen" } : {},
    h("th", { scope: "row" }, `${level.value}`),
    h("td", {}, figure("fvu", level.effect.fvu[last]!)),
    h("td", {}, figure("l0", level.effect.l0[last]!)),
    h("td", {}, `${level.recovered} of ${scene.truth}`)));
  return h("table", { class: "mikit-dt-table" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
}

export function truthPanel(signal: AbortSignal, onReveal: () => void): Truth {
  const reveal = textButton("Show the true directions", signal, onReveal);
  const body = h("div", { class: "mikit-dt-body" });
  const element = h("div", { class: "mikit-dt-truth" }, h("div", { class: "mikit-dt-title" }, "True directions"), body);
  return {
    element, reveal,
    draw(scene) {
      element.hidden = !scene.truth;
      if (!scene.truth) return;
      if (!scene.revealed) {
        const guess = scene.predicted === null ? "How many will come back as a feature of their own?" : `You: ${fixed(scene.predicted, 0)} of ${scene.truth} will come back.`;
        body.replaceChildren(
          h("p", {}, `${scene.truth} directions were planted; ${scene.features} features look for them. ${guess}`), reveal);
      } else if (!scene.steps.length) {
        body.replaceChildren(h("p", {}, `${scene.truth} directions were planted; which of them come back shows once the training runs.`));
      } else {
        const level = scene.levels[scene.chosen]!;
        body.replaceChildren(
          h("p", { class: "mikit-dt-count" }, h("b", {}, `${level.recovered} of ${scene.truth}`), ` came back, with ${scene.knob} ${level.value}`),
          h("p", { class: "mikit-muted" }, `random dictionary ${level.recoveredControl} · line: cosine ${FOUND}`),
          h("div", { class: "mikit-dt-both" }, picture(scene), table(scene)));
      }
    },
  };
}
