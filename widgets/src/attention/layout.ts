// Where each head's thumbnail lies on the head map. Layer order: layers go right, heads go down. By score: the best heads
// first and large enough to carry their names, the others below them in order.

export const GUTTER = 32;
const BIGGEST = 48;
const SMALLEST = 8;
/** A model with many heads a layer has small pictures, so that what hangs on them stays on the screen. */
const TALLEST = 225;
const NAMED = 44;
const NAMED_STEP = 72;
const NAME_LINE = 16;

export interface Box {
  /** Head number. */
  head: number;
  x: number;
  y: number;
  size: number;
  /** Large boxes carry the head's name below them. */
  named: boolean;
}

export interface Layout {
  boxes: readonly Box[];
  width: number;
  height: number;
  pitch: number;
}

/** Distance from one thumbnail to the next in layer order. */
export function pitchOf(width: number, layers: number, perLayer: number): number {
  return Math.max(SMALLEST, Math.min(BIGGEST, Math.floor((width - GUTTER) / layers), Math.floor(TALLEST / perLayer)));
}

/** A thumbnail's own size; what is left of the pitch is the gap. */
export function pictureOf(pitch: number): number {
  return pitch - (pitch >= 20 ? 3 : 2);
}

/** The map as the model is built. */
export function inLayers(width: number, layers: number, perLayer: number): Layout {
  const pitch = pitchOf(width, layers, perLayer);
  const size = pictureOf(pitch);
  const boxes = Array.from({ length: layers * perLayer }, (_, head) => ({
    head,
    x: GUTTER + Math.floor(head / perLayer) * pitch,
    y: (head % perLayer) * pitch,
    size,
    named: false,
  }));
  return { boxes, width: GUTTER + layers * pitch, height: perLayer * pitch, pitch };
}

/** The map in `order` (head numbers, best first), over the whole width and as tall as the map in layers, so that the page stays still. */
export function inOrder(width: number, layers: number, perLayer: number, order: readonly number[]): Layout {
  const area = { ...inLayers(width, layers, perLayer), width };
  const wanted = Math.floor(area.width / NAMED_STEP);
  const roomForNames = area.height >= NAMED + NAME_LINE + SMALLEST;
  const named = roomForNames ? Math.min(order.length, wanted) : 0;
  const top = named ? NAMED + NAME_LINE + 4 : 0;
  const pitch = pitchToFit(order.length - named, area.width, area.height - top, area.pitch);
  const columns = Math.floor(area.width / pitch);
  const boxes = order.map((head, rank) => {
    if (rank < named) return { head, x: rank * NAMED_STEP + (NAMED_STEP - NAMED) / 2, y: 0, size: NAMED, named: true };
    const place = rank - named;
    return { head, x: (place % columns) * pitch, y: top + Math.floor(place / columns) * pitch, size: pictureOf(pitch), named: false };
  });
  return { ...area, boxes };
}

/** The largest pitch, no larger than `most`, at which `count` boxes fit. */
function pitchToFit(count: number, width: number, height: number, most: number): number {
  for (let pitch = most; pitch > SMALLEST; pitch--) {
    if (Math.ceil(count / Math.floor(width / pitch)) * pitch <= height) return pitch;
  }
  return SMALLEST;
}

/** The box under a point, gaps included (they belong to the box before them), or undefined. */
export function boxAt(layout: Layout, x: number, y: number): Box | undefined {
  return layout.boxes.find((box) => {
    const gap = box.named ? NAME_LINE : 2;
    return x >= box.x - 1 && x < box.x + box.size + 2 && y >= box.y && y < box.y + box.size + gap;
  });
}

/** The nearest box in a direction from `from`, staying in line as far as possible; `from` itself at the edge. */
export function neighbour(layout: Layout, from: Box, dx: number, dy: number): Box {
  const middle = (box: Box) => ({ x: box.x + box.size / 2, y: box.y + box.size / 2 });
  const here = middle(from);
  let best = from;
  let least = Infinity;
  for (const box of layout.boxes) {
    const there = middle(box);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const across = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const cost = along + 4 * across;
    // Half a box: a neighbour in line lies at least that far away, a box on the same row or column does not.
    if (along > Math.min(from.size, box.size) / 2 && cost < least) {
      best = box;
      least = cost;
    }
  }
  return best;
}
