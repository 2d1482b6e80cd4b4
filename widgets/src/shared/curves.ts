// What charts of curves share: lines through points, labels that keep apart, hatch over what is out of range.

/** A line through the points whose numbers are finite; a gap where one is not. */
export function polyline(x: ArrayLike<number>, y: ArrayLike<number>): string {
  let pen = "M";
  return Array.from(y, (value, i) => {
    if (!Number.isFinite(value)) {
      pen = "M";
      return "";
    }
    const step = `${pen}${x[i]!.toFixed(1)} ${value.toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
}

/** Moves labels apart that would touch, from the top down, and back up where the last would leave the chart. */
export function spread(places: readonly number[], gap: number, lowest: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const found = [...places];
  order.forEach((at, i) => {
    if (i) found[at] = Math.max(found[at]!, found[order[i - 1]!]! + gap);
  });
  let limit = lowest;
  for (const at of order.reverse()) {
    found[at] = Math.min(found[at]!, limit);
    limit = found[at]! - gap;
  }
  return found;
}

/** 45° lines over a rectangle, as one path. */
export function hatching(left: number, right: number, top: number, bottom: number, gap = 6): string {
  const tall = bottom - top;
  // Counted from 0 on, so that the lines of neighbouring rectangles meet.
  const first = Math.floor((left - tall) / gap) * gap;
  return Array.from({ length: Math.max(0, Math.ceil((right - first) / gap)) }, (_, i) => {
    const start = first + i * gap;
    const [from, to] = [Math.max(start, left), Math.min(start + tall, right)];
    return to > from ? `M${from.toFixed(1)} ${(bottom - from + start).toFixed(1)}L${to.toFixed(1)} ${(bottom - to + start).toFixed(1)}` : "";
  }).join("");
}
