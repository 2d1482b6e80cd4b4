// The head line of a view: title, model, what is wrong with the numbers, and the three buttons.
import { h, textButton } from "./dom";

export interface HeadText {
  title: string;
  chip: string;
  old: boolean;
  gone: boolean;
  frozen: boolean;
  canSave: boolean;
}

export interface Head {
  element: HTMLElement;
  show(text: HeadText): void;
}

export interface HeadButtons {
  code: HTMLButtonElement;
  saveRecord(): void;
  savePage(): void;
}

export function head(signal: AbortSignal, buttons: HeadButtons): Head {
  const title = h("span", { class: "mikit-title", role: "heading", "aria-level": 3 });
  const chip = h("span", { class: "mikit-chip" });
  const old = h("span", { class: "mikit-chip mikit-chip-mark" }, "old");
  const gone = h("span", { class: "mikit-chip mikit-chip-mark" }, "kernel gone – run the cell again");
  const record = textButton("Save record", signal, buttons.saveRecord);
  const page = textButton("Save page", signal, buttons.savePage);
  const element = h("div", { class: "mikit-head" },
    title, chip, h("span", { class: "mikit-break" }), old, gone,
    h("span", { class: "mikit-actions" }, buttons.code, record, page));

  const show = (text: HeadText): void => {
    title.textContent = text.title;
    chip.textContent = text.chip;
    chip.hidden = !text.chip;
    old.hidden = !text.old;
    gone.hidden = !text.gone;
    record.hidden = text.gone;
    record.disabled = !text.canSave;
    page.hidden = text.gone || text.frozen;
  };
  return { element, show };
}
