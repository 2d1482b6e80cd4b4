// Three panels over one axis of updates: what is left out, features a token, and features that never fire. The random
// dictionary is dashed and grey below; dictionaries that are not read out are thin.
import { spread } from "../shared/curves";
import { svg } from "../shared/dom";
import { fixed, percent } from "../shared/format";
import type { CurveName, Scene } from "./traits";

const LEFT = 34;
const RIGHT = 104;
const TOP = 18;
const GAP = 30;
const BOTTOM = 36;
const LINE = 13;
const DIAMOND = 5;
const SHARES: Record<CurveName, number> = { fvu: 0.5, l0: 0.28, dead: 0.22 };

/** FVU and dead are shares; below a thousandth only the smallness counts. */
export const figure = (name: CurveName, value: number): string => (
  name === "dead" ? percent(value) : name === "l0" ? fixed(value, 1) : value < 0.001 ? "< 0.001" : fixed(value, 3)
);

export interface Panel {
  name: CurveName;
  top: number;
  height: number;
  most: number;
  title: string;
  y(value: number): number;
}

export interface Plot {
  width: number;
  height: number;
  panels: Panel[];
  x(update: number): number;
}

function mostOf(name: CurveName, scene: Scene): number {
  if (name === "fvu") return 1;
  const values = scene.levels.flatMap((level) => [...level.effect[name], ...(name === "l0" ? level.control[name] : [])]);
  const most = Math.max(0, ...values.filter(Number.isFinite));
  return name === "l0" ? Math.max(2, Math.ceil(most / 2) * 2) : Math.max(0.1, Math.ceil(10 * most) / 10);
}

export function plotOf(scene: Scene, width: number, height: number): Plot {
  const titles: Record<CurveName, string> = {
    fvu: "↑ fraction of variance left out (FVU)", l0: `↑ features ${scene.truth ? "an input" : "a token"} (L0)`, dead: "↑ features that never fire",
  };
  const tall = height - TOP - 2 * GAP - BOTTOM;
  let top = TOP;
  const panels = (["fvu", "l0", "dead"] as const).map((name) => {
    const [from, size, most] = [top, Math.round(SHARES[name] * tall), mostOf(name, scene)];
    top += size + GAP;
    return { name, top: from, height: size, most, title: titles[name], y: (value: number) => from + size * (1 - Math.min(1, Math.max(0, value / most))) };
  });
  return { width, height, panels, x: (update) => LEFT + ((width - LEFT - RIGHT) * update) / Math.max(1, scene.updates) };
}

/** The measured step that is nearest to a point of the chart. */
export function stepAt(scene: Scene, plot: Plot, x: number): number {
  let best = 0;
  scene.steps.forEach((step, i) => {
    if (Math.abs(plot.x(step) - x) < Math.abs(plot.x(scene.steps[best] ?? 0) - x)) best = i;
  });
  return best;
}

function path(plot: Plot, panel: Panel, steps: Float32Array, values: Float32Array): string {
  return Array.from(values, (value, i) => `${i ? "L" : "M"}${plot.x(steps[i]!).toFixed(1)} ${panel.y(value).toFixed(1)}`).join("");
}

interface Mark {
  text: string;
  kind: string;
  at: number;
}

/** What is written at the lines' ends: the dictionaries, and the random one beside that which is read out. */
function marks(scene: Scene, panel: Panel): Mark[] {
  const last = scene.steps.length - 1;
  const found: Mark[] = [];
  if (last >= 0) {
    const { control } = scene.levels[scene.chosen]!;
    found.push({ text: `random ${figure(panel.name, control[panel.name][last]!)}`, kind: "mikit-dt-of-control", at: panel.y(control[panel.name][last]!) });
    scene.levels.forEach(({ value, effect }, i) => {
      const name = scene.levels.length > 1 ? `${scene.knob === "k" ? "k " : ""}${value}: ` : "";
      const kind = i === scene.chosen ? "mikit-dt-of-effect" : "mikit-dt-of-other";
      found.push({ text: name + figure(panel.name, effect[panel.name][last]!), kind, at: panel.y(effect[panel.name][last]!) });
    });
  }
  if (panel.name === "fvu" && !scene.truth && scene.predicted !== null) {
    found.push({ text: `you: ${fixed(scene.predicted)}`, kind: "mikit-dt-of-you", at: panel.y(scene.predicted) });
  }
  return found;
}

