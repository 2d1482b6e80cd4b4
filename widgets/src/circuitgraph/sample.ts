// A graph to try the view on, for tests: drawn anew from a seed, so that every size has the same shape.
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import { EMBEDDING, NEURON, OUTPUT, REST, type CircuitGraphTraits, type GraphWire, type LevelsWire } from "./traits";

export const LEVELS = 10;

/** A small generator (Park and Miller 1988), the same everywhere. */
function drawing(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

export function sampleGraph(tokens: number, layers: number, neurons: number, rest: number, edges: number): GraphWire {
  const random = drawing(7);
  const nodes: [kind: number, layer: number, position: number][] = [
    ...Array.from({ length: neurons }, (): [number, number, number] => [NEURON, Math.floor(layers * Math.sqrt(random())), random() < 0.4 ? tokens - 1 : Math.floor(tokens * random())]),
    ...Array.from({ length: rest }, (_, i): [number, number, number] => [REST, Math.floor(i / tokens) % layers, i % tokens]),
    ...Array.from({ length: tokens }, (_, t): [number, number, number] => [EMBEDDING, -1, t]),
    [OUTPUT, layers, tokens - 1],
  ];
  const ends: [number, number][] = [];
  for (const seen = new Set<number>(); ends.length < edges;) {
    const [from, to] = [Math.floor(nodes.length * random()), Math.floor(nodes.length * random())];
    const [a, b] = [nodes[from]!, nodes[to]!];
    if (a[1] >= b[1] || a[2] > b[2] || (b[0] !== NEURON && b[0] !== OUTPUT) || seen.has(from * nodes.length + to)) continue;
    seen.add(from * nodes.length + to);
    ends.push([from, to]);
  }
  const count = [nodes.length];
  const level = (): number => Math.floor(LEVELS * random());
  return {
    prompt: "a rose is", answer: " flower", foil: " animal", tokens: Array.from({ length: tokens }, (_, t) => ` t${t}`), layers, value: 12,
    share: 0.118, share_random: [0.004, 0.0031, 0.0052],
    ids: nodes.map(([kind, layer, position], n) => (kind === NEURON ? `${layer}_${n}_${position}` : kind === REST ? `${layer}_-1_${position}r${n}` : kind === EMBEDDING ? `E_${position}_${position}` : `${layer}_0_${position}`)),
    kind: encode("uint8", count, nodes.map(([kind]) => kind)), layer: encode("int32", count, nodes.map(([, layer]) => layer)), position: encode("int32", count, nodes.map(([, , position]) => position)),
    feature: encode("int32", count, nodes.map((_, n) => n)), value_of: encode("float32", count, nodes.map(() => 4 * random() - 2)), effect: encode("float32", count, nodes.map(() => random() - 0.5)),
    since: encode("uint8", count, nodes.map(([kind]) => (kind >= EMBEDDING ? 0 : level()))),
    from: encode("int32", [edges], ends.map(([from]) => from)), to: encode("int32", [edges], ends.map(([, to]) => to)),
    weight: encode("float32", [edges], ends.map(() => random() - 0.5)), edge_since: encode("uint8", [edges], ends.map(level)), labels: {}, source: "", done: true,
  };
}

const NAN = Number.NaN;

/** Two tokens, two layers: 0_1_0 and 0_2_1 act on 1_3_1, which acts on the output; 0_-1_1 is a rest node. */
export const SMALL: GraphWire = {
  prompt: "a rose", answer: " flower", foil: " animal", tokens: ["a", " <b>"], layers: 2, value: 3, share: 0.118, share_random: [0.004, 0.0031, 0.0052],
  ids: ["0_1_0", "0_2_1", "1_3_1", "0_-1_1", "E_5_0", "E_6_1", "3_9_1"],
  kind: encode("uint8", [7], [0, 0, 0, 1, 2, 2, 3]), layer: encode("int32", [7], [0, 0, 1, 0, -1, -1, 2]), position: encode("int32", [7], [0, 1, 1, 1, 0, 1, 1]),
  feature: encode("int32", [7], [1, 2, 3, -1, 5, 6, 9]), value_of: encode("float32", [7], [2, 1, -4, NAN, NAN, NAN, NAN]), effect: encode("float32", [7], [1, -1, 2, 0.5, 0.7, 0.3, 0]),
  since: encode("uint8", [7], [0, 1, 0, 1, 0, 0, 0]),
  from: encode("int32", [7], [2, 0, 1, 3, 4, 5, 5]), to: encode("int32", [7], [6, 2, 2, 2, 0, 1, 6]),
  // Into 1_3_1: −2, 2 and −1 of its value −4, so they bring the output 1, −1 and 0.5.
  weight: encode("float32", [7], [2, -2, 2, -1, 2, 1, 0.25]), edge_since: encode("uint8", [7], [0, 0, 1, 1, 0, 1, 0]), labels: { "1_3_1": "flowers <i>" }, source: "", done: true,
};

export const SMALL_LEVELS: LevelsWire = {
  kept: encode("int32", [2], [2, 3]), replacement: encode("float32", [2], [0.08, 0.13]), completeness: encode("float32", [2], [0.6, 0.71]),
  predicted: encode("float32", [2], [-5.31, -7.35]), measured: encode("float32", [2], [-7.01, NAN]), random: encode("float32", [2], [-0.1, NAN]),
  random_low: encode("float32", [2], [-0.5, NAN]), random_high: encode("float32", [2], [0.2, NAN]),
};

const LANES = { graph: 1, levels: 1, test: 1, examples: 1, cover: 1 };

export function sampleModel(more: Partial<CircuitGraphTraits> = {}): Fake<CircuitGraphTraits> {
  return fakeModel<CircuitGraphTraits>({
    ...IDLE, title: "Attribution graph", answers: { ...LANES }, asked: { ...LANES },
    prompt: "a rose", answer: " flower", foil: " animal", count: 600, other: "", level: 1, pinned: [], groups: [], chosen: "", tests: [],
    rule: { replacement: 0.1, completeness: 0.7, agreement: 0.7 }, stated: null, predicted: null,
    examples: [{ label: "one", prompt: "p", answer: " q", foil: "" }], counts: [300, 600], graph: SMALL, levels: SMALL_LEVELS, outcome: [], detail: null,
    coverage: {
      count: null, prompts: ["p", "q"], replacement: encode("float32", [2], [NAN, NAN]), completeness: encode("float32", [2], [NAN, NAN]), agreement: encode("float32", [2], [NAN, NAN]),
      shuffled: encode("float32", [2, 11], Array(22).fill(NAN)), stated: null, stated_shuffled: null,
    },
    estimate: { seconds: 3.1, bytes: 4e8 }, problem: "", ...more,
  });
}
