// The frame every view stands in: title, chips, buttons, inputs, stage, THE number, status, code, table, "shows" line.
import { copyButtons } from "./copies";
import { h, textButton } from "./dom";
import { download, fileName } from "./export";
import { watchKernel } from "./gone";
import { head } from "./head";
import { containKeys } from "./keyboard";
import { numberSlot, type NumberSlot } from "./number";
import { codePanel, twinPanel } from "./panels";
import { patience } from "./patience";
import { redrawing } from "./redraw";
import { statusLine } from "./status";
import { themeColour, themeOf } from "./theme";
import "./theme.css";
import type { FrameTraits, Lanes, Status, Table, ThemeName, ViewModel } from "./types";

/** At this width and above a view lays its parts side by side. */
const WIDE = 700;

/** A screen reader hears where the cursor rests, not every cell it passes. */
const REST_MS = 150;

/** Longer than the kernel takes to say that it began. */
const SILENT_MS = 1000;

const WAITING: Status = { state: "waiting", text: "waiting for your cell", done: 0 };

const TRAITS = [
  "title", "chip", "shows", "hides", "status", "error", "answers", "asked", "code", "note", "can_save", "frozen",
] as const satisfies (keyof FrameTraits)[];

export interface FrameOptions {
  /** The view's short name: the root has the class `mikit-<name>`. */
  name: string;
  /** The figure in words and numbers: "Read as a table" and "Copy CSV". */
  table(): Table;
  /** Forgets what lives in the browser alone; Python resets its traits. */
  reset?(): void;
}

export interface Frame<T extends FrameTraits> {
  root: HTMLElement;
  inputs: HTMLElement;
  stage: HTMLElement;
  number: NumberSlot;
  /** Width of the root in CSS pixels. */
  readonly width: number;
  readonly wide: boolean;
  readonly theme: ThemeName;
  /** A kernel answers: false in a saved page and after the kernel died. */
  readonly live: boolean;
  colour(name: `--mk-${string}`): string;
  /** `draw` runs at most once a frame after anything changed: size, theme, re-attachment, `live`, `watch`ed traits, `draw()`. */
  onDraw(draw: () => void): void;
  draw(): void;
  /** Calls back (default: draws) when one of the traits changes. */
  watch(traits: (keyof T & string)[], changed?: () => void): void;
  /** Sets traits and sends them; each named lane gets a new request id, so that its older numbers show as old. */
  set(traits: Partial<T>, lanes?: string[]): void;
  /** This element's numbers come from `lane`: it fades while they are old. Without any tie the whole stage fades. */
  tie(element: HTMLElement, lane: string): void;
  /** This control asks the kernel: without one it is disabled. */
  needsKernel(control: HTMLInputElement | HTMLSelectElement | HTMLButtonElement): void;
  /** Tells a screen reader, once the hand rests. */
  say(text: string): void;
}

/** Lanes whose numbers on screen answer an earlier question. A lane that was never answered shows none. */
function oldLanes(asked: Lanes, answers: Lanes): Set<string> {
  return new Set(Object.keys(asked).filter((lane) => lane in answers && asked[lane] !== answers[lane]));
}

function labelled(label: string, text: string): (Node | string)[] {
  return text ? [h("b", {}, `${label} `), text] : [];
}