export function diamond(x: number, y: number): SVGElement {
  const points = [[0, -DIAMOND], [DIAMOND, 0], [0, DIAMOND], [-DIAMOND, 0]].map(([dx, dy]) => `${x + dx!},${y + dy!}`);
  return svg("polygon", { class: "mikit-dt-you", points: points.join(" ") });
}

function drawPanel(scene: Scene, plot: Plot, panel: Panel, cursor: number | null): SVGElement[] {
  const [left, right, bottom] = [plot.x(0), plot.x(scene.updates), panel.y(0)];
  const { name } = panel;
  const chosen = scene.levels[scene.chosen];
  const ends = marks(scene, panel);
  const places = spread(ends.map(({ at }) => at), LINE, bottom + 2);
  const ticks = name === "fvu" ? [0, 0.5, 1] : [0, panel.most];
  const at = cursor === null ? undefined : scene.steps[cursor];
  return [
    svg("text", { class: "mikit-dt-axis", x: left, y: panel.top - 6 }, panel.title),
    ...ticks.flatMap((value) => [
      svg("line", { class: value ? "mikit-dt-grid" : "mikit-dt-base", x1: left, x2: right, y1: panel.y(value), y2: panel.y(value) }),
      svg("text", { class: "mikit-dt-axis", x: left - 6, y: panel.y(value) + 4, "text-anchor": "end" }, name === "dead" ? percent(value) : `${value}`),
    ]),
    ...(chosen ? [svg("path", { class: "mikit-dt-control", d: path(plot, panel, scene.steps, chosen.control[name]) })] : []),
    ...scene.levels.flatMap((level, i) => (i === scene.chosen ? [] : [svg("path", { class: "mikit-dt-other", d: path(plot, panel, scene.steps, level.effect[name]) })])),
    ...(chosen ? [svg("path", { class: "mikit-dt-effect", d: path(plot, panel, scene.steps, chosen.effect[name]) })] : []),
    ...ends.map(({ text, kind }, i) => svg("text", { class: `mikit-dt-label ${kind}`, x: right + 10, y: places[i]! + 4 }, text)),
    ...(name === "fvu" && !scene.truth && scene.predicted !== null ? [diamond(right, panel.y(scene.predicted))] : []),
    ...(at === undefined || !chosen ? [] : [
      svg("circle", { class: "mikit-dt-dot-control", cx: plot.x(at), cy: panel.y(chosen.control[name][cursor!]!), r: 3 }),
      svg("circle", { class: "mikit-dt-dot", cx: plot.x(at), cy: panel.y(chosen.effect[name][cursor!]!), r: 3 }),
    ]),
  ];
}

/** Draws it all; `cursor` is the index of a measured step, or null. */
export function drawPanels(target: SVGSVGElement, scene: Scene, plot: Plot, cursor: number | null): void {
  const low = plot.height - BOTTOM;
  const at = cursor === null ? undefined : scene.steps[cursor];
  const updates = Array.from({ length: 5 }, (_, i) => Math.round((i * scene.updates) / 4));
  target.setAttribute("width", String(plot.width));
  target.setAttribute("height", String(plot.height));
  target.replaceChildren(
    ...(at === undefined ? [] : [svg("line", { class: "mikit-dt-cursor", x1: plot.x(at), x2: plot.x(at), y1: TOP, y2: low })]),
    ...plot.panels.flatMap((panel) => drawPanel(scene, plot, panel, cursor)),
    ...updates.map((value) => svg("text", { class: "mikit-dt-axis", x: plot.x(value), y: low + 16, "text-anchor": "middle" }, `${value}`)),
    svg("text", { class: "mikit-dt-axis", x: plot.x(scene.updates), y: low + 30, "text-anchor": "end" }, "updates →"),
  );
}
