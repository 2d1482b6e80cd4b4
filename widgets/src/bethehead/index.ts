// BeTheHead: the tokens of a prompt, and 100 % of one head's attention to place on them by hand.
import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { percent, signed } from "../shared/format";
import { frame } from "../shared/frame";
import { tokenLabel } from "../shared/tokens";
import type { Table } from "../shared/types";
import { Board, columnWidth, share } from "./board";
import { EachChart } from "./each";
import { Outcomes } from "./outcomes";
import { alike, allOn, placed } from "./shares";
import { sceneOf, type HeadTraits, type Scene } from "./traits";
import "./bethehead.css";

const DRAWN = [
  "text", "head", "shares", "revealed", "predicted", "answer", "foil", "grid", "tokens", "own", "outcomes", "each", "each_others",
] as const satisfies (keyof HeadTraits)[];

/** Width of the column beside the board, with its gap. */
const BESIDE = 272;

function render({ model, el, signal }: RenderProps<HeadTraits>): void {
  const view = frame(model, el, signal, { name: "bethehead", table });
  const scene = (): Scene => sceneOf(model, view.live);

  const prompt = h("input", { type: "text", class: "mikit-input", "aria-label": "Prompt" });
  const layer = h("select", { class: "mikit-select", "aria-label": "Layer" });
  const head = h("select", { class: "mikit-select", "aria-label": "Head" });
  const reveal = textButton("", signal, () => view.set({ revealed: !model.get("revealed") }));
  const even = textButton("Spread evenly", signal, () => give(alike(model.get("tokens").length)));
  const copy = textButton("Place as the real head", signal, () => give([...scene().own]));
  const board = new Board({ place: move, nudge: (at, by) => move(at, (model.get("shares")[at] ?? 0) + by), all }, signal);
  const each = new EachChart();
  const outcomes = new Outcomes();
  const caption = h("p", { class: "mikit-bth-caption" });
  const under = h("p", { class: "mikit-bth-caption" });
  const scroller = h("div", { class: "mikit-bth-scroller" }, board.element, each.element);

  view.inputs.append(prompt, h("span", { class: "mikit-bth-head" }, layer, head));
  view.stage.append(
    h("div", { class: "mikit-bth-left" }, caption, scroller, under, h("div", { class: "mikit-bth-buttons" }, even, reveal, copy)),
    h("div", { class: "mikit-bth-right" }, view.number.element, outcomes.element));
  for (const control of [prompt, layer, head, even, copy]) view.needsKernel(control);
  for (const element of [view.number.element, outcomes.element]) view.tie(element, "placed");
  view.tie(each.element as unknown as HTMLElement, "each");

  function table(): Table {
    const now = scene();
    const shown = now.real !== null;
    const rows = now.tokens.map((token, i) => [
      `${i}: ${tokenLabel(token.text)}`, now.shares[i] ?? Number.NaN,
      ...(shown ? [now.own[i] ?? Number.NaN, now.each[i] ?? Number.NaN] : []),
    ]);
    const difference = [now.placed, now.real].flatMap((one) => (one ? [one.diff] : []));
    return {
      caption: `Attention of ${now.head} from the last token, as shares; last row: the logit difference it gives`,
      columns: ["looks at", "placed", ...(shown ? ["real head", "all attention here, logits"] : [])],
      rows: [...rows, ...(now.placed ? [["logit difference", ...difference]] : [])],
    };
  }

  function give(shares: number[]): void {
    view.set({ shares }, ["placed"]);
    view.draw();
  }

  function all(at: number): void {
    give(allOn(at, model.get("tokens").length));
    view.say(`All attention on ${tokenLabel(model.get("tokens")[at]?.text ?? "")}`);
  }

  /** Without a kernel only whole placements have an answer. */
  function move(at: number, value: number): void {
    if (!view.live) return all(at);
    give(placed(model.get("shares"), at, value));
    view.say(`${tokenLabel(model.get("tokens")[at]?.text ?? "")} ${percent(Math.min(1, Math.max(0, value)))}`);
  }

  prompt.addEventListener("change", () => view.set({ text: prompt.value }, ["placed", "each"]), { signal });
  for (const select of [layer, head]) {
    select.addEventListener("change", () => view.set({ head: [Number(layer.value), Number(head.value)] }, ["placed", "each"]), { signal });
  }

  function options(select: HTMLSelectElement, name: string, count: number, at: number): void {
    if (select.length !== count) {
      select.replaceChildren(...Array.from({ length: count }, (_, i) => h("option", { value: i }, `${name} ${i}`)));
    }
    select.value = String(at);
  }

  function draw(): void {
    const now = scene();
    const [layers, heads] = model.get("grid");
    const [atLayer, atHead] = model.get("head");
    const revealed = model.get("revealed");
    if (document.activeElement !== prompt && !prompt.matches(":focus")) prompt.value = model.get("text");
    options(layer, "layer", layers, atLayer);
    options(head, "head", heads, atHead);
    reveal.textContent = revealed ? "Hide the real head" : "Show the real head";
    reveal.setAttribute("aria-pressed", String(revealed));
    copy.hidden = !revealed;
    caption.textContent = `${now.head}, reading from the last token. Drag a bar, or click a token to put 100 % there.`;
    under.textContent = now.each.length
      ? `Lower row: the logit difference with everything on that token. Grey: the same in the ${now.others.length} other heads of the layer. Dashed: the real head.`
      : "";
    const column = columnWidth(now.tokens.length, view.wide ? view.width - BESIDE : view.width);
    board.draw(now, column, view.theme, view.live);
    each.draw(now, column);
    outcomes.draw(now);
    drawNumber(now);
  }

  function drawNumber(now: Scene): void {
    if (!now.placed) return view.number.clear();
    view.number.show({
      label: `logit difference, ${tokenLabel(now.answer)} − ${tokenLabel(now.foil)}`,
      value: signed(now.placed.diff),
      unit: "logits",
      below: now.placed.next.length
        ? `${tokenLabel(now.answer)} ${share(now.placed.answer)}, ${tokenLabel(now.foil)} ${share(now.placed.foil)}`
        : "\u00a0",
    });
  }

  view.watch([...DRAWN]);
  view.onDraw(draw);
}

export default { render };
