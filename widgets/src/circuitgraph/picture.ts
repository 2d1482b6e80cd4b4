// The graph on screen: one picture of all nodes and edges that stays, and one over it of what the hand or a key is on.
import { sizeCanvas } from "../shared/canvas";
import { spread } from "../shared/curves";
import { h, svg } from "../shared/dom";
import { middle, tokenLabel } from "../shared/tokens";
import { box } from "./box";
import type { Drawn } from "./drawn";
import { FOOT, GUTTER, nearest, placesOf, planOf, stepped, type Places, type Plan } from "./layout";
import { mostOf, paintEdges, paintLayers, paintNodes, ring, type Inks } from "./paint";
import { lit, waysOf, type Ways } from "./paths";
import { GROUP, type Graph } from "./traits";
import { drawnName, effectInWords, legendOf, litInWords, shortName } from "./words";

const LETTERS = 8;
/** Height of a pin's name: those of neighbours keep apart. */
const LINE = 14;
/** From this many layers on every fifth is labelled. */
const MANY = 12;

const canvas = (): HTMLCanvasElement => h("canvas", { class: "mikit-cg-canvas", "aria-hidden": "true" });

export interface Hooks {
  /** A key went to a node: what a screen reader hears of it. */
  say(text: string): void;
  /** A click or Enter on a node. */
  pin(i: number): void;
}

export interface Marks {
  pinned: readonly string[];
  chosen: string;
}

export class Picture {
  private readonly back = canvas();
  private readonly front = canvas();
  private readonly axes = svg("svg", { class: "mikit-cg-axes", "aria-hidden": "true" });
  private readonly names = h("div", { class: "mikit-cg-names", "aria-hidden": "true" });
  private readonly readout = box("readout");
  private readonly nothing = box("nothing");
  readonly element = h("div", { class: "mikit-cg-plot", tabindex: 0, role: "group" }, this.back, this.axes, this.front, this.names, this.readout, this.nothing);
  private graph: Graph | null = null;
  private drawn: Drawn | null = null;
  private plan: Plan | null = null;
  private places: Places | null = null;
  private ways: Ways | null = null;
  private inks: Inks | null = null;
  private marks: Marks = { pinned: [], chosen: "" };
  private over: CanvasRenderingContext2D | null = null;
  private most = 1;
  private hovered = -1;
  /** By name, so that it stays where it is when the slider moves. */
  private cursor = "";
  private painted: unknown[] = [];

  constructor(signal: AbortSignal, private readonly hooks: Hooks) {
    const under = (event: PointerEvent | MouseEvent): number => {
      const own = (event.target as Element).closest<HTMLElement>("[data-at]");
      if (own) return Number(own.dataset["at"]);
      const { left, top } = this.element.getBoundingClientRect();
      return this.places ? nearest(this.places, event.clientX - left, event.clientY - top) : -1;
    };
    const on = <K extends keyof HTMLElementEventMap>(type: K, heard: (event: HTMLElementEventMap[K]) => void): void => this.element.addEventListener(type, heard, { signal });
    on("pointermove", (event) => this.hover(under(event)));
    on("pointerleave", () => this.hover(-1));
    on("click", (event) => {
      const n = under(event);
      if (n < 0) return;
      this.cursor = this.drawn!.ids[n]!;
      hooks.pin(n);
    });
    on("keydown", (event) => this.press(event));
  }

  /** Takes the cursor off the graph. */
  leave(): void {
    this.hovered = -1;
    this.cursor = "";
    this.follow();
  }

  draw(graph: Graph | null, drawn: Drawn | null, size: readonly [number, number], inks: Inks, nothing: string): void {
    const [width, height] = size;
    Object.assign(this.element.style, { width: `${width}px`, height: `${height}px` });
    this.nothing.hidden = Boolean(graph?.ids.length);
    this.nothing.textContent = nothing;
    const key = [graph, drawn, width, height, ...Object.values(inks), devicePixelRatio];
    if (key.every((one, i) => one === this.painted[i])) return;
    this.painted = key;
    this.hovered = -1;
    [this.graph, this.drawn, this.inks] = [graph, drawn, inks];
    this.plan = graph && planOf(graph, width, height);
    this.places = drawn && placesOf(drawn, this.plan!);
    this.ways = drawn && waysOf(drawn);
    this.most = mostOf(drawn?.brings ?? new Float32Array());
    this.over = sizeCanvas(this.front, width, height);
    const pen = sizeCanvas(this.back, width, height);
    pen?.clearRect(0, 0, width, height);
    this.paintAxes(width, height);
    this.element.setAttribute("aria-label", graph
      ? `${legendOf(graph)} Layers go up, tokens to the right. Left and right walk along a layer, up and down to the next layer, page keys by strength; Enter pins.`
      : nothing);
    if (!pen || !graph || !drawn) return;
    paintLayers(pen, this.plan!, graph.layers, GUTTER, inks);
    paintEdges(pen, drawn, this.places!, drawn.from.keys(), this.most, inks, false);
    paintNodes(pen, drawn, this.places!, drawn.ids.keys(), inks);
  }

