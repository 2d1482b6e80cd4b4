// TokenStrip: a text as its tokens, each tinted by its value.
import type { RenderProps } from "@anywidget/types";
import { decode } from "../shared/buffers";
import { h } from "../shared/dom";
import { Flow } from "../shared/flow";
import { valueText, withUnit } from "../shared/format";
import { frame } from "../shared/frame";
import { legend } from "../shared/legend";
import { tokenLabel } from "../shared/tokens";
import type { FrameTraits, ScaleKind, TokenWire, Wire } from "../shared/types";
import { reachOf, tinted } from "../shared/tint";
import "./tokens.css";

export interface TokensTraits extends FrameTraits {
  tokens: TokenWire[];
  values: Wire<"float32"> | null;
  unit: string;
  scale: ScaleKind;
  limit: number;
  selected: number;
}

function largest(values: Float32Array | null): number {
  let best = -1;
  values?.forEach((value, i) => {
    if (!Number.isNaN(value) && (best < 0 || Math.abs(value) > Math.abs(values[best] as number))) best = i;
  });
  return best;
}

function render({ model, el, signal }: RenderProps<TokensTraits>): void {
  let values: Float32Array | null = null;
  let spans: HTMLElement[] = [];

  const view = frame(model, el, signal, {
    name: "tokens",
    table: () => ({
      caption: withUnit(model.get("title"), model.get("unit") && `(${model.get("unit")})`),
      columns: values ? ["position", "token", model.get("unit") || "value"] : ["position", "token"],
      rows: model.get("tokens").map((token, i) => [String(i), tokenLabel(token.text), ...(values ? [values[i] as number] : [])]),
    }),
    reset: () => flow.forget(),
  });
  const flow = new Flow(signal, {
    point(i, byKey) {
      point();
      if (byKey) view.say(`${nameOf(i)}${values ? `: ${withUnit(figure(i), model.get("unit"))}` : ""}`);
    },
    choose,
  });
  const scaleLegend = legend();
  view.stage.append(h("div", {}, flow.element, scaleLegend.element), view.number.element);

  const figure = (i: number): string => (values ? valueText(values[i] as number, model.get("scale")) : "");
  const nameOf = (i: number): string => `position ${i}, ${tokenLabel(model.get("tokens")[i]?.text ?? "")}`;

  /** What follows the pointer: outlines and the number. */
  function point(): void {
    const selected = model.get("selected");
    const { active } = flow;
    spans.forEach((span, i) => span.classList.toggle("mikit-tokens-selected", i === selected));
    const shown = [active, selected, largest(values)].find((i) => i >= 0 && i < spans.length) ?? -1;
    if (shown < 0) {
      view.number.clear();
      return;
    }
    const why = shown === active ? (flow.hovered >= 0 ? "under the pointer" : "under the cursor") : shown === selected ? "selected" : "largest";
    view.number.show({ label: nameOf(shown), value: figure(shown) || "\u00a0", unit: values ? model.get("unit") : "", below: why });
  }

  function choose(i: number): void {
    const released = model.get("selected") === i;
    view.set({ selected: released ? -1 : i });
    view.say(`${nameOf(i)} ${released ? "released" : "selected"}`);
  }

  function draw(): void {
    const [tokens, wire, kind, limit] = [model.get("tokens"), model.get("values"), model.get("scale"), model.get("limit")];
    values = wire && decode(wire);
    spans = tokens.map((token, i) => tinted(token, values ? (values[i] as number) : null, { kind, limit, theme: view.theme }));
    flow.element.classList.toggle("mikit-tokens-plain", values === null);
    flow.show(spans, `${tokens.length} tokens. Arrow keys move, Enter selects, Escape leaves.`, "No tokens yet.");
    scaleLegend.element.hidden = values === null;
    scaleLegend.show({ kind, limit, theme: view.theme, unit: model.get("unit"), reach: reachOf(kind) });
    point();
  }

  view.watch(["tokens", "values", "unit", "scale", "limit"]);
  view.watch(["selected"], point);
  view.onDraw(draw);
}

export default { render };
