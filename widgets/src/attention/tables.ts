// The figure as a table: every head with its scores, or, while a token is locked, where it looks.

import { tokenLabel } from "../shared/tokens";
import type { Table } from "../shared/types";
import { byScore, headOf, includes, nameOf } from "./order";
import type { Now } from "./parts";
import type { Scene } from "./traits";
import { rowOf } from "./unpack";

export function tableOf({ scene, head }: Now): Table {
  return scene.locked < 0 ? headsTable(scene) : looksTable(scene, head);
}

function headsTable(scene: Scene): Table {
  const sorted = scene.scores.find(({ name }) => name === scene.sort);
  const order = sorted ? byScore(sorted.value) : Array.from({ length: scene.layers * scene.perLayer }, (_, i) => i);
  const scores = scene.scores.flatMap(({ name, value, control, low, high }) =>
    ([[name, value], [`${name} control`, control], [`${name} low`, low], [`${name} high`, high]] as const));
  return {
    caption: "Every head: share of attention on the first position, scores, controls and 95 % intervals. "
      + `Lock a token to read where it looks. ${scene.protocol}`,
    columns: ["head", "switched", "first position", ...scores.map(([name]) => name)],
    rows: order.map((i) => {
      const place = headOf(i, scene.perLayer);
      return [nameOf(place), includes(scene.muted, place) ? "off" : "on", scene.sink[i] ?? Number.NaN, ...scores.map(([, of]) => of[i] ?? Number.NaN)];
    }),
  };
}

function looksTable(scene: Scene, head: number): Table {
  const row = rowOf(scene.patterns, head, scene.locked);
  const reader = tokenLabel(scene.tokens[scene.locked]?.text ?? "");
  return {
    caption: `Where “${reader}” (position ${scene.locked}) looks in ${nameOf(headOf(head, scene.perLayer))}, as shares of its attention.`,
    columns: ["position", "token", "share"],
    rows: Array.from(row, (byte, key) => [`${key}`, tokenLabel(scene.tokens[key]?.text ?? ""), byte / 255]),
  };
}
