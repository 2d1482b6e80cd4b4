// CircuitBuilder: tick parts or take the strongest edges, and see what the model does on those alone; then let an adversary
// look for what was left out.
import type { RenderProps } from "@anywidget/types";
import { h, svg, textButton } from "../shared/dom";
import { frame } from "../shared/frame";
import { legend } from "../shared/legend";
import { drawBars } from "./bars";
import { drawRounds } from "./beat";
import { drawCurve, nearest, plotOf, sizeInWords, type Own } from "./curve";
import { Inputs } from "./inputs";
import { PartMap } from "./partmap";
import { drawStrip } from "./strip";
import { tableOf } from "./table";
import { Tools } from "./tools";
import { beatenOf, curveOf, NONE, partName, partNumber, rankingOf, testedOf, type BuilderTraits, type Mode, type Tested } from "./traits";
import {
  aboveInWords, areasInWords, askBeatInWords, beatenInWords, circuitInWords, faithfulnessInWords, knockedInWords, neededInWords, partInWords, randomInWords, restInWords,
} from "./words";
import "./circuitbuilder.css";

const SIDE = 264;
const GAP = 24;
const CURVE = { wide: 142, narrow: 140 } as const;
const ASKED_OF_ALL = ["rank", "test", "curve"];

const NO_PART = "No part is ticked. With every edge cut the model runs as it does on the changed values: the faithfulness of nothing is 0.";
const TICK = " Tick a part.";
const NO_RANKING = "The edges are being ranked.";
const NOT_RUN = "No circuit was run.";
const NO_NUMBERS = "There are no numbers: the sentence below says why.";

/** What stands below the number where there is no room for all of it at once. */
const TABS = [["told", "The circuit"], ["sizes", "Every size"], ["adversary", "Adversary"]] as const;
type Tab = (typeof TABS)[number][0];

const box = (kind: string, ...children: (Node | string)[]): HTMLElement => h("div", { class: `mikit-cb-${kind}` }, ...children);