export function frame<T extends FrameTraits>(
  model: ViewModel<T>, host: HTMLElement, signal: AbortSignal, options: FrameOptions,
): Frame<T> {
  let gone = false;
  let speech: ReturnType<typeof setTimeout> | undefined;
  const draws: (() => void)[] = [];
  const ties: [HTMLElement, string][] = [];
  const controls: { disabled: boolean }[] = [];

  const inputs = h("div", { class: "mikit-inputs" });
  const stage = h("div", { class: "mikit-stage" });
  const number = numberSlot();
  const foot = h("p", { class: "mikit-foot" });
  const live = h("span", { class: "mikit-live", role: "status" });
  const code = codePanel(signal, () => model.get("code"));
  const twin = twinPanel(signal, options.table);
  const top = head(signal, { code: code.button, saveRecord, savePage: () => send("page") });
  const status = statusLine(signal, () => send("stop"));
  status.tools.append(
    textButton("Reset", signal, reset), ...copyButtons(signal, () => root, () => model.get("title"), options.table), twin.button);

  const root = h("section", { class: `mikit mikit-${options.name}` },
    top.element, h("div", { class: "mikit-top" }, inputs, number.element),
    stage, status.element, code.element, twin.element, foot, live);
  containKeys(root, signal);
  host.append(root);

  /** Runs what reaches for the kernel; a host that throws has lost it. */
  function attempt(work: () => void): void {
    try {
      work();
    } catch {
      lose(true);
    }
  }

  /** The kernel went, or came back: what can be pressed is another, and no trait says so. */
  function lose(now: boolean): void {
    gone = now;
    refresh();
    redraw.draw();
  }

  function send(action: "record" | "page" | "stop" | "reset"): void {
    attempt(() => model.send({ do: action }));
  }

  function saveRecord(): void {
    const record = model.get("record");
    if (!model.get("frozen")) send("record");
    else if (record) download(fileName(model.get("title"), "json"), new Blob([record], { type: "application/json" }));
  }

  function reset(): void {
    options.reset?.();
    if (view.live) send("reset");
    view.draw();
  }

  /** Brings all but the picture up to date. */
  function refresh(): void {
    const old = oldLanes(model.get("asked"), model.get("answers"));
    const [title, chip, error, frozen] = [model.get("title"), model.get("chip"), model.get("error"), model.get("frozen")];
    const { state, text, done } = silence.long && !gone ? WAITING : model.get("status");
    root.setAttribute("aria-label", title);
    root.dataset.status = error ? "error" : state;
    root.toggleAttribute("data-gone", gone);
    root.toggleAttribute("data-frozen", frozen);
    root.toggleAttribute("data-old", old.size > 0);
    stage.classList.toggle("mikit-old", ties.length === 0 && old.size > 0);
    for (const control of controls) control.disabled = gone || frozen;
    for (const [element, lane] of ties) element.classList.toggle("mikit-old", old.has(lane));
    const canSave = frozen ? Boolean(model.get("record")) : model.get("can_save");
    top.show({ title, chip, old: old.size > 0, gone, frozen, canSave });
    status.show({ state, text, done, error, note: model.get("note"), gone, frozen });
    foot.replaceChildren(...labelled("Shows:", model.get("shows")), " ", ...labelled("Does not show:", model.get("hides")));
    code.refresh();
  }

  /** A kernel that hears a view only between cells says nothing at all meanwhile, so the view says it. */
  const silence = patience(SILENT_MS, signal, refresh);

  function listen(trait: string, changed: () => void): void {
    model.on(`change:${trait}`, changed);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, changed));
  }

  const redraw = redrawing(root, signal, () => {
    root.dataset.theme = view.theme;
    root.dataset.width = view.wide ? "wide" : "narrow";
    for (const one of draws) one();
    twin.refresh();
  });

  const view: Frame<T> = {
    root, inputs, stage, number, draw: redraw.draw,
    get width() { return redraw.width; },
    get wide() { return redraw.width >= WIDE; },
    get theme() { return themeOf(host); },
    get live() { return !gone && !model.get("frozen"); },
    colour: (name) => themeColour(root, name),
    onDraw(callback) { draws.push(callback); redraw.draw(); },
    watch(traits, changed = redraw.draw) { for (const trait of traits) listen(trait, changed); },
    set(traits, lanes = []) {
      const [asked, answers]: [Lanes, Lanes] = [{ ...model.get("asked") }, model.get("answers")];
      for (const lane of lanes) asked[lane] = Math.max(asked[lane] ?? 0, answers[lane] ?? 0) + 1;
      for (const name of Object.keys(traits) as (keyof T & string)[]) model.set(name, traits[name] as T[typeof name]);
      if (lanes.length && view.live) {
        model.set("asked", asked as T["asked"]);
        silence.start();
      }
      attempt(() => model.save_changes());
    },
    tie(element, lane) { ties.push([element, lane]); refresh(); },
    needsKernel(control) { controls.push(control); refresh(); },
    say(text) {
      clearTimeout(speech);
      speech = setTimeout(() => { live.textContent = text; }, REST_MS);
    },
  };

  root.dataset.theme = view.theme;
  root.dataset.width = "wide";
  for (const trait of ["status", "answers"]) listen(trait, silence.end);
  for (const trait of TRAITS) listen(trait, refresh);
  listen("frozen", redraw.draw);
  watchKernel(model, host, signal, lose);
  signal.addEventListener("abort", () => {
    clearTimeout(speech);
    root.remove();
  });
  refresh();
  return view;
}
