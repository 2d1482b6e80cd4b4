// FeatureDashboard: all features of a dictionary as dots and rows; the chosen one with its label, its score and its doubts.
import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { fixed } from "../shared/format";
import { frame } from "../shared/frame";
import type { Table } from "../shared/types";
import { headLine, neighbours, panelsOf, scoreText, share } from "./detail";
import { effectOf } from "./effect";
import { examplesOf } from "./examples";
import { listOf } from "./list";
import { liveOf } from "./live";
import { scatterOf } from "./scatter";
import { search, searchOf, type Listed, type Wanted } from "./search";
import { allOf, labelOf, type All, type Detail, type FeaturesTraits, type Fit, type Labelled } from "./traits";
import { trialOf } from "./trial";
import "./features.css";

const DOTS_WIDE = [224, 150] as const;
const DOTS_NARROW = [200, 84] as const;
/** What the two axes are, while no dot is pointed at. */
const AXES = "↑ share of tokens (log) · → peak";

/** What the dictionary leaves out, beside what its makers said. */
export function fitInWords(fit: Fit | null): string {
  if (!fit) return "being measured";
  const beside = (said: [what: string, value: number | null][], digits: number): string => {
    const known = said.filter(([, value]) => value !== null).map(([what, value]) => `${what} ${fixed(value!, digits)}`);
    return known.length ? ` (${known.join(", ")})` : "";
  };
  return `FVU ${fixed(fit.fvu)}${beside([["declared", fit.declared.fvu], ["random", fit.random]], 2)}, L0 ${fixed(fit.l0, 1)}${beside([["declared", fit.declared.l0]], 1)}`;
}

