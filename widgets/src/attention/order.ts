// Heads are numbered (layer, head): number = layer x heads + head. This file turns numbers into names and into orders.

export type Head = readonly [layer: number, head: number];

export function numberOf([layer, head]: Head, perLayer: number): number {
  return layer * perLayer + head;
}

export function headOf(number: number, perLayer: number): Head {
  return [Math.floor(number / perLayer), number % perLayer];
}

/** The field's name of a head, `L18H6`. */
export function nameOf([layer, head]: Head): string {
  return `L${layer}H${head}`;
}

/** Head numbers by score, highest first; heads without a score (NaN) last; equal scores keep the model's order. */
export function byScore(scores: ArrayLike<number>): number[] {
  const key = (i: number) => (Number.isNaN(scores[i]!) ? -Infinity : scores[i]!);
  return Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => key(b) - key(a) || a - b);
}

/** `heads` with `head` added, or taken out when it was there. */
export function toggled(heads: readonly Head[], [layer, head]: Head): Head[] {
  const rest = heads.filter(([l, h]) => l !== layer || h !== head);
  return rest.length < heads.length ? rest : [...heads, [layer, head]];
}

export function includes(heads: readonly Head[], [layer, head]: Head): boolean {
  return heads.some(([l, h]) => l === layer && h === head);
}
