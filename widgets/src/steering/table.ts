// The view as a table. While texts are judged blind it holds nothing that would tell them apart.
import { decode } from "../shared/buffers";
import { tokenLabel } from "../shared/tokens";
import type { Table } from "../shared/types";
import { COSTS, type LineWire, type Measured, type SteeringModel } from "./traits";

const BLIND: Table = { caption: "Texts are being judged: no numbers until all are answered.", columns: ["text"], rows: [] };

function dosesOf(measured: Measured): Table {
  const { doses, curves, controls, score, unit } = measured;
  const names = ["effect", ...COSTS] as const;
  return {
    caption: `${score.name}, ${unit}, with 95 % interval; KL and surprise in nats a token, repetition as a share, norm as a ratio; the same of each control.`,
    columns: ["strength", "score", "low", "high", ...COSTS, ...controls.flatMap((one) => names.map((name) => `${one.name}: ${name}`)), "out of range"],
    rows: Array.from(doses, (dose, i) => [
      dose, curves.effect.value[i]!, curves.effect.low[i]!, curves.effect.high[i]!, ...COSTS.map((name) => curves[name].value[i]!),
      ...controls.flatMap((one) => names.map((name) => one.curves[name].value[i]!)), measured.bad[i] ? "yes" : "",
    ]),
  };
}

function tokensOf(model: SteeringModel): Table {
  const stream = model.get("stream");
  const sample = stream?.samples[model.get("shown")] ?? stream?.samples[0];
  const rows = (name: string, line: LineWire): Table["rows"] => {
    const change = decode(line.change);
    return line.tokens.map((text, i) => [name, `${i}`, tokenLabel(text), change[i] ?? Number.NaN]);
  };
  return {
    caption: "Written tokens, and how much likelier steering made each, in nats.",
    columns: ["text", "position", "token", "change"],
    rows: sample ? [...rows("unsteered", sample.unsteered), ...rows("steered", sample.steered), ...rows("random arrow", sample.random)] : [],
  };
}

export function tableOf(model: SteeringModel, measured: Measured | null): Table {
  const rating = model.get("rating");
  if (rating && !rating.outcome) return BLIND;
  return measured ? dosesOf(measured) : tokensOf(model);
}