  /** Pins, groups' boxes, and the ways of what the hand, a key or the choice is on: the part that is drawn again. */
  mark(marks: Marks): void {
    this.marks = marks;
    this.paintNames();
    this.follow();
  }

  private hover(n: number): void {
    if (n === this.hovered) return;
    this.hovered = n;
    this.follow();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.drawn || !this.places) return;
    const at = this.drawn.place.get(this.cursor);
    if (event.key === "Escape") this.leave();
    else if ((event.key === "Enter" || event.key === " ") && at !== undefined) this.hooks.pin(at);
    else {
      const first = this.drawn.place.get(this.marks.chosen) ?? stepped("End", 0, this.drawn, this.places)!;
      const next = stepped(event.key, at ?? first, this.drawn, this.places);
      if (next === null) return;
      // The first key shows the cursor where it starts.
      this.cursor = this.drawn.ids[at === undefined && event.key.startsWith("Arrow") ? first : next]!;
      this.hovered = -1;
      this.hooks.say(this.follow());
    }
    event.preventDefault();
  }

  /** Lights the ways of one node; says which. */
  private follow(): string {
    const { graph, drawn, places, ways, inks, over } = this;
    const under = this.hovered >= 0 ? this.hovered : (drawn?.place.get(this.cursor) ?? -1);
    const n = under >= 0 ? under : (drawn?.place.get(this.marks.chosen) ?? -1);
    const edges = drawn && n >= 0 ? lit(drawn, ways!, n) : [];
    const words = graph && drawn && n >= 0 ? [drawnName(graph, drawn, n), effectInWords(graph, drawn, n), litInWords(drawn, edges)] : [];
    this.readout.textContent = words.length ? words.join(" · ") : graph?.ids.length ? legendOf(graph) : "";
    this.element.classList.toggle("mikit-cg-lit", edges.length > 0);
    if (over && drawn && inks) {
      over.clearRect(0, 0, this.plan!.width, this.plan!.height);
      paintEdges(over, drawn, places!, edges, this.most, inks, true);
      if (n >= 0) paintNodes(over, drawn, places!, new Set([n, ...edges.flatMap((e) => [drawn.from[e]!, drawn.to[e]!])]), inks);
      const around = (i: number, more: number, width: number): void => {
        if (drawn.kind[i] !== GROUP) ring(over, [places!.x[i]!, places!.y[i]!], places!.radius + more, inks.ink, width);
      };
      for (const id of this.marks.pinned) if (drawn.place.has(id)) around(drawn.place.get(id)!, 2.5, 1.5);
      if (n >= 0) around(n, 4.5, 2);
    }
    for (const one of this.names.querySelectorAll<HTMLElement>(".mikit-cg-group")) one.classList.toggle("mikit-cg-on", Number(one.dataset["at"]) === n);
    return words.join(". ");
  }

  private paintAxes(width: number, height: number): void {
    const { graph, plan } = this;
    this.axes.setAttribute("width", String(width));
    this.axes.setAttribute("height", String(height));
    if (!graph || !plan) return this.axes.replaceChildren();
    const top = height - FOOT + 8;
    this.axes.replaceChildren(
      ...[...Array(graph.layers).keys()].filter((layer) => layer % (graph.layers < MANY ? 1 : 5) === 0).map((layer) => (
        svg("text", { x: GUTTER - 6, y: plan.y(layer) + 4, "text-anchor": "end", class: "mikit-cg-axis" }, `L${layer}`))),
      ...graph.tokens.map((token, t) => {
        const x = (plan.columns[t]! + plan.columns[t + 1]!) / 2 + 4;
        return svg("text", { x, y: top, "text-anchor": "end", transform: `rotate(-90 ${x} ${top})`, class: "mikit-cg-token" }, middle(tokenLabel(token), LETTERS));
      }));
  }

  private paintNames(): void {
    const { graph, drawn, places, plan, marks } = this;
    if (!graph || !drawn || !places || !plan) return this.names.replaceChildren();
    const put = (i: number, kind: string, text: string, top = places.y[i]!): HTMLElement => {
      const element = h("span", { class: `mikit-cg-${kind}`, "data-at": i }, text);
      const right = kind === "name" && places.x[i]! > plan.width - 72;
      Object.assign(element.style, { left: `${places.x[i]! + (kind === "name" ? (right ? -9 : 9) : 0)}px`, top: `${top}px` });
      element.classList.toggle("mikit-cg-left", right);
      return element;
    };
    const pins = marks.pinned.map((id) => drawn.place.get(id) ?? -1).filter((i) => i >= 0 && drawn.kind[i] !== GROUP);
    const tops = spread(pins.map((i) => places.y[i]!), LINE, plan.height - FOOT);
    this.names.replaceChildren(
      ...pins.map((i, at) => put(i, "name", shortName(graph, drawn.node[i]!), tops[at])),
      ...[...drawn.ids.keys()].filter((i) => drawn.kind[i] === GROUP).map((i) => put(i, "group", `${drawn.effect[i]! < 0 ? "−" : "+"} ${drawn.ids[i]}`)));
  }
}
