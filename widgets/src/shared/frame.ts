// The frame every view stands in: title, chips, buttons, inputs, stage, THE number, status, code, table, "shows" line.
import { h, textButton } from "./dom";
import { copyImage, copyText, csv, download, figurePng, fileName } from "./export";
import { watchKernel } from "./gone";
import { containKeys } from "./keyboard";
import { numberSlot, type NumberSlot } from "./number";
import { codePanel, twinPanel } from "./panels";
import { statusLine } from "./status";
import { themeColour, themeOf, watchTheme } from "./theme";
import "./theme.css";
import type { FrameTraits, Lanes, Table, ThemeName, ViewModel } from "./types";

/** At this width and above a view lays its parts side by side. */
const WIDE = 700;

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
  /** `draw` runs once a frame after anything changed: size, theme, re-attachment, `watch`ed traits, `draw()`. */
  onDraw(draw: () => void): void;
  draw(): void;
  /** Calls back (default: draws) when one of the traits changes. */
  watch(traits: (keyof T & string)[], changed?: () => void): void;
  /** Sets traits and sends them; each named lane gets a new request id, so that its older numbers show as old. */
  set(traits: Partial<T>, lanes?: string[]): void;
  /** This element's numbers come from `lane`: it fades while they are old. Without any tie the whole stage fades. */
  tie(element: HTMLElement, lane: string): void;
  /** This control does nothing without a kernel: off while there is none. */
  needsKernel(control: HTMLButtonElement | HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): void;
  /** Tells a screen reader, once the hand rests. */
  say(text: string): void;
}