function render({ model, el, signal }: RenderProps<FeaturesTraits>): void {
  let all: All | null = allOf(model.get("all"));
  let wanted: Wanted = { by: "label", text: "" };
  let listed: Listed = { rows: [], found: null };

  const named = (id: number): Labelled => labelOf(id, all, model.get("own"));
  const chosen = (): number => model.get("feature");
  const detail = (): Detail | null => {
    const newest = model.get("detail");
    return newest?.id === chosen() ? newest : (model.get("kept")?.[chosen()] ?? null);
  };

  function table(): Table {
    const [density, peak, stability] = [all?.density, all?.peak, all?.stability];
    const ids = (listed.found ?? listed.rows).filter((row): row is number => typeof row === "number");
    const rows = [...new Set(all ? ids : [])].map((id): (string | number)[] => {
      const { words, score, shuffled } = named(id);
      const [value, low, high] = score ?? ["untested", "", ""];
      return [`${id}`, words || "no label", value, low, high, shuffled ?? "", density![id]!, peak![id]!, stability![id]!];
    });
    return {
      caption: "Features: label, its blind score with 95 % interval, another feature's label on the same items, share of tokens it fires on, largest activation, cosine of the likest feature of another seed.",
      columns: ["feature", "label", "score", "low", "high", "other label", "density", "peak", "stability"], rows,
    };
  }

  const view = frame(model, el, signal, {
    name: "features", table,
    reset() {
      wanted = { by: "label", text: "" };
      finder.controls.box.value = "";
    },
  });

  function pick(id: number): void {
    view.set({ feature: id }, ["text", "effect"]);
    view.say(`Feature ${id}: ${named(id).words || "no label"}, ${scoreText(named(id))}`);
    draw();
    list.reveal();
  }

  function send(message: Record<string, unknown>): void {
    if (view.live) model.send(message);
  }

  const finder = searchOf(signal, (next) => {
    const other = next.by !== wanted.by;
    wanted = next;
    if (next.by === "token" && view.live) view.set({ wanted: next.text });
    if (next.by === "text" && !other && next.text && next.text !== model.get("prompt")) view.set({ prompt: next.text }, ["text", "effect"]);
    view.draw();
  });
  const readout = h("div", { class: "mikit-fd-readout" }, AXES);
  const dots = scatterOf(signal, pick, (id) => {
    readout.textContent = id < 0 ? AXES : `${id} ${named(id).words || "no label"} · ${scoreText(named(id))}`;
  });
  const list = listOf(signal, pick);

  const build = h("button", { type: "button", class: "mikit-primary" }, "Read the pool");
  build.addEventListener("click", () => view.set({ indexing: true }, ["index"]), { signal });
  const unread = h("div", { class: "mikit-fd-unread" },
    h("p", {}, "This dictionary comes without an index: nobody has read yet where its features fire. Reading takes a minute or so."), build);

  const quiz = textButton("Test it blind", signal, () => send({ do: "quiz" }));
  const game = textButton("Intruder game", signal, () => send({ do: "intruder" }));
  const typing = textButton("Type a label", signal, () => {
    asking.hidden = !asking.hidden;
    if (!asking.hidden) own.focus();
  });
  const own = h("input", { class: "mikit-input", "aria-label": "Your label", placeholder: "when does it fire? untested until you test it" });
  const asking = h("div", { class: "mikit-fd-ask", hidden: true }, own);
  own.addEventListener("change", () => {
    if (own.value.trim()) send({ do: "label", words: own.value.trim() });
    asking.hidden = true;
    own.value = "";
  }, { signal });

  const head = headLine([typing, quiz, game]);
  const panels = panelsOf();
  const examples = examplesOf(share);
  const near = neighbours(signal, pick);
  const unseen = h("p", { class: "mikit-fd-unseen" });
  const trial = trialOf(signal, {
    answered: (answers) => send({ do: "answers", answers }),
    picked: (which) => send({ do: "pick", which }),
    again: () => send({ do: model.get("quiz") ? "quiz" : "intruder" }),
    leave: () => send({ do: "leave" }),
  });
  const live = liveOf(signal, (text) => {
    if (text && text !== model.get("prompt")) view.set({ prompt: text }, ["text", "effect"]);
  });
  const effect = effectOf(signal, (how) => view.set({ how }, ["effect"]), (dose) => view.set({ dose }));

  const place = h("p", { class: "mikit-fd-place" });
  const left = h("div", { class: "mikit-fd-left" }, finder.element, h("div", { class: "mikit-fd-dots" }, dots.element, readout), list.element, unread);
  const seen = h("div", { class: "mikit-fd-seen" }, panels.element, examples.element, near.element);
  const right = h("div", { class: "mikit-fd-right" }, head.element, asking, unseen, seen, trial.element);
  const below = h("div", { class: "mikit-fd-below" }, live.element, effect.element);
  const refused = h("p", { class: "mikit-fd-refused" });
  const stage = h("div", { class: "mikit-fd-stage" }, left, right, below);
  view.inputs.append(place);
  view.stage.append(refused, stage);
  view.number.element.hidden = true;
  for (const control of [build, live.box, effect.how, quiz, game, typing]) view.needsKernel(control);
  view.tie(live.element, "text");
  view.tie(effect.element, "effect");

  function drawRight(): void {
    const [id, found, wide] = [chosen(), detail(), view.wide];
    const label = named(id);
    head.show(id, label, all, model.get("opening").find((one) => one.id === id));
    const [asked, playing] = [model.get("quiz"), model.get("game")];
    const judging = asked?.feature === id ? asked : null;
    const round = !judging && playing?.feature === id ? playing : null;
    trial.show(judging, round, view.live);
    seen.hidden = Boolean(judging ?? round) || !found;
    unseen.hidden = found !== null || all === null;
    unseen.textContent = view.live ? "\u00a0" : "This page was saved with the features that were looked at; this one was not among them.";
    const peak = all?.peak[id] ?? 0;
    panels.show(found, peak, all?.density[id] ?? 0);
    examples.show(found, label.typed ? [] : (found?.recall ?? []), peak, wide, view.theme);
    near.show(found, (other) => named(other).words);
    live.show(model.get("prompt"), model.get("on_text"), peak, view.theme);
    effect.show(model.get("effect"), model.get("how"), model.get("dose"), wide);
  }

  function drawLeft(): void {
    const [width, height] = view.wide ? DOTS_WIDE : DOTS_NARROW;
    const [there, count] = [all !== null, model.get("count")];
    finder.show(wanted, model.get("prompt"), view.live);
    listed = search(wanted, { count, opening: model.get("opening"), named, found: model.get("found"), onText: model.get("on_text") });
    list.draw({ rows: listed.rows, chosen: chosen(), named, ...(listed.figure ? { figure: listed.figure } : {}) });
    unread.hidden = there;
    quiz.hidden = game.hidden = !there;
    dots.element.hidden = readout.hidden = !there;
    if (all) {
      dots.draw({
        all, chosen: chosen(), found: listed.found, width, height,
        ink: view.colour("--mk-ink"), edge: view.colour("--mk-edge"), data: view.colour("--mk-pos"),
      });
    }
  }

  function draw(): void {
    const sentence = model.get("refused");
    refused.textContent = sentence;
    refused.hidden = !sentence;
    stage.hidden = Boolean(sentence);
    place.replaceChildren(h("span", { class: "mikit-chip" }, model.get("dictionary")), ` at ${model.get("place")}: ${sentence ? "not attached" : fitInWords(model.get("fit"))}`);
    if (sentence) return;
    drawLeft();
    drawRight();
  }

  view.watch(["all"], () => {
    all = allOf(model.get("all"));
    view.draw();
  });
  view.watch(["fit", "refused", "opening", "feature", "detail", "found", "prompt", "on_text", "how", "dose", "effect", "own", "quiz", "game"]);
  view.onDraw(draw);
}

export default { render };
