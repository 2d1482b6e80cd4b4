// Nodes and edges on a canvas. Filled and solid: toward the answer. Hollow, and dashed where lit: toward the foil.
import type { Drawn } from "./drawn";
import type { Places, Plan } from "./layout";
import { EMBEDDING, GROUP, OUTPUT, REST } from "./traits";

export interface Inks {
  pos: string;
  neg: string;
  ink: string;
  page: string;
  grid: string;
}

const THIN = 0.5;
const THICK = 4;
/** Edges of nearly one width are stroked together, few at a time: one path of thousands is slow. */
const WIDTHS = 8;
const TOGETHER = 250;
const FAINT = 0.25;
/** From this many edges on each is drawn fainter, so that what is many does not become a block. */
const MANY = 600;
const RIM = 1.4;
const ROUND = Math.sqrt(Math.PI) / 2;

type Point = readonly [x: number, y: number];

export function mostOf(brings: Float32Array): number {
  return brings.reduce((most, one) => Math.max(most, Math.abs(one)), 0) || 1;
}

/** Strokes some edges, weak ones first. */
export function paintEdges(pen: CanvasRenderingContext2D, drawn: Drawn, { x, y }: Places, edges: Iterable<number>, most: number, inks: Inks, bright: boolean): void {
  const sorted: number[][] = Array.from({ length: 2 * WIDTHS }, () => []);
  for (const e of edges) {
    const size = Math.abs(drawn.brings[e]!) / most;
    sorted[2 * Math.min(WIDTHS - 1, Math.floor(size * WIDTHS)) + Number(drawn.brings[e]! < 0)]!.push(e);
  }
  pen.save();
  if (!bright) pen.globalAlpha = FAINT * Math.min(1, Math.sqrt(MANY / Math.max(1, drawn.from.length)));
  sorted.forEach((list, i) => {
    const negative = i % 2 === 1;
    pen.lineWidth = THIN + (THICK - THIN) * (Math.floor(i / 2) / (WIDTHS - 1));
    pen.strokeStyle = negative ? inks.neg : inks.pos;
    if (bright) {
      pen.setLineDash(negative ? [4, 3] : []);
      pen.lineWidth = Math.max(1, pen.lineWidth);
    }
    for (let first = 0; first < list.length; first += TOGETHER) {
      pen.beginPath();
      for (const e of list.slice(first, first + TOGETHER)) {
        pen.moveTo(x[drawn.from[e]!]!, y[drawn.from[e]!]!);
        pen.lineTo(x[drawn.to[e]!]!, y[drawn.to[e]!]!);
      }
      pen.stroke();
    }
  });
  pen.restore();
}

function shape(pen: CanvasRenderingContext2D, kind: number, [x, y]: Point, size: number): void {
  if (kind === REST) {
    const arm = size * ROUND * Math.SQRT2;
    pen.moveTo(x, y - arm);
    pen.lineTo(x + arm, y);
    pen.lineTo(x, y + arm);
    pen.lineTo(x - arm, y);
    pen.closePath();
  } else if (kind === EMBEDDING || kind === OUTPUT) {
    pen.rect(x - size * ROUND, y - size * ROUND, 2 * size * ROUND, 2 * size * ROUND);
  } else {
    pen.moveTo(x + size, y);
    pen.arc(x, y, size, 0, 2 * Math.PI);
  }
}

/** Draws some nodes: circles are neurons, diamonds of the same area with an ink outline the rest, squares both ends. */
export function paintNodes(pen: CanvasRenderingContext2D, drawn: Drawn, { x, y, radius }: Places, nodes: Iterable<number>, inks: Inks): void {
  const all = [...nodes].filter((n) => drawn.kind[n] !== GROUP);
  const rest = all.filter((n) => drawn.kind[n] === REST);
  const others = all.filter((n) => drawn.kind[n] !== REST);
  const fill = (list: readonly number[], colour: string, more: number): void => {
    pen.fillStyle = colour;
    pen.beginPath();
    for (const n of list) shape(pen, drawn.kind[n]!, [x[n]!, y[n]!], (drawn.kind[n] === OUTPUT ? 1.6 : 1) * radius + more);
    pen.fill();
  };
  const negative = (n: number): boolean => drawn.effect[n]! < 0;
  for (const list of [others, rest]) {
    const outline = list === rest ? 0.8 : 0;
    if (outline) fill(list, inks.ink, outline);
    else fill(list, inks.page, 1);
    fill(list.filter((n) => !negative(n)), inks.pos, -outline / 2);
    fill(list.filter(negative), inks.neg, -outline / 2);
    fill(list.filter(negative), inks.page, -RIM - outline / 2);
  }
}

export function paintLayers(pen: CanvasRenderingContext2D, plan: Plan, layers: number, left: number, inks: Inks): void {
  pen.strokeStyle = inks.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let layer = -1; layer <= layers; layer++) {
    const y = Math.round(plan.y(layer)) + 0.5;
    pen.moveTo(left, y);
    pen.lineTo(plan.width, y);
  }
  pen.stroke();
}

export function ring(pen: CanvasRenderingContext2D, [x, y]: Point, radius: number, ink: string, width: number): void {
  pen.strokeStyle = ink;
  pen.lineWidth = width;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}