function render({ model, el, signal }: RenderProps<BuilderTraits>): void {
  let ranking = rankingOf(model.get("ranking"));
  let tested = testedOf(model.get("tested"));
  let curve = curveOf(model.get("curve"));
  let beaten = beatenOf(model.get("beaten"));
  let under = -1;
  let at: number | null = null;
  let tab: Tab = "told";

  const heads = (): number => model.get("grid")[1];
  const partsOf = (): number => model.get("grid")[0] * (heads() + 1);

  const view = frame(model, el, signal, { name: "circuitbuilder", table: () => tableOf(ranking, shown(), curve, beaten, ticked(), heads()), reset: () => show("told") });

  /** The parts that the circuit has. */
  function ticked(): Set<number> {
    if (model.get("mode") === "parts") return new Set(model.get("parts").map((name) => partNumber(name, heads())));
    return new Set([...(ranking?.first ?? [])].flatMap((place, part) => (place > 0 && place <= model.get("count") ? [part] : [])));
  }

  function choose(parts: readonly number[]): void {
    if (!view.live) return;
    view.set({ mode: "parts", parts: [...parts].sort((a, b) => a - b).map((part) => partName(part, heads())) }, ["test"]);
    view.draw();
  }

  function toggle(part: number): void {
    const now = ticked();
    if (!now.delete(part)) now.add(part);
    choose([...now]);
    view.say(`${partName(part, heads())} ${now.has(part) ? "is in" : "is out"}; ${now.size} parts.`);
  }

  function point(part: number, byKey: boolean): void {
    under = part;
    drawReadout();
    if (byKey && part >= 0) view.say(words(part));
  }

  function words(part: number): string {
    return partInWords(part, heads(), ranking, ticked().has(part), shown(), model.get("mode"));
  }

  function show(now: Tab): void {
    tab = now;
    view.draw();
  }

  const inputs = new Inputs(model, signal, (given) => view.set(given, ASKED_OF_ALL));
  const tools = new Tools(signal, {
    mode: (mode: Mode) => view.set({ mode }, ["test"]),
    parts: choose,
    count: (count) => {
      view.set({ count }, view.live ? ["test"] : []);
      view.draw();
    },
  }, () => ranking, partsOf);
  const map = new PartMap(signal, { toggle, point });
  const scale = legend();
  const readout = h("p", { class: "mikit-cb-readout" });
  const strip = svg("svg", { class: "mikit-cb-strip", role: "img" });
  const bars = svg("svg", { class: "mikit-cb-bars", role: "img" });
  const verdict = h("p", { class: "mikit-cb-small" });
  const nothing = h("p", { class: "mikit-cb-nothing" });
  const told = box("told", bars, verdict);
  const chart = svg("svg", { class: "mikit-cb-curve", role: "img" });
  const key = box("key", h("span", { class: "mikit-cb-of-found" }, "— strongest edges first"), h("span", {}, "┄ random circuits, and their range"), h("span", { class: "mikit-cb-of-found" }, "● yours"));
  const areas = h("p", { class: "mikit-cb-small" });
  const sizes = box("sizes", key, chart, areas);
  const beat = h("button", { type: "button", class: "mikit-primary" }, "Beat it");
  beat.addEventListener("click", () => view.set({ beating: true }, ["beat"]), { signal });
  const challenge = h("p", { class: "mikit-cb-small" });
  const rounds = svg("svg", { class: "mikit-cb-rounds", role: "img" });
  const played = box("played", rounds);
  const adversary = box("adversary", played, challenge, beat);
  const tabs = TABS.map(([name, label]) => [name, textButton(label, signal, () => show(name))] as const);
  const left = box("left", tools.element, map.element, box("under", readout, scale.element));
  const right = box("right", view.number.element, strip, nothing);
  const bar = box("tabs mikit-chrome", ...tabs.map(([, button]) => button));
  view.inputs.append(...inputs.elements);
  view.stage.append(left, right, bar, told, sizes, adversary);
  for (const control of [...inputs.controls, ...tools.controls, beat]) view.needsKernel(control);
  view.tie(map.element, "rank");
  for (const element of [right, told]) view.tie(element, "test");
  view.tie(sizes, "curve");
  view.tie(played, "beat");

  chart.addEventListener("pointermove", (event) => {
    if (!curve) return;
    at = nearest(curve, plotOf(curve, own(), curveWidth(), 0), event.clientX - chart.getBoundingClientRect().left);
    drawSizes();
  }, { signal });
  chart.addEventListener("pointerleave", () => {
    at = null;
    drawSizes();
  }, { signal });

  const sideWidth = (): number => (view.wide ? SIDE : Math.floor((view.width - GAP) / 2));
  const curveWidth = (): number => (view.wide ? view.width - SIDE - GAP : view.width);

  function own(): Own | null {
    const now = shown();
    return now && { edges: now.edges, faithfulness: now.faithfulness[0] };
  }

  function drawReadout(): void {
    readout.textContent = under >= 0 ? words(under) : restInWords(ranking);
    readout.classList.toggle("mikit-muted", under < 0);
  }

  /** In a saved page the slider goes to the sizes that were measured; what is known of one is the curve's. */
  function stored(): number {
    if (view.live || model.get("mode") !== "edges" || !curve || (tested?.mode === "edges" && tested.edges === model.get("count"))) return -1;
    return curve.sizes.indexOf(model.get("count"));
  }

  /** The circuit whose numbers stand; without a kernel none where the other way of choosing was tested. */
  function shown(): Tested | null {
    const i = stored();
    if (i < 0) return view.live || tested?.mode === model.get("mode") ? tested : null;
    return tested && {
      ...tested, mode: "edges", parts: [], needed: {}, alone: NONE, without: NONE, randomAlone: NONE, randomWithout: NONE,
      edges: curve!.sizes[i]!, faithfulness: curve!.found[i]!, randomFaithfulness: curve!.random[i]!, draws: curve!.draws,
    };
  }

  function drawNumber(): void {
    const [i, now] = [stored(), shown()];
    const empty = model.get("mode") === "parts" && !model.get("parts").length;
    nothing.hidden = now !== null && !empty;
    const halted = !view.live || model.get("status").state === "stopped";
    nothing.textContent = model.get("error") && view.live ? NO_NUMBERS : empty && ranking ? NO_PART + (view.live ? TICK : "") : halted ? NOT_RUN : ranking ? "The circuit is being run." : NO_RANKING;
    for (const element of [view.number.element, strip]) element.toggleAttribute("hidden", !nothing.hidden);
    bars.toggleAttribute("hidden", i >= 0 || !nothing.hidden);
    verdict.textContent = "";
    if (!now || empty) return;
    view.number.show({ label: `faithfulness of ${circuitInWords(now, view.wide ? ranking?.edges : undefined)}`, ...faithfulnessInWords(now), below: randomInWords(now) });
    drawStrip(strip, now, model.get("predicted"), sideWidth());
    drawBars(bars, now, view.wide ? SIDE : Math.min(view.width, 420));
    verdict.textContent = i >= 0 ? "Of this size only the curve was measured." : [aboveInWords(now), knockedInWords(now), neededInWords(now)].filter(Boolean).join(" ");
  }

  function drawSizes(): void {
    chart.toggleAttribute("hidden", !curve);
    key.hidden = !curve;
    if (!curve) {
      areas.textContent = view.live ? "Faithfulness of the strongest edges, size by size: comes after the ranking." : "The sizes were not measured.";
      return;
    }
    drawCurve(chart, curve, own(), at, curveWidth(), CURVE[view.wide ? "wide" : "narrow"]);
    chart.setAttribute("aria-label", `Faithfulness by size. ${areasInWords(curve)}. “Read as a table” has every number.`);
    areas.textContent = at === null ? areasInWords(curve) : sizeInWords(curve, at);
  }

  function drawAdversary(): void {
    const { state } = model.get("status");
    const empty = model.get("mode") === "parts" && !model.get("parts").length;
    rounds.toggleAttribute("hidden", !beaten);
    beat.hidden = !view.live || empty || (model.get("beating") && state !== "stopped" && state !== "error") || (beaten?.done ?? false);
    challenge.textContent = beaten ? beatenInWords(beaten, state === "stopped") : !view.live ? "The adversary was not asked." : model.get("beating") && state !== "stopped" ? "The adversary is looking." : askBeatInWords(model.get("estimate")?.seconds);
    if (beaten) drawRounds(rounds, beaten, view.wide ? SIDE : view.width);
  }

  function draw(): void {
    const wide = view.wide;
    inputs.draw();
    tools.draw(model.get("mode"), model.get("count"), ranking, curve, view.live);
    map.draw(model.get("grid"), wide ? view.width - SIDE - GAP : view.width, wide, { ranking, ticked: ticked(), theme: view.theme, open: view.live && model.get("mode") === "parts", words });
    scale.show({ kind: "sequential", theme: view.theme, limit: ranking?.limit ?? 1, unit: "logits" });
    for (const [name, button] of tabs) button.setAttribute("aria-pressed", String(name === tab));
    for (const [name, element] of [["told", told], ["sizes", sizes], ["adversary", adversary]] as const) element.classList.toggle("mikit-cb-behind", name !== tab);
    drawReadout();
    drawNumber();
    drawSizes();
    drawAdversary();
  }

  const decoded = (trait: "ranking" | "tested" | "curve" | "beaten", read: () => void): void => view.watch([trait], () => {
    read();
    view.draw();
  });
  decoded("ranking", () => { ranking = rankingOf(model.get("ranking")); });
  decoded("tested", () => { tested = testedOf(model.get("tested")); });
  decoded("curve", () => { curve = curveOf(model.get("curve")); });
  decoded("beaten", () => { beaten = beatenOf(model.get("beaten")); });
  view.watch(["clean", "corrupt", "answer", "foil", "on", "against", "mode", "parts", "count", "beating", "sets", "grid", "predicted", "estimate", "status"]);
  view.onDraw(draw);
}

export default { render };
