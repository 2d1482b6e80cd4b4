// ActivationHeatmap: any labelled array as a map, with the value under the pointer in figures.
import type { RenderProps } from "@anywidget/types";
import { decode } from "../shared/buffers";
import { drawCells, sizeCanvas } from "../shared/canvas";
import { h, svg } from "../shared/dom";
import { valueText, withUnit } from "../shared/format";
import { frame } from "../shared/frame";
import { gridKeys, type Cell } from "../shared/keyboard";
import { legend } from "../shared/legend";
import { colourMap } from "../shared/scale";
import { tokenLabel } from "../shared/tokens";
import type { FrameTraits, ScaleKind, Wire } from "../shared/types";
import { drawColumnLabels, drawRowLabels } from "./axes";
import { cellAt, cellBox, layoutOf, type Layout } from "./layout";
import { largestCells, largestList } from "./largest";
import "./heatmap.css";

export interface HeatmapTraits extends FrameTraits {
  values: Wire<"float32">;
  rows: string[];
  cols: string[];
  row_axis: string;
  col_axis: string;
  unit: string;
  scale: ScaleKind;
  limit: number;
  layers_up: boolean;
  exact: Wire<"uint8"> | null;
  tokens_on_x: boolean;
  selected: [number, number] | null;
}

const LISTED = 5;