export function frame<T extends FrameTraits>(
  model: ViewModel<T>, host: HTMLElement, signal: AbortSignal, options: FrameOptions,
): Frame<T> {
  let gone = false;
  let width = 800;
  let asleep = true;
  let speech: ReturnType<typeof setTimeout> | undefined;
  const draws: (() => void)[] = [];
  const ties: [HTMLElement, string][] = [];
  const kernelControls: { disabled: boolean }[] = [];

  const title = h("span", { class: "mikit-title", role: "heading", "aria-level": 3 });
  const chip = h("span", { class: "mikit-chip" });
  const oldChip = h("span", { class: "mikit-chip mikit-chip-mark", hidden: true }, "old");
  const goneChip = h("span", { class: "mikit-chip mikit-chip-mark", hidden: true }, "kernel gone – run the cell again");
  const inputs = h("div", { class: "mikit-inputs" });
  const stage = h("div", { class: "mikit-stage" });
  const number = numberSlot();
  const shows = h("p", { class: "mikit-foot" });
  const live = h("span", { class: "mikit-live", role: "status" });

  const send = (action: "record" | "page" | "stop" | "reset"): void => attempt(() => model.send({ do: action }));
  const code = codePanel(signal, () => model.get("code") ?? {});
  const twin = twinPanel(signal, options.table);
  const status = statusLine(signal, () => send("stop"));

  const saveRecord = textButton("Save record", signal, () => {
    const record = model.get("record");
    if (!model.get("frozen")) send("record");
    else if (record) download(fileName(model.get("title"), "json"), new Blob([record], { type: "application/json" }));
  });
  const savePage = textButton("Save page", signal, () => send("page"));

  function answer(button: HTMLButtonElement, work: () => Promise<string>): void {
    const label = button.textContent ?? "";
    void work().catch(() => "No copy made").then((done) => {
      button.textContent = done;
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }
  const copyPng = textButton("Copy PNG", signal, () => answer(copyPng, async () => {
    const image = await figurePng(root);
    if (await copyImage(image)) return "Copied";
    download(fileName(model.get("title"), "png"), image);
    return "Downloaded";
  }));
  const copyCsv = textButton("Copy CSV", signal, () => answer(copyCsv, async () => {
    const text = csv(options.table());
    if (await copyText(text)) return "Copied";
    download(fileName(model.get("title"), "csv"), new Blob([text], { type: "text/csv" }));
    return "Downloaded";
  }));
  const reset = textButton("Reset", signal, () => {
    options.reset?.();
    if (api.live) send("reset");
    draw();
  });
  status.tools.append(reset, copyPng, copyCsv, twin.button);

  const root = h("section", { class: `mikit mikit-${options.name}`, "data-width": "wide" },
    h("div", { class: "mikit-head" }, title, chip, h("span", { class: "mikit-break" }), oldChip, goneChip,
      h("span", { class: "mikit-actions" }, code.button, saveRecord, savePage)),
    h("div", { class: "mikit-top" }, inputs, number.element),
    stage, status.element, code.element, twin.element, shows, live);
  containKeys(root, signal);
  host.append(root);

  /** Runs what reaches for the kernel; a host that throws has lost it. */
  function attempt(work: () => void): void {
    try {
      work();
    } catch {
      gone = true;
      refresh();
    }
  }

  function oldLanes(): Set<string> {
    const [asked, answers] = [model.get("asked") ?? {}, model.get("answers") ?? {}];
    // A lane that was never answered has nothing on screen that could be old.
    return new Set(Object.keys(asked).filter((lane) => lane in answers && asked[lane] !== answers[lane]));
  }

  function refresh(): void {
    const old = oldLanes();
    const { state, text, done } = model.get("status");
    const [frozen, error] = [model.get("frozen"), model.get("error")];
    root.dataset.status = error ? "error" : state;
    root.toggleAttribute("data-gone", gone);
    root.toggleAttribute("data-frozen", frozen);
    root.toggleAttribute("data-old", old.size > 0);
    title.textContent = model.get("title");
    root.setAttribute("aria-label", model.get("title"));
    chip.textContent = model.get("chip");
    chip.hidden = !chip.textContent;
    oldChip.hidden = old.size === 0;
    goneChip.hidden = !gone;
    const fading = ties.length ? ties : [[stage, ""] as [HTMLElement, string]];
    for (const [element, lane] of fading) element.classList.toggle("mikit-old", lane ? old.has(lane) : old.size > 0);
    status.show({ state, text, done, error, note: model.get("note"), gone, frozen });
    saveRecord.hidden = gone;
    saveRecord.disabled = frozen ? !model.get("record") : !model.get("can_save");
    savePage.hidden = gone || frozen;
    for (const control of kernelControls) control.disabled = !api.live;
    const [first, second] = [model.get("shows"), model.get("hides")];
    shows.replaceChildren(...(first ? [h("b", {}, "Shows: "), `${first} `] : []), ...(second ? [h("b", {}, "Does not show: "), second] : []));
    code.refresh();
  }

  function draw(): void {
    if (!asleep) return;
    asleep = false;
    requestAnimationFrame(() => {
      asleep = true;
      if (signal.aborted) return;
      root.dataset.theme = themeOf(host);
      for (const one of draws) one();
      twin.refresh();
    });
  }

  function listen(trait: string, changed: () => void): void {
    model.on(`change:${trait}`, changed);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, changed));
  }

  const api: Frame<T> = {
    root, inputs, stage, number, draw,
    get width() { return width; },
    get wide() { return width >= WIDE; },
    get theme() { return themeOf(host); },
    get live() { return !gone && !model.get("frozen"); },
    colour: (name) => themeColour(root, name),
    onDraw(callback) { draws.push(callback); draw(); },
    watch(traits, changed = draw) { for (const trait of traits) listen(trait, changed); },
    set(traits, lanes = []) {
      const asked: Lanes = { ...model.get("asked") };
      for (const lane of lanes) asked[lane] = Math.max(asked[lane] ?? 0, model.get("answers")?.[lane] ?? 0) + 1;
      for (const name of Object.keys(traits) as (keyof T & string)[]) model.set(name, traits[name] as T[typeof name]);
      if (lanes.length && api.live) model.set("asked", asked as T["asked"]);
      attempt(() => model.save_changes());
    },
    tie(element, lane) { ties.push([element, lane]); refresh(); },
    needsKernel(control) { kernelControls.push(control); control.disabled = !api.live; },
    say(text) {
      clearTimeout(speech);
      speech = setTimeout(() => { live.textContent = text; }, 150);
    },
  };

  const traits = ["title", "chip", "shows", "hides", "status", "error", "answers", "asked", "code", "note", "can_save", "frozen"];
  for (const trait of traits) listen(trait, refresh);
  root.dataset.theme = themeOf(host);
  refresh();
  draw();
  watchTheme(signal, draw);
  watchKernel(host, signal, (now) => {
    if (now === gone) return;
    gone = now;
    refresh();
  });
  const sizes = new ResizeObserver(() => {
    // VS Code folds outputs to nothing; a figure drawn for width 0 would stay broken.
    if (root.clientWidth === 0) return;
    width = root.clientWidth;
    root.dataset.width = width >= WIDE ? "wide" : "narrow";
    draw();
  });
  sizes.observe(root);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    clearTimeout(speech);
    root.remove();
  });
  return api;
}
