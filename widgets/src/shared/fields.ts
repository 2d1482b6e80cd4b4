// Fields of a form, with their names for a screen reader.
import { h } from "./dom";

type Option = readonly [value: string, label: string];

/** Brings a select up to date; its options keep their place while they stay the same. */
export function options(select: HTMLSelectElement, all: readonly Option[], chosen: string): void {
  const same = select.length === all.length && all.every(([value, label], i) => select.options[i]!.value === value && select.options[i]!.text === label);
  if (!same) select.replaceChildren(...all.map(([value, label]) => h("option", { value }, label)));
  select.value = chosen;
}

export function selectField(label: string, signal: AbortSignal, changed: (value: string) => void): HTMLSelectElement {
  const select = h("select", { class: "mikit-select", "aria-label": label });
  select.addEventListener("change", () => changed(select.value), { signal });
  return select;
}

export function textField(label: string, signal: AbortSignal, changed: (value: string) => void, placeholder = ""): HTMLInputElement {
  const field = h("input", { type: "text", class: "mikit-input", "aria-label": label, placeholder, spellcheck: "false", autocomplete: "off" });
  field.addEventListener("change", () => changed(field.value), { signal });
  return field;
}
