// SteeringPanel: choose an arrow, drag its strength, read the text beside the unsteered one; then what it does on average,
// what it costs, and whether a random arrow of equal length would do it too.
import type { RenderProps } from "@anywidget/types";
import { h, textButton } from "../shared/dom";
import { options, selectField } from "../shared/fields";
import { frame } from "../shared/frame";
import { legend } from "../shared/legend";
import { seedField } from "../shared/seed";
import { reachOf } from "../shared/tint";
import { axisOf, nearest, type Axis } from "./axis";
import { buildForm } from "./build";
import { box } from "./chart";
import { columnsOf, LIMIT, type Texts } from "./columns";
import { Inputs } from "./inputs";
import { Lower, wordsForm } from "./lower";
import { panelsView } from "./panels";
import { promptOf } from "./prompt";
import { rateOf } from "./rate";
import { drawSink } from "./sink";
import { doseText, sliderOf } from "./slider";
import { tableOf } from "./table";
import { foundOf, measuredOf, type Found, type Measured, type SteeringTraits } from "./traits";
import { besideInWords, effectInWords, keyInWords, span, strengthInWords } from "./words";
import "./steering.css";

/** Lanes that most of what is chosen changes. */
const WRITTEN = ["stream", "dose"];
const TINT = "Tint: how much likelier (blue) or less likely (orange) steering made a token. Point at one for its number.";
const ASK = "One text is one draw. This writes many at every strength, along this arrow and its controls, and measures what it costs";

