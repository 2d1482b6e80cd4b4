// All sparsities side by side: each toy small, the slider under them, and the dimensions that its features have.
import { h, svg } from "../shared/dom";
import { small } from "./plane";
import type { Scene } from "./traits";

const GUTTER = 32;
const LABELS = 32;
const CHART = 156;
const TOP = 8;
const FOOT = 24;
/** Room of a range's knob on either side of its ends, in every browser about the same. */
const KNOB = 8;
const TALLEST = 96;

/** Shares that a figure gives each of its features. */
const GUIDES: [share: number, text: string][] = [[1, "1"], [1 / 2, "1/2"], [2 / 5, "2/5"]];

export interface Columns {
  element: HTMLElement;
  slider: HTMLInputElement;
  draw(scene: Scene, width: number): void;
}

export function shareAt(share: number): number {
  return TOP + (CHART - TOP - FOOT) * (1 - share);
}

function band(scene: Scene, pitch: number, height: number): SVGElement {
  return svg("rect", { class: "mikit-sp-band", x: GUTTER + scene.chosen * pitch, width: pitch, height });
}

function pictures(scene: Scene, pitch: number): SVGElement[] {
  const side = Math.min(pitch, TALLEST);
  return [
    band(scene, pitch, side + LABELS),
    ...scene.columns.map((column, i) => svg("g", { transform: `translate(${GUTTER + (i + 0.5) * pitch} ${side / 2})` }, ...small(column, side))),
    ...scene.columns.map(({ sparsity }, i) => svg("text", { class: i === scene.chosen ? "mikit-sp-axis mikit-sp-chosen" : "mikit-sp-axis", x: GUTTER + (i + 0.5) * pitch, y: side + 14, "text-anchor": "middle" }, `${sparsity}`)),
    svg("text", { class: "mikit-sp-axis", x: GUTTER, y: side + 30 }, "sparsity: share of inputs without the feature →"),
  ];
}

/** A feature's place in its column: the first to the left, so that equal shares do not cover each other. */
function across(feature: number, features: number, pitch: number): number {
  return (pitch * (feature + 1)) / (features + 1);
}

function dots(scene: Scene, pitch: number): SVGElement[] {
  return scene.columns.flatMap(({ trained, untrained }, i) => {
    const x = (feature: number): number => GUTTER + i * pitch + across(feature, scene.features, pitch);
    return [
      ...(untrained?.arrows ?? []).map((one) => svg("line", { class: "mikit-sp-control", x1: x(one.feature) - 4, x2: x(one.feature) + 4, y1: shareAt(one.dimensions), y2: shareAt(one.dimensions) })),
      ...(trained?.arrows ?? []).map((one) => one.represented
        ? svg("circle", { class: "mikit-sp-dot", cx: x(one.feature), cy: shareAt(one.dimensions), r: 3.5 })
        : svg("circle", { class: "mikit-sp-none", cx: x(one.feature), cy: shareAt(0), r: 3 })),
    ];
  });
}

function chart(scene: Scene, pitch: number, width: number): SVGElement[] {
  return [
    band(scene, pitch, shareAt(0) + 6),
    ...[...GUIDES, [0, "0"] as const].flatMap(([share, text]) => [
      svg("line", { class: "mikit-sp-guide", x1: GUTTER, x2: width, y1: shareAt(share), y2: shareAt(share) }),
      svg("text", { class: "mikit-sp-axis", x: GUTTER - 6, y: shareAt(share) + 4, "text-anchor": "end" }, text),
    ]),
    ...dots(scene, pitch),
    svg("text", { class: "mikit-sp-axis", x: GUTTER, y: CHART - 5 }, "↑ dimensions each feature has · ○ not represented · – untrained"),
  ];
}

export function columnsPanel(signal: AbortSignal, choose: (index: number) => void): Columns {
  const row = svg("svg", { class: "mikit-sp-row", "aria-hidden": "true" });
  const plot = svg("svg", { class: "mikit-sp-row", role: "img" });
  const slider = h("input", { class: "mikit-sp-slider", type: "range", min: 0, step: 1, "aria-label": "sparsity" });
  slider.addEventListener("input", () => choose(slider.valueAsNumber), { signal });
  let pitch = 1;
  let count = 0;
  for (const target of [row, plot]) {
    target.addEventListener("click", (event) => {
      const index = Math.floor((event.clientX - target.getBoundingClientRect().left - GUTTER) / pitch);
      if (index >= 0 && index < count) choose(index);
    }, { signal });
  }
  return {
    element: h("div", { class: "mikit-sp-columns" }, row, slider, plot),
    slider,
    draw(scene, width) {
      count = scene.columns.length;
      pitch = (width - GUTTER) / count;
      const side = Math.min(pitch, TALLEST);
      for (const [target, height] of [[row, side + LABELS], [plot, CHART]] as const) {
        target.setAttribute("width", String(width));
        target.setAttribute("height", String(height));
      }
      row.replaceChildren(...pictures(scene, pitch));
      plot.replaceChildren(...chart(scene, pitch, width));
      const { sparsity, trained, figure } = scene.columns[scene.chosen]!;
      plot.setAttribute("aria-label", trained ? `Dimensions of each feature by sparsity. At ${sparsity}: ${trained.count} features represented, ${figure}.` : "Dimensions of each feature by sparsity: not trained yet");
      slider.max = String(count - 1);
      slider.value = String(scene.chosen);
      slider.setAttribute("aria-valuetext", `sparsity ${sparsity}`);
      slider.style.marginLeft = `${GUTTER + pitch / 2 - KNOB}px`;
      slider.style.width = `${(count - 1) * pitch + 2 * KNOB}px`;
    },
  };
}