function render({ model, el, signal }: RenderProps<HeatmapTraits>): void {
  let hovered: Cell | null = null;
  let cursor: Cell | null = null;
  let values = new Float32Array();
  let exact: Uint8Array | null = null;
  let columns: string[] = [];
  let layout: Layout = layoutOf({ rows: [], columns: [], tokens: false }, 800);

  const view = frame(model, el, signal, {
    name: "heatmap",
    table: () => ({
      caption: withUnit(model.get("title"), model.get("unit") && `(${model.get("unit")})`),
      columns: [model.get("row_axis"), ...columns],
      rows: model.get("rows").map((row, i) => [row, ...values.slice(i * columns.length, (i + 1) * columns.length)]),
    }),
    reset: () => {
      hovered = cursor = null;
    },
  });

  const canvas = h("canvas", { role: "img" });
  const marker = h("div", { class: "mikit-heatmap-marker", hidden: true });
  const chosen = h("div", { class: "mikit-heatmap-chosen", hidden: true });
  const gutter = svg("svg", { class: "mikit-heatmap-gutter", "aria-hidden": "true" });
  const foot = svg("svg", { "aria-hidden": "true" });
  const rowAxis = h("span", { class: "mikit-heatmap-axis" });
  const columnAxis = h("span", { class: "mikit-heatmap-axis" });
  const nothing = h("div", { class: "mikit-heatmap-nothing" }, h("span", {}, "No numbers yet."));
  const plot = h("div", { class: "mikit-heatmap-plot" }, canvas, chosen, marker, nothing);
  const map = h("div", { class: "mikit-heatmap-map", tabindex: 0, role: "group" },
    h("div", { class: "mikit-heatmap-grid" }, gutter, h("div", {}, plot, foot)));
  const scaleLegend = legend();
  const figure = h("div", { class: "mikit-heatmap-figure" }, rowAxis, map, h("div", { class: "mikit-heatmap-under" }, columnAxis, scaleLegend.element));
  const list = largestList(LISTED, signal, { enter: hover, choose });
  const side = h("div", { class: "mikit-heatmap-side" }, view.number.element, list.element);
  view.stage.append(figure, side);

  const up = (): boolean => model.get("layers_up");
  const valueAt = ([row, column]: Cell): number => values[row * columns.length + column] ?? Number.NaN;
  const inside = (cell: Cell | null): Cell | null => (
    cell && cell[0] < model.get("rows").length && cell[1] < columns.length ? cell : null
  );
  const nameOf = ([row, column]: Cell): string => `${model.get("rows")[row] ?? row}, ${columns[column] ?? column}`;
  const approximate = ([row, column]: Cell): boolean => exact !== null && !exact[row * columns.length + column];
  const figureOf = (cell: Cell): string => valueText(valueAt(cell), model.get("scale"));

  function hover(cell: Cell | null): void {
    hovered = cell;
    point();
  }

  function choose(cell: Cell): void {
    const now = model.get("selected");
    const same = now !== null && now[0] === cell[0] && now[1] === cell[1];
    view.set({ selected: same ? null : [cell[0], cell[1]] });
    view.say(`${nameOf(cell)} ${same ? "released" : "selected"}`);
  }

  function decodeTraits(): void {
    values = decode(model.get("values"));
    const wire = model.get("exact");
    exact = wire && decode(wire);
    columns = model.get("tokens_on_x") ? model.get("cols").map(tokenLabel) : model.get("cols");
  }

  function mark(element: HTMLElement, cell: Cell | null): void {
    element.hidden = cell === null;
    if (!cell) return;
    const box = cellBox(layout, model.get("rows").length, cell[0], cell[1], up());
    element.style.cssText = `left:${box.x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px`;
  }

  /** What follows the pointer: outlines, labels, the number. The cells stay as they are. */
  function point(): void {
    const selected = inside(model.get("selected"));
    const active = inside(hovered) ?? inside(cursor);
    const best = largestCells(values, columns.length, 1)[0] ?? null;
    const shown = active ?? selected ?? best;
    mark(marker, active);
    mark(chosen, selected);
    const labels = { rows: model.get("rows"), columns, up: up(), tokens: model.get("tokens_on_x"), active: active ?? selected };
    drawRowLabels(gutter, layout, labels);
    drawColumnLabels(foot, layout, labels);
    if (!shown) {
      view.number.clear();
      return;
    }
    const why = active ? (hovered ? "under the pointer" : "under the cursor") : selected ? "selected" : `largest of ${values.filter((value) => !Number.isNaN(value)).length}`;
    view.number.show({
      label: nameOf(shown), value: figureOf(shown), unit: model.get("unit"),
      below: approximate(shown) ? `${why}, approximate` : why,
    });
  }

  function drawMap(): void {
    const rows = model.get("rows");
    const { width, height } = layout;
    const context = sizeCanvas(canvas, width, height);
    plot.style.width = `${width}px`;
    plot.style.height = `${height}px`;
    nothing.hidden = values.length > 0;
    if (!context) return;
    drawCells(context, {
      values, rows: rows.length, columns: columns.length, limit: model.get("limit"), exact, up: up(),
      map: colourMap(model.get("scale"), view.theme), ink: view.colour("--mk-muted"),
    }, { x: 0, y: 0, width, height });
  }

  function draw(): void {
    decodeTraits();
    const [rows, unit, kind, limit] = [model.get("rows"), model.get("unit"), model.get("scale"), model.get("limit")];
    layout = layoutOf({ rows, columns, tokens: model.get("tokens_on_x") }, view.width);
    view.stage.classList.toggle("mikit-heatmap-beside", layout.beside);
    rowAxis.textContent = `${model.get("row_axis")} ${up() ? "↑" : "↓"}`;
    columnAxis.textContent = `${model.get("col_axis")} →`;
    columnAxis.style.marginLeft = `${layout.gutter}px`;
    canvas.setAttribute("aria-label", `${model.get("title")}: ${rows.length} by ${columns.length} values`);
    map.setAttribute("aria-label", `Map of ${model.get("row_axis")} by ${model.get("col_axis")}. Arrow keys move, Enter selects, Escape leaves.`);
    drawMap();
    scaleLegend.show({ kind, theme: view.theme, limit, unit });
    const colours = colourMap(kind, view.theme);
    const largest = largestCells(values, columns.length, LISTED);
    const most = Math.abs(largest[0] ? valueAt(largest[0]) : 0) || 1;
    list.show(largest.map((cell) => ({
      cell, name: nameOf(cell), figure: figureOf(cell), share: Math.abs(valueAt(cell)) / most,
      colour: colours.css(0.7 * Math.sign(valueAt(cell))),
    })));
    point();
  }

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    hover(cellAt(layout, model.get("rows").length, columns.length, event.clientX - box.left, event.clientY - box.top, up()));
  }, { signal });
  plot.addEventListener("pointerleave", () => hover(null), { signal });
  plot.addEventListener("click", () => {
    if (hovered) choose(hovered);
  }, { signal });
  gridKeys(map, signal, {
    size: () => [model.get("rows").length, columns.length],
    up,
    at: () => inside(cursor),
    move(cell) {
      cursor = cell;
      hover(null);
      const box = cellBox(layout, model.get("rows").length, cell[0], cell[1], up());
      map.scrollTo({ left: box.x - map.clientWidth / 2, top: box.y - map.clientHeight / 2 });
      view.say(`${nameOf(cell)}: ${withUnit(figureOf(cell), model.get("unit"))}`);
    },
    choose,
    leave() {
      cursor = null;
      point();
    },
  });
  view.watch(["values", "rows", "cols", "row_axis", "col_axis", "unit", "scale", "limit", "layers_up", "exact", "tokens_on_x"]);
  view.watch(["selected"], point);
  view.onDraw(draw);
}

export default { render };
