// What was chosen: what it is, what it brings, where it is strong; pins made a group; and tests of it in the model itself.
import { h, textButton } from "../shared/dom";
import { options, selectField, textField } from "../shared/fields";
import { signed } from "../shared/format";
import { middle, tokenLabel, tokenSpan } from "../shared/tokens";
import { box } from "./box";
import type { Drawn } from "./drawn";
import { outcomeOf } from "./outcome";
import { GROUP, NEURON, type CircuitGraphModel, type DetailWire, type Graph, type How, type Promoted } from "./traits";
import { drawnName, effectInWords, figure, nameOf, shortName, testInWords } from "./words";

export interface Actions {
  group(name: string): void;
  ungroup(): void;
  unpin(): void;
  test(how: How, name: string, nodes: string[]): void;
  forget(): void;
  keep(): void;
  file(name: string, content: ArrayBuffer): void;
}

const HOWS: [How, string, string][] = [["ablate", "Switch off", "to 0"], ["boost", "Double", "to twice their value"], ["swap", "Swap in", "to what they are in the other prompt"]];
const LISTED = 4;
const EXAMPLES = 2;
/** Tokens around an example's strongest one. */
const AROUND = 6;

export class Inspector {
  private readonly title = box("title");
  private readonly effect = box("effect");
  private readonly pins = h("span", {});
  private readonly name: HTMLInputElement;
  private readonly grouping: HTMLElement;
  private readonly ungroup: HTMLButtonElement;
  private readonly testing: HTMLElement;
  private readonly outcome = box("answer");
  private readonly past: HTMLSelectElement;
  private readonly forget: HTMLButtonElement;
  private readonly detail = box("detail");
  private readonly wrong = h("p", { class: "mikit-error", role: "alert" });
  readonly other: HTMLInputElement;
  readonly controls: (HTMLInputElement | HTMLButtonElement)[];
  /** What stands on an answer of the model: they fade apart. */
  readonly fading: { test: HTMLElement; examples: HTMLElement };
  readonly element: HTMLElement;
  private about: { name: string; nodes: string[] } = { name: "", nodes: [] };
  /** The test that is drawn large; −1: the newest. */
  private shown = -1;
  private width = 0;

