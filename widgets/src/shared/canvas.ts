// Cells on a canvas: sharp at any device pixel ratio, one pixel a cell first, then scaled without smoothing.
import { inkOn, packed, place, type ColourMap } from "./scale";

/** Fits a canvas to a size in CSS pixels and clears it. Null where there is no canvas to draw on. */
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext?.("2d") ?? null;
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Draws packed pixels (see `packed`), row by row from the top, stretched over a rectangle with hard edges. */
export function drawPixels(context: CanvasRenderingContext2D, pixels: Uint32Array, columns: number, box: Rect): void {
  const rows = pixels.length / columns;
  if (!pixels.length) return;
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  const bytes = new Uint8ClampedArray(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixels.byteLength);
  small.getContext("2d")?.putImageData(new ImageData(bytes, columns, rows), 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, box.x, box.y, box.width, box.height);
}

export interface Cells {
  values: Float32Array;
  rows: number;
  columns: number;
  limit: number;
  map: ColourMap;
  /** 0 marks an approximate cell; null: all are exact. */
  exact: Uint8Array | null;
  /** Row 0 at the bottom. */
  up: boolean;
  /** For the marks of NaN and clipped cells. */
  ink: string;
}

/** Side of the small square that stands for an approximate value, as a share of its cell. */
const APPROXIMATE = 0.6;

/** Draws a grid of values: full cells exact, small ones approximate, × + − where a colour would mislead. */
export function drawCells(context: CanvasRenderingContext2D, cells: Cells, box: Rect): void {
  const { values, rows, columns, map, exact } = cells;
  const width = box.width / columns;
  const height = box.height / rows;
  const pixels = new Uint32Array(rows * columns);
  const later: (() => void)[] = [];
  for (let row = 0; row < rows; row++) {
    const line = cells.up ? rows - 1 - row : row;
    for (let column = 0; column < columns; column++) {
      const from = row * columns + column;
      const { t, mark } = place(values[from] ?? Number.NaN, cells.limit, map.kind);
      const cell = { x: box.x + column * width, y: box.y + line * height, width, height };
      if (mark !== "×" && (exact === null || exact[from])) pixels[line * columns + column] = packed(map.at(t));
      else if (mark !== "×") later.push(() => drawSmall(context, map.css(t), cell));
      if (mark) later.push(() => drawMark(context, mark, mark === "×" ? cells.ink : inkOn(map.at(t)), cell));
    }
  }
  drawPixels(context, pixels, columns, box);
  for (const draw of later) draw();
}

function drawSmall(context: CanvasRenderingContext2D, colour: string, cell: Rect): void {
  const [width, height] = [cell.width * APPROXIMATE, cell.height * APPROXIMATE];
  context.fillStyle = colour;
  context.fillRect(cell.x + (cell.width - width) / 2, cell.y + (cell.height - height) / 2, width, height);
}

/** Draws × (no number), + or − (beyond the scale) with strokes, so that it is centred at any size. */
function drawMark(context: CanvasRenderingContext2D, mark: "×" | "+" | "−", ink: string, cell: Rect): void {
  const arm = Math.min(4, 0.3 * Math.min(cell.width, cell.height));
  const [x, y] = [cell.x + cell.width / 2, cell.y + cell.height / 2];
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.beginPath();
  if (mark === "×") {
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  } else {
    context.moveTo(x - arm, y);
    context.lineTo(x + arm, y);
    if (mark === "+") {
      context.moveTo(x, y - arm);
      context.lineTo(x, y + arm);
    }
  }
  context.stroke();
}

/** 45° hatch over a rectangle: left out, or out of range. */
export function hatch(context: CanvasRenderingContext2D, colour: string, box: Rect, gap = 4): void {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let offset = 0; offset < box.width + box.height; offset += gap) {
    context.moveTo(box.x + offset - box.height, box.y + box.height);
    context.lineTo(box.x + offset, box.y);
  }
  context.stroke();
  context.restore();
}
