// The strongest ways through a node: up to the output, and down to the tokens.
import type { Drawn } from "./drawn";
import { EMBEDDING, OUTPUT } from "./traits";

/** Edges out of a node, and into it, that are followed on. */
const FAN = 6;

export interface Ways {
  /** Edges by their ends. */
  out: Int32Array[];
  into: Int32Array[];
  /** The edge that the strongest way on takes; −1: there is none. The strength is the product of shares on the way. */
  up: Int32Array;
  down: Int32Array;
}

function byEnd(ends: Int32Array, count: number): Int32Array[] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  ends.forEach((n, e) => lists[n]!.push(e));
  return lists.map((list) => Int32Array.from(list));
}

/** Found once for each graph on screen, so that following the hand is a walk along known edges. */
export function waysOf({ ids, kind, layer, from, to, share }: Drawn): Ways {
  const count = ids.length;
  const [out, into] = [byEnd(from, count), byEnd(to, count)];
  const [up, down] = [new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)];
  const climbing = [...Array(count).keys()].sort((a, b) => layer[a]! - layer[b]!);

  const seek = (order: number[], edges: Int32Array[], next: Int32Array, best: Int32Array, ends: number): void => {
    const strength = Float32Array.from(kind, (one) => Number(one === ends));
    for (const n of order) {
      for (const e of edges[n]!) {
        // 0 of what was left out, which leads no further, and of what is not reached yet: a group can be above and below a node.
        const found = share[e]! * strength[next[e]!]!;
        if (found > strength[n]!) [strength[n], best[n]] = [found, e];
      }
    }
  };
  seek([...climbing].reverse(), out, to, up, OUTPUT);
  seek(climbing, into, from, down, EMBEDDING);
  return { out, into, up, down };
}

/** The edges of the strongest ways through a node, strongest ends first. */
export function lit(drawn: Drawn, ways: Ways, n: number): number[] {
  const found = new Set<number>();
  const follow = (edges: Int32Array, next: Int32Array, best: Int32Array): void => {
    for (const first of [...edges].sort((a, b) => Math.abs(drawn.brings[b]!) - Math.abs(drawn.brings[a]!)).slice(0, FAN)) {
      // A way that comes back to an edge has gone on from there before.
      for (let e = first; e >= 0 && !found.has(e); e = best[next[e]!]!) found.add(e);
    }
  };
  follow(ways.out[n]!, drawn.to, ways.up);
  follow(ways.into[n]!, drawn.from, ways.down);
  return [...found];
}
