// THE number of a view: one figure, what it measures, and the control it stands beside.
import { h } from "./dom";

export interface NumberText {
  /** What is measured, 12 px, above. */
  label: string;
  /** The figure as text, 22 px: "4.5 [4.1, 4.9]". */
  value: string;
  unit?: string;
  /** The control or the place, 12 px muted, below. */
  below?: string;
}

export interface NumberSlot {
  /** Stands top right of the stage; a view may append it elsewhere in its stage. */
  element: HTMLElement;
  show(text: NumberText): void;
  clear(): void;
}

export function numberSlot(): NumberSlot {
  const [label, value, unit, below] = ["label", "value", "unit", "below"].map((part) => h("span", { class: `mikit-number-${part}` })) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const element = h("div", { class: "mikit-number" }, label, h("span", { class: "mikit-number-line" }, value, " ", unit), below);
  const show = (text: NumberText): void => {
    label.textContent = text.label;
    value.textContent = text.value;
    unit.textContent = text.unit ?? "";
    below.textContent = text.below ?? "";
  };
  // A space keeps every line's height, so that nothing jumps when the number comes.
  const clear = (): void => show({ label: "\u00a0", value: "\u00a0", below: "\u00a0" });
  clear();
  return { element, show, clear };
}
