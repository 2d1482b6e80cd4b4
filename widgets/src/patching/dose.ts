// One site from the changed run (0) to the original (1): a slider that only looks up what was computed for every dose.
import { h, svg } from "../shared/dom";
import { fixed, percent, signed, withUnit } from "../shared/format";
import { tokenLabel, tokenSpan } from "../shared/tokens";
import { drawCurve, type Ends } from "./curve";
import type { Dosed } from "./traits";

const BARS = 5;

/** "L3 9: John" as Python writes it -> "L3 ·John (9)"; heads stay "L3H2". */
export function siteLabel(label: string): string {
  const parts = /^(L\d+(?:H\d+)?) (\d+):([^]*)$/.exec(label);
  return parts ? `${parts[1]} ${tokenLabel(parts[3] ?? "")} (${parts[2]})` : label;
}

/** Which tokens have a bar: the answer, the foil, and the likeliest of both ends, in an order that no dose changes. */
export function listed(dosed: Dosed): number[] {
  const most = (i: number): number => Math.max(dosed.probabilities[0]?.[i] ?? 0, dosed.probabilities.at(-1)?.[i] ?? 0);
  const rest = dosed.top.map((_, i) => i).slice(2).sort((a, b) => most(b) - most(a));
  return [...dosed.top.keys()].slice(0, 2).concat(rest).slice(0, BARS);
}

/** Two decimals; below that only its smallness counts. */
const nats = (value: number): string => (Math.abs(value) < 0.005 ? "0.00" : fixed(value));

interface Row {
  element: HTMLElement;
  name: HTMLElement;
  before: HTMLElement;
  now: HTMLElement;
  figures: HTMLElement;
}

function row(kind: string): Row {
  const [name, before, now, figures] = [
    h("span", { class: "mikit-pat-token" }), h("span", { class: "mikit-pat-before" }), h("span", { class: `mikit-pat-now ${kind}` }),
    h("span", { class: "mikit-pat-figures" }),
  ];
  return { name, before, now, figures, element: h("div", { class: "mikit-pat-row" }, name, h("span", { class: "mikit-pat-track" }, before, now), figures) };
}

export class DosePanel {
  private readonly heading = h("div", { class: "mikit-pat-site" });
  readonly slider = h("input", { type: "range", class: "mikit-pat-slider", "aria-label": "Dose", min: 0, max: 16, step: 1 });
  private readonly here = h("span", { class: "mikit-pat-here" });
  private readonly hand = h("div", { class: "mikit-pat-hold" }, this.slider,
    h("div", { class: "mikit-pat-ends" }, h("span", {}, "changed 0"), this.here, h("span", {}, "original 1")));
  private readonly curve = svg("svg", { class: "mikit-pat-curve-chart", role: "img" });
  private readonly key = h("div", { class: "mikit-pat-key" });
  private readonly title = h("div", { class: "mikit-pat-key" }, "next token: changed run (grey) → at this dose");
  private readonly bars = Array.from({ length: BARS }, (_, i) => row(["mikit-pat-answer", "mikit-pat-foil"][i] ?? "mikit-pat-other"));
  private readonly kl = h("div", { class: "mikit-pat-key" });
  private readonly empty = h("div", { class: "mikit-pat-empty" });
  private readonly filled = h("div", { class: "mikit-pat-dosed" }, this.hand,
    h("div", { class: "mikit-pat-chart" }, this.curve, this.key),
    h("div", { class: "mikit-pat-next" }, this.title, ...this.bars.map(({ element }) => element), this.kl));
  readonly element = h("div", { class: "mikit-pat-dose" }, this.heading, this.empty, this.filled);
  private dosed: Dosed | null = null;
  private ends: Ends = { original: null, predicted: null };
  private width = 0;

  constructor(signal: AbortSignal, moved: (dose: number) => void) {
    this.slider.addEventListener("input", () => {
      this.at(Number(this.slider.value));
      moved(Number(this.slider.value));
    }, { signal });
  }

  draw(dosed: Dosed | null, ends: Ends, at: number, width: number, chosen: boolean): void {
    [this.dosed, this.ends, this.width] = [dosed, ends, width];
    this.empty.hidden = dosed !== null;
    this.empty.textContent = chosen ? "The doses of this cell are not here yet." : "Click a cell of the map: its dose curve comes here.";
    this.filled.hidden = dosed === null;
    this.heading.textContent = dosed ? `Dose of ${siteLabel(dosed.sites[0] ?? "")}` : "Dose";
    if (!dosed) return;
    this.slider.max = String(dosed.doses.length - 1);
    const names = dosed.sites.slice(1).map(siteLabel);
    this.key.textContent = names.length ? `dashed: random sites ${names.join(", ")}${ends.predicted === null ? "" : ` · ◇ you: ${signed(ends.predicted, 1)}`}` : "";
    const shown = listed(dosed);
    this.bars.forEach(({ element, name }, i) => {
      const token = shown[i];
      element.style.visibility = token === undefined ? "hidden" : "";
      if (token !== undefined) name.replaceChildren(tokenSpan({ text: dosed.top[token] ?? "", special: false }));
    });
    this.at(at);
  }

  /** Only looks up: all doses are here. */
  at(index: number): void {
    const { dosed } = this;
    if (!dosed) return;
    const at = Math.min(dosed.doses.length - 1, Math.max(0, index));
    const [dose, value] = [dosed.doses[at] ?? 0, dosed.curve[at] ?? Number.NaN];
    const words = withUnit(`${fixed(dose)}: ${signed(value)}`, dosed.unit);
    if (this.slider.value !== String(at)) this.slider.value = String(at);
    this.slider.setAttribute("aria-valuetext", words);
    this.here.textContent = `dose ${fixed(dose)}: ${signed(value)}`;
    drawCurve(this.curve, dosed, this.ends, at, this.width);
    this.curve.setAttribute("aria-label", `${dosed.metric} over the dose, from ${signed(dosed.curve[0] ?? Number.NaN)} to ${signed(dosed.curve.at(-1) ?? Number.NaN)}`);
    listed(dosed).forEach((token, i) => {
      const { before, now, figures } = this.bars[i] as Row;
      const [first, here] = [dosed.probabilities[0]?.[token] ?? 0, dosed.probabilities[at]?.[token] ?? 0];
      before.style.width = `${100 * first}%`;
      now.style.width = `${100 * here}%`;
      figures.textContent = `${percent(first)} → ${percent(here)}`;
    });
    const others = dosed.klOthers.map((one) => one[at] ?? Number.NaN).filter(Number.isFinite).map(nats);
    this.kl.textContent = `KL from the changed run ${nats(dosed.kl[at] ?? Number.NaN)} nats${others.length ? `; random sites ${others.join(", ")}` : ""}`;
  }
}
