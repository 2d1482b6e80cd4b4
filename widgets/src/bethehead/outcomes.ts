// What the placement gives, on one scale with the real head and the controls, and what would come next.
import { h, svg } from "../shared/dom";
import { signed } from "../shared/format";
import { tokenSpan } from "../shared/tokens";
import { share } from "./board";
import type { Outcome, Scene } from "./traits";

const WIDTH = 96;
const HEIGHT = 24;
const PAD = 8;

/** Both ends of an axis that holds the values and 0. */
export function axisOf(values: readonly number[]): [low: number, high: number] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const margin = 0.05 * (high - low || 1);
  return [low - margin, high + margin];
}

export class Outcomes {
  private readonly rows = h("table", { class: "mikit-bth-rows" });
  private readonly you = h("p", { class: "mikit-bth-you" });
  private readonly next = h("div", { class: "mikit-bth-next" });
  readonly element = h("div", { class: "mikit-bth-outcomes" }, this.rows, this.you, this.next);

  draw(scene: Scene): void {
    const { placed, real, controls, predicted } = scene;
    const all = [placed, real, ...controls].filter((one): one is Outcome => one !== null);
    const axis = axisOf([...all.map(({ diff }) => diff), ...(predicted === null ? [] : [predicted])]);
    const row = (outcome: Outcome, mark: Mark): HTMLElement => h("tr", {},
      h("th", { scope: "row" }, outcome.name),
      h("td", {}, strip(outcome.diff, axis, mark, outcome.name === "placed" ? predicted : null)),
      h("td", { class: "mikit-bth-value" }, signed(outcome.diff)));
    this.rows.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "attention"), h("th", { scope: "col", colspan: 2 }, "logit difference"))),
      h("tbody", {},
        ...(placed ? [row(placed, "effect")] : []),
        ...(real ? [row(real, "effect")] : []),
        ...controls.map((control) => row(control, "control"))));
    this.you.textContent = predicted === null ? "" : `◇ you: ${signed(predicted, 1)}`;
    this.next.replaceChildren(...[placed, real].filter((one): one is Outcome => one !== null && one.next.length > 0).map(following));
  }
}

type Mark = "effect" | "control";

function strip(diff: number, [low, high]: readonly [number, number], mark: Mark, predicted: number | null): SVGSVGElement {
  const x = (value: number): number => PAD + ((value - low) / (high - low)) * (WIDTH - 2 * PAD);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
    svg("line", { class: "mikit-bth-zero", x1: x(0), x2: x(0), y1: 2, y2: HEIGHT - 2 }),
    svg("line", { class: `mikit-bth-stem mikit-bth-${mark}${diff < 0 ? " mikit-bth-neg" : ""}`, x1: x(0), x2: x(diff), y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    svg("circle", { class: `mikit-bth-dot mikit-bth-${mark}${diff < 0 ? " mikit-bth-neg" : ""}`, cx: x(diff), cy: HEIGHT / 2, r: 4 }));
  if (predicted !== null) {
    const at = x(predicted);
    picture.append(svg("path", { class: "mikit-bth-diamond", d: `M${at} ${HEIGHT / 2 - 6}l6 6l-6 6l-6 -6z` }));
  }
  return picture;
}

function following({ name, next }: Outcome): HTMLElement {
  return h("div", { class: "mikit-bth-following" },
    h("span", { class: "mikit-muted" }, `next, ${name}`),
    ...next.map(({ text, p }) => h("span", { class: "mikit-bth-token" }, tokenSpan({ text, special: false }), h("span", { class: "mikit-bth-value" }, share(p)))));
}