function render({ model, el, signal }: RenderProps<SteeringTraits>): void {
  let measured: Measured | null = measuredOf(model.get("measured"));
  let found: Found | null = foundOf(model.get("found"));
  let hovered: number | null = null;

  const view = frame(model, el, signal, {
    name: "steering",
    table: () => tableOf(model, measured),
    reset() {
      columns.reset();
      lower.show("doses");
    },
  });

  function send(message: Record<string, unknown>, buffers: ArrayBuffer[] = []): void {
    if (view.live) model.send(message, undefined, buffers);
  }

  function steer(dose: number): void {
    view.set({ dose }, ["stream"]);
    view.draw();
  }

  function read(text: string, byKey: boolean): void {
    readout.textContent = text || resting();
    if (byKey && text) view.say(text);
  }

  const inputs = new Inputs(model, signal, (given) => view.set(given, "direction" in given ? ["find", ...WRITTEN] : WRITTEN));
  const slider = sliderOf(signal, steer);
  const caption = box("caption");
  const [seedLabel, seed] = seedField(signal, () => model.get("seed"), (value) => view.set({ seed: value }, ["find", ...WRITTEN]));
  const which = selectField("Which text is shown", signal, (i) => {
    view.set({ shown: Number(i) });
    view.draw();
  });
  const prompt = promptOf(signal, (since) => {
    if (view.live) view.set({ since }, WRITTEN);
  }, view.say, which, seedLabel);
  const columns = columnsOf(signal, read, view.draw);
  const scale = legend();
  const readout = box("readout");
  const panels = panelsView(signal, steer, (at) => {
    hovered = at;
    drawNumber();
  });
  const measure = h("button", { type: "button", class: "mikit-primary" }, "Measure doses");
  measure.addEventListener("click", () => view.set({ measuring: true }, ["dose"]), { signal });
  const asking = h("p", {});
  const unmeasured = box("unmeasured", asking, measure);
  const key = box("small mikit-st-key");
  const again = textButton("Measure again", signal, () => view.set({ measuring: true }, ["dose"]));
  const words = wordsForm(signal, () => model.get("words"), (given) => view.set({ words: given }, ["dose"]));
  const build = buildForm(signal, send);
  const sink = box("sink");
  const keep = textButton("Keep as file", signal, () => send({ do: "keep" }));
  const blind = textButton("Rate blind", signal, () => send({ do: "rate" }));
  const lower = new Lower(signal, {
    doses: box("doses", key, again, panels.element, unmeasured),
    words: words.element, build: build.element, sink,
  }, keep, blind);
  const rate = rateOf(signal, send);

  const panel = box("panel",
    caption, slider.element, prompt.element, columns.element, box("under", scale.element, readout), lower.element);
  view.inputs.append(...inputs.elements);
  view.stage.append(panel, rate.element);
  for (const control of [...inputs.controls, seed, measure, again, keep, blind, ...words.boxes, build.button]) view.needsKernel(control);
  view.tie(columns.element, "stream");
  view.tie(panels.element, "dose");
  view.tie(view.number.element, "dose");
  view.tie(sink, "find");

  /** In a page without a kernel, texts of other strengths are those that were measured. */
  function stored(): number {
    const stream = model.get("stream");
    return view.live || !measured?.texts.length || stream?.dose === model.get("dose") ? -1 : nearest(measured.doses, model.get("dose"));
  }

  function texts(): Texts | null {
    const stream = model.get("stream");
    const at = stored();
    if (at >= 0) return { unsteered: measured!.texts[nearest(measured!.doses, 0)]!, steered: measured!.texts[at]!, random: null };
    const sample = stream?.samples[Math.min(model.get("shown"), stream.samples.length - 1)];
    return sample ?? null;
  }

  function resting(): string {
    return stored() < 0 ? TINT : `No kernel: the slider goes to the ${measured!.doses.length} measured strengths, texts after “${measured!.prompts[0]}”.`;
  }

  function drawNumber(): void {
    const at = hovered ?? nearest(measured?.doses, model.get("dose"));
    if (!measured || at < 0 || model.get("rating")) return view.number.clear();
    view.number.show({
      label: `${measured.score.name} at ${doseText(measured.doses[at]!, model.get("scale"))}, ${measured.unit}`,
      value: effectInWords(measured, at), below: besideInWords(measured, at),
    });
  }

  function drawDoses(axis: Axis): void {
    const { state } = model.get("status");
    const busy = model.get("measuring") && (state === "busy" || state === "waiting");
    panels.element.hidden = !measured;
    panels.show(measured, axis, model.get("dose"), view.wide);
    unmeasured.hidden = measured !== null;
    measure.hidden = busy || !view.live;
    again.hidden = !measured || !view.live || state !== "stopped";
    const seconds = model.get("estimate")?.seconds;
    asking.textContent = !view.live ? "No strengths were measured." : busy ? "The strengths are being measured." : `${ASK}${seconds === undefined ? "." : `: ${span(seconds)}.`}`;
    key.textContent = measured && keyInWords(measured, nearest(measured.doses, model.get("dose")));
  }

  function drawWhich(): void {
    const all = model.get("stream")?.samples ?? [];
    which.hidden = all.length < 2;
    options(which, all.map((_, i) => [`${i}`, `text ${i + 1} of ${all.length}`]), `${model.get("shown")}`);
  }

  function drawPanel(): void {
    const [axis, limits, stream] = [axisOf(model.get("scale"), view.width), model.get("scale"), model.get("stream")];
    const name = model.get("direction");
    caption.textContent = `${strengthInWords(model.get("how"), limits.unit, model.get("norm"), model.get("layer"))}. ${name}: ${inputs.chosen()?.about ?? ""}`;
    caption.title = caption.textContent;
    slider.show(axis, limits, model.get("dose"), measured, view.live);
    if (!seed.matches(":focus")) seed.value = String(model.get("seed"));
    drawWhich();
    prompt.show(stream?.prompt ?? [], model.get("since"));
    const at = stored();
    columns.show(texts(), stream?.direction ?? name, doseText(at >= 0 ? measured!.doses[at]! : (stream?.dose ?? model.get("dose")), limits), view.theme);
    scale.show({ kind: "diverging", theme: view.theme, limit: LIMIT, unit: "nats", reach: reachOf("diverging") });
    readout.textContent = resting();
    lower.offer(found !== null);
    drawDoses(axis);
    words.draw();
    build.draw(model.get("directions"), model.get("problem"));
    if (found) drawSink(sink, found, model.get("layer"), view.width);
  }

  /** Why a direction could not be built stands in its form. */
  function explain(): void {
    if (model.get("problem")) lower.show("build");
    view.draw();
  }

  function draw(): void {
    const rating = model.get("rating");
    inputs.draw();
    panel.hidden = rating !== null;
    rate.element.hidden = rating === null;
    rate.show(rating, view.live);
    drawNumber();
    if (!rating) drawPanel();
  }

  view.watch(["measured"], () => {
    measured = measuredOf(model.get("measured"));
    view.draw();
  });
  view.watch(["found"], () => {
    found = foundOf(model.get("found"));
    view.draw();
  });
  view.watch(["problem"], explain);
  view.watch([
    "prompt", "mode", "direction", "how", "layer", "last", "since", "dose", "samples", "seed", "shown", "words", "measuring", "directions", "layers",
    "has_chat", "examples", "scale", "norm", "stream", "estimate", "rating", "status",
  ]);
  view.onDraw(draw);
  explain();
}

export default { render };
