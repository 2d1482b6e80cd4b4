// Where nodes stand: tokens along x, layers up; what falls together is spread within its token's column.
import { spread } from "../shared/curves";
import { strongest, type Drawn } from "./drawn";
import { GROUP, REST, type Graph } from "./traits";

export const GUTTER = 30;
/** Room for the output's row and the readout, and for the tokens. */
const TOP = 40;
export const FOOT = 67;
const LARGEST = 5;
const SMALLEST = 2.5;
/** Height of a group's box with its gap, and the width of a letter in it. */
const BOX = 24;
const LETTER = 6.5;
/** Share of nodes that may touch before all become smaller. */
const TOUCHING = 0.2;

export interface Plan {
  width: number;
  height: number;
  /** Edges of the tokens' columns: as many as tokens, and one more. */
  columns: Float32Array;
  /** Height of a layer. */
  row: number;
  /** Middle of a layer; −1: the embeddings. */
  y(layer: number): number;
}

/** Columns are the wider the more nodes stand in their fullest cell, at whatever level: nothing moves aside for a slider. */
export function planOf(graph: Graph, width: number, height: number): Plan {
  const [tokens, layers] = [graph.tokens.length, graph.layers];
  const cells = new Float32Array(tokens * (layers + 2));
  graph.ids.forEach((_, n) => { cells[graph.position[n]! * (layers + 2) + graph.layer[n]! + 1]! += 1; });
  const needs = Array.from({ length: tokens }, (_, t) => 2 + Math.max(...cells.subarray(t * (layers + 2), (t + 1) * (layers + 2))) ** 0.75);
  const all = needs.reduce((sum, one) => sum + one, 0);
  const columns = new Float32Array(tokens + 1);
  let x = GUTTER;
  needs.forEach((need, t) => {
    columns[t] = x;
    x += (need / all) * (width - GUTTER);
  });
  columns[tokens] = width;
  const row = (height - TOP - FOOT) / (layers + 1.5);
  return { width, height, columns, row, y: (layer) => height - FOOT - (layer + 1.5) * row };
}

export interface Places {
  x: Float32Array;
  y: Float32Array;
  radius: number;
  /** Nodes layer by layer, from the bottom; in a layer by position, then by strength: the order of the arrow keys. */
  rows: number[][];
}

export function placesOf(drawn: Drawn, plan: Plan): Places {
  const [x, y] = [new Float32Array(drawn.ids.length), new Float32Array(drawn.ids.length)];
  const cells = new Map<string, number[]>();
  // Strongest first, a cell's rest node before its neurons.
  const order = strongest(drawn).sort((a, b) => Number(drawn.kind[b] === REST) - Number(drawn.kind[a] === REST));
  order.forEach((n) => {
    const key = `${drawn.layer[n]} ${drawn.position[n]}`;
    if (drawn.kind[n] !== GROUP) cells.set(key, [...(cells.get(key) ?? []), n]);
  });
  const room = (t: number): number => plan.columns[t + 1]! - plan.columns[t]! - 4;
  const across = (t: number, radius: number): number => Math.max(1, Math.floor(room(t) / (2 * radius + 1)));
  const lines = (radius: number): number => Math.max(1, Math.floor(plan.row / (2 * radius + 1)));
  let radius = LARGEST;
  for (; radius > SMALLEST; radius -= 0.5) {
    let over = 0;
    for (const cell of cells.values()) over += Math.max(0, cell.length - across(drawn.position[cell[0]!]!, radius) * lines(radius));
    if (over <= TOUCHING * drawn.ids.length) break;
  }
  for (const cell of cells.values()) {
    const [t, layer] = [drawn.position[cell[0]!]!, drawn.layer[cell[0]!]!];
    const rows = Math.min(lines(radius), Math.ceil(cell.length / across(t, radius)));
    const each = Math.ceil(cell.length / rows);
    const step = Math.min(2 * radius + 1, room(t) / each);
    cell.forEach((n, i) => {
      const [line, place] = [Math.floor(i / each), i % each];
      x[n] = (plan.columns[t]! + plan.columns[t + 1]!) / 2 + (place - (Math.min(each, cell.length - line * each) - 1) / 2) * step;
      y[n] = plan.y(layer) + (line - (rows - 1) / 2) * (2 * radius + 1);
    });
  }
  // A group's box stands beside its column, left of it where there is room: what it would hide lies in the column.
  const groups = [...drawn.ids.keys()].filter((n) => drawn.kind[n] === GROUP);
  const tops = spread(groups.map((n) => plan.y(drawn.layer[n]!)), BOX, plan.height - FOOT);
  groups.forEach((n, i) => {
    const [t, half] = [Math.round(drawn.position[n]!), (LETTER * drawn.ids[n]!.length) / 2 + BOX];
    const left = plan.columns[t]! - half;
    x[n] = left - half > 0 ? left : Math.min(plan.columns[t + 1]! + half, plan.width - half);
    y[n] = tops[i]!;
  });
  order.sort((a, b) => drawn.layer[a]! - drawn.layer[b]! || drawn.position[a]! - drawn.position[b]!);
  const rows: number[][] = [];
  for (const n of order) {
    if (rows.length && drawn.layer[rows.at(-1)![0]!] === drawn.layer[n]) rows.at(-1)!.push(n);
    else rows.push([n]);
  }
  return { x, y, radius, rows };
}

/** A pointer this far from a node still means it. */
const REACH = 10;

/** The node nearest to a point, or −1. */
export function nearest({ x, y }: Places, left: number, top: number): number {
  let [best, least] = [-1, REACH ** 2];
  for (let n = 0; n < x.length; n++) {
    const far = (x[n]! - left) ** 2 + (y[n]! - top) ** 2;
    if (far < least) [best, least] = [n, far];
  }
  return best;
}

/** Where a key leads from a node, or null: along the layer, to the next layer with nodes, by strength over all. */
export function stepped(key: string, from: number, drawn: Drawn, places: Places): number | null {
  const { rows, x } = places;
  const row = rows.findIndex((line) => line.includes(from));
  const line = rows[row] ?? [];
  const along = (list: readonly number[], step: number): number => list[Math.max(0, Math.min(list.length - 1, list.indexOf(from) + step))] ?? from;
  const toward = (step: number): number => {
    const next = rows[row + step];
    return next ? next.reduce((best, n) => (Math.abs(x[n]! - x[from]!) < Math.abs(x[best]! - x[from]!) ? n : best)) : from;
  };
  switch (key) {
    case "ArrowRight": return along(line, 1);
    case "ArrowLeft": return along(line, -1);
    case "ArrowUp": return toward(1);
    case "ArrowDown": return toward(-1);
    case "PageDown": return along(strongest(drawn), 1);
    case "PageUp": return along(strongest(drawn), -1);
    case "Home": return strongest(drawn)[0] ?? null;
    case "End": return rows.at(-1)?.at(-1) ?? null;
    default: return null;
  }
}
