// The view as a table.
import type { Table } from "../shared/types";
import { NONE, partName, type Beaten, type Curve, type Ranged, type Ranking, type Tested } from "./traits";
import { gap } from "./words";

type Row = (string | number)[];

const row = (what: string, of: string, found: Ranged, random: Ranged = NONE): Row => (
  [what, of, ...[...found, ...random].map((value) => (Number.isFinite(value) ? value : ""))]);

export function tableOf(ranking: Ranking | null, tested: Tested | null, curve: Curve | null, beaten: Beaten | null, ticked: ReadonlySet<number>, heads: number): Table {
  const one = (value: number | undefined): Ranged => [value ?? Number.NaN, Number.NaN, Number.NaN];
  return {
    caption: "Measures in logits, faithfulness as a share; low and high are a 95 % interval over pairs, those of random circuits the range of the draws.",
    columns: ["what", "of", "value", "low", "high", "random", "random low", "random high"],
    rows: [
      ...(tested ? [
        row("faithfulness", "circuit", tested.faithfulness, tested.randomFaithfulness), row("logit difference", "whole model", tested.whole),
        row("logit difference", "circuit alone", tested.alone, tested.randomAlone), row("logit difference", "circuit taken out", tested.without, tested.randomWithout),
        row("logit difference", "every edge cut", tested.nothing),
        ...Object.entries(tested.needed).map(([name, loss]) => row("lost without", name, one(loss))),
      ] : []),
      ...(curve ? [
        ...Array.from(curve.sizes, (size, i) => row("faithfulness", `${size} edges`, curve.found[i]!, curve.random[i]!)),
        row("area", "CPR", curve.cpr, curve.randomCpr), row("area", "CMD", curve.cmd, curve.randomCmd),
      ] : []),
      ...(beaten ? beaten.found.map((left, i) => row("apart", i ? `without ${beaten.out.slice(0, i).join(", ")}` : "nothing left out", one(gap(left)), one(beaten.random[i] && gap(beaten.random[i])))) : []),
      ...(ranking ? ranking.order.map((part) => row(ticked.has(part) ? "score, in the circuit" : "score", partName(part, heads), one(ranking.scores[part]))) : []),
    ],
  };
}
