// What is on screen of a graph: the nodes and edges of one level, with the members of each group drawn as one node.
import { EMBEDDING, GROUP, NEURON, OUTPUT, type Graph, type Group } from "./traits";

/** Nodes and edges on screen, by their place in these lists. */
export interface Drawn {
  /** A node's id, or a group's name. */
  ids: string[];
  kind: Uint8Array;
  /** Place in the graph; −1 of a group. */
  node: Int32Array;
  /** Members on screen, of a group; else the node itself. */
  members: number[][];
  /** −1 of embeddings; of a group the mean of its members. */
  layer: Float32Array;
  position: Float32Array;
  effect: Float32Array;
  from: Int32Array;
  to: Int32Array;
  /** What each edge brings the output; of a group's edges the sum. */
  brings: Float32Array;
  /** The same as a share of all that enters its target, whatever its sign. */
  share: Float32Array;
  place: Map<string, number>;
}

/** All on screen, by the size of their effect. */
export const strongest = ({ ids, effect }: Drawn): number[] => ids.map((_, i) => i).sort((a, b) => Math.abs(effect[b]!) - Math.abs(effect[a]!) || a - b);

const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

export function drawnOf(graph: Graph, level: number, groups: readonly Group[]): Drawn {
  const here = (n: number): boolean => graph.since[n]! <= level;
  const at = new Int32Array(graph.ids.length).fill(-1);
  const [ids, kind, node, members]: [string[], number[], number[], number[][]] = [[], [], [], []];
  const add = (id: string, what: number, own: number, all: number[]): void => {
    for (const n of all) at[n] = ids.length;
    ids.push(id);
    kind.push(what);
    node.push(own);
    members.push(all);
  };
  for (const { name, nodes } of groups) {
    const all = nodes.map((id) => graph.place.get(id) ?? -1).filter((n) => n >= 0 && at[n] === -1 && here(n));
    if (all.length) add(name, GROUP, -1, all);
  }
  graph.ids.forEach((id, n) => {
    if (at[n] === -1 && here(n)) add(id, graph.kind[n]!, n, [n]);
  });

  const [from, to, brings]: [number[], number[], number[]] = [[], [], []];
  const joined = new Map<number, number>();
  for (let e = 0; e < graph.from.length; e++) {
    if (graph.edge_since[e]! > level) continue;
    const [a, b] = [at[graph.from[e]!]!, at[graph.to[e]!]!];
    if (a < 0 || b < 0 || a === b) continue;
    const several = kind[a] === GROUP || kind[b] === GROUP;
    const there = several ? joined.get(a * ids.length + b) : undefined;
    if (there !== undefined) {
      brings[there]! += graph.brings[e]!;
      continue;
    }
    if (several) joined.set(a * ids.length + b, from.length);
    from.push(a);
    to.push(b);
    brings.push(graph.brings[e]!);
  }
  const entering = new Float32Array(ids.length);
  to.forEach((b, e) => { entering[b]! += Math.abs(brings[e]!); });
  const of = (values: ArrayLike<number>, how: (all: number[]) => number): Float32Array => Float32Array.from(members, (all) => how(all.map((n) => values[n]!)));
  return {
    ids, kind: Uint8Array.from(kind), node: Int32Array.from(node), members,
    layer: of(graph.layer, mean), position: of(graph.position, mean), effect: of(graph.effect, (all) => all.reduce((sum, one) => sum + one, 0)),
    from: Int32Array.from(from), to: Int32Array.from(to), brings: Float32Array.from(brings),
    share: Float32Array.from(brings, (one, e) => Math.abs(one) / (entering[to[e]!]! || 1)), place: new Map(ids.map((id, n) => [id, n])),
  };
}

/** How many neurons and rest nodes are on screen, those in groups among them. */
export function counted(graph: Graph, drawn: Drawn): { neurons: number; rest: number; edges: number } {
  const all = drawn.members.flat();
  const neurons = all.filter((n) => graph.kind[n] === NEURON).length;
  const ends = all.filter((n) => graph.kind[n] === EMBEDDING || graph.kind[n] === OUTPUT).length;
  return { neurons, rest: all.length - neurons - ends, edges: drawn.from.length };
}
