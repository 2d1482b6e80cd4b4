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
export function paintEdges(context: CanvasRenderingContext2D, drawn: Drawn, { x, y }: Places, edges: Iterable<number>, most: number, inks: Inks, bright: boolean): void {
  const sorted: number[][] = Array.from({ length: 2 * WIDTHS }, () => []);
  for (const e of edges) {
    const size = Math.abs(drawn.brings[e]!) / most;
    sorted[2 * Math.min(WIDTHS - 1, Math.floor(size * WIDTHS)) + Number(drawn.brings[e]! < 0)]!.push(e);
  }
  context.save();
  if (!bright) context.globalAlpha = FAINT * Math.min(1, Math.sqrt(MANY / Math.max(1, drawn.from.length)));
  sorted.forEach((list, i) => {
    const negative = i % 2 === 1;
    context.lineWidth = THIN + (THICK - THIN) * (Math.floor(i / 2) / (WIDTHS - 1));
    context.strokeStyle = negative ? inks.neg : inks.pos;
    if (bright) {
      context.setLineDash(negative ? [4, 3] : []);
      context.lineWidth = Math.max(1, context.lineWidth);
    }
    for (let first = 0; first < list.length; first += TOGETHER) {
      context.beginPath();
      for (const e of list.slice(first, first + TOGETHER)) {
        context.moveTo(x[drawn.from[e]!]!, y[drawn.from[e]!]!);
        context.lineTo(x[drawn.to[e]!]!, y[drawn.to[e]!]!);
      }
      context.stroke();
    }
  });
  context.restore();
}

function shape(context: CanvasRenderingContext2D, kind: number, [x, y]: Point, size: number): void {
  if (kind === REST) {
    const arm = size * ROUND * Math.SQRT2;
    context.moveTo(x, y - arm);
    context.lineTo(x + arm, y);
    context.lineTo(x, y + arm);
    context.lineTo(x - arm, y);
    context.closePath();
  } else if (kind === EMBEDDING || kind === OUTPUT) {
    context.rect(x - size * ROUND, y - size * ROUND, 2 * size * ROUND, 2 * size * ROUND);
  } else {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 2 * Math.PI);
  }
}

/** Draws some nodes: circles are neurons, diamonds of the same area with an ink outline the rest, squares both ends. */
export function paintNodes(context: CanvasRenderingContext2D, drawn: Drawn, { x, y, radius }: Places, nodes: Iterable<number>, inks: Inks): void {
  const all = [...nodes].filter((n) => drawn.kind[n] !== GROUP);
  const rest = all.filter((n) => drawn.kind[n] === REST);
  const others = all.filter((n) => drawn.kind[n] !== REST);
  const fill = (list: readonly number[], colour: string, more: number): void => {
    context.fillStyle = colour;
    context.beginPath();
    for (const n of list) shape(context, drawn.kind[n]!, [x[n]!, y[n]!], (drawn.kind[n] === OUTPUT ? 1.6 : 1) * radius + more);
    context.fill();
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

export function paintLayers(context: CanvasRenderingContext2D, plan: Plan, layers: number, left: number, inks: Inks): void {
  context.strokeStyle = inks.grid;
  context.lineWidth = 1;
  context.beginPath();
  for (let layer = -1; layer <= layers; layer++) {
    const y = Math.round(plan.y(layer)) + 0.5;
    context.moveTo(left, y);
    context.lineTo(plan.width, y);
  }
  context.stroke();
}

export function ring(context: CanvasRenderingContext2D, [x, y]: Point, radius: number, ink: string, width: number): void {
  context.strokeStyle = ink;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