  constructor(private readonly model: CircuitGraphModel, signal: AbortSignal, act: Actions, give: (other: string) => void) {
    this.name = textField("Name of the group", signal, () => {}, "name");
    const group = (): void => {
      act.group(this.name.value.trim() || `group ${model.get("groups").length + 1}`);
      this.name.value = "";
    };
    this.name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") group();
    }, { signal });
    this.grouping = box("line mikit-chrome", this.pins, this.name, textButton("Group", signal, group), textButton("Unpin", signal, () => act.unpin()));
    this.ungroup = textButton("Ungroup", signal, () => act.ungroup());
    this.ungroup.classList.add("mikit-chrome");
    this.other = textField("Prompt to swap in from", signal, give, "other prompt, as many tokens");
    this.other.hidden = true;
    const buttons = HOWS.map(([how, label, title]) => {
      const button = h("button", { type: "button", class: "mikit-cg-do", title: `Sets these neurons ${title}` }, label);
      button.addEventListener("click", () => {
        if (how === "swap" && (this.other.hidden || !model.get("other"))) {
          this.other.hidden = false;
          return this.other.focus();
        }
        this.shown = -1;
        act.test(how, this.about.name, this.about.nodes);
      }, { signal });
      return button;
    });
    this.testing = box("testing mikit-chrome", box("line", ...buttons), this.other);
    this.forget = textButton("Forget tests", signal, () => act.forget());
    const file = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "A graph file" });
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen) void chosen.arrayBuffer().then((content) => act.file(chosen.name, content));
      file.value = "";
    }, { signal });
    const open = textButton("Open file", signal, () => file.click());
    const keep = textButton("Keep as file", signal, () => act.keep());
    this.controls = [...buttons, this.other, open, keep, this.forget];
    this.past = selectField("Which test is shown", signal, (i) => {
      this.shown = Number(i);
      this.drawOutcome(this.width);
    });
    const answers = box("answers", this.past, this.outcome);
    this.fading = { test: answers, examples: this.detail };
    this.element = box("inspector",
      box("scroll", box("what", box("line", this.title, this.ungroup), this.effect, this.grouping, this.testing), answers, this.detail), this.wrong,
      box("line mikit-cg-files mikit-chrome", file, open, keep, h("span", { class: "mikit-gap" }), this.forget));
  }

  reset(): void {
    this.shown = -1;
    this.name.value = "";
  }

  draw(graph: Graph | null, drawn: Drawn | null, width: number): void {
    const { model } = this;
    const [chosen, pinned, problem] = [model.get("chosen"), model.get("pinned"), model.get("problem")];
    const i = drawn?.place.get(chosen) ?? -1;
    const members = i >= 0 ? drawn!.members[i]! : [];
    const nodes = members.filter((n) => graph!.kind[n] === NEURON).map((n) => graph!.ids[n]!);
    const name = i < 0 ? "" : drawn!.kind[i] === GROUP ? chosen : drawnName(graph!, drawn!, i);
    this.about = { name, nodes };
    const label = graph?.labels[chosen];
    const n = graph?.place.get(chosen) ?? -1;
    this.title.textContent = i >= 0 ? `${drawnName(graph!, drawn!, i)}${label ? ` “${label}”` : ""}` : n >= 0 ? nameOf(graph!, n) : chosen || "Click a node to pin it";
    this.effect.textContent = i >= 0 ? effectInWords(graph!, drawn!, i)
      : chosen ? "Pruned at this level: the slider brings it back." : "Several pins can be made one group, and what is chosen can be tested in the model.";
    this.ungroup.hidden = i < 0 || drawn!.kind[i] !== GROUP;
    this.grouping.hidden = pinned.length < 2;
    this.pins.textContent = `${pinned.length} pins`;
    this.testing.hidden = nodes.length === 0;
    if (!this.other.matches(":focus")) this.other.value = model.get("other");
    this.width = width;
    this.drawOutcome(width);
    this.drawDetail(graph, drawn, i);
    this.wrong.textContent = problem && `× ${problem}`;
  }

  private drawOutcome(width: number): void {
    const [all, asked] = [this.model.get("outcome"), this.model.get("tests").length];
    const at = this.shown >= 0 && this.shown < all.length ? this.shown : all.length - 1;
    const guess = this.model.get("predicted");
    this.outcome.replaceChildren(
      ...(all.length ? [outcomeOf(all[at]!, at === 0 ? guess : null, width, all.length === 1)] : guess === null ? [] : [box("small", `◇ you: ${figure(guess)} for the first test`)]),
      ...(asked > all.length ? [box("small mikit-muted", `${asked - all.length} more being tested`)] : []));
    this.past.hidden = all.length < 2;
    options(this.past, all.map((one, i): [string, string] => [`${i}`, `${i + 1} of ${all.length}: ${testInWords(one)}`]), `${at}`);
    // A copy of the page has what is written in it, not what was chosen.
    [...this.past.options].forEach((one, i) => one.toggleAttribute("selected", i === at));
    this.forget.hidden = all.length === 0;
  }

  private drawDetail(graph: Graph | null, drawn: Drawn | null, i: number): void {
    const found = this.model.get("detail");
    if (i >= 0 && drawn!.kind[i] === GROUP) {
      const names = drawn!.members[i]!.map((n) => shortName(graph!, n));
      return this.detail.replaceChildren(box("small mikit-muted", `Its members: ${names.join(", ")}`));
    }
    if (i < 0 || !found || found.id !== drawn!.ids[i]) return this.detail.replaceChildren();
    this.detail.replaceChildren(
      box("two", list("promotes ▲", found.promoted), list("suppresses ▼", found.suppressed)),
      ...(found.other ? [box("other", `another of its layer: ${[found.other.promoted[0], found.other.suppressed[0]].flatMap((one) => (one ? [`${tokenLabel(one.token)} ${signed(one.value)}`] : [])).join(", ")}`)] : []),
      ...(found.examples.length ? [box("small mikit-muted", "strongest in ordinary texts"), ...found.examples.slice(0, EXAMPLES).map(example)] : []));
  }
}

function list(title: string, all: readonly Promoted[]): HTMLElement {
  return h("div", {}, box("small mikit-muted", title), ...all.slice(0, LISTED).map(({ token, value }) => (
    box("promoted", h("span", { class: "mikit-token" }, middle(tokenLabel(token), 9)), h("span", {}, signed(value))))));
}

/** A place in a text, its strongest token underlined in the middle. */
function example({ tokens, values, centre }: DetailWire["examples"][number]): HTMLElement {
  const spans = tokens.map((text) => tokenSpan({ text, special: false }));
  spans[centre]?.classList.add("mikit-cg-peak");
  const place = box("example", h("span", { class: "mikit-cg-before" }, h("span", {}, ...spans.slice(Math.max(0, centre - AROUND), centre))), h("span", { class: "mikit-cg-after" }, ...spans.slice(centre, centre + AROUND)));
  place.title = `${tokens.join("")} (${signed(values[centre] ?? NaN)})`;
  return place;
}
