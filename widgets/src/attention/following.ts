// The likeliest next tokens, small: where the text would go on.

import { h } from "../shared/dom";
import { percent } from "../shared/format";
import { tokenSpan } from "../shared/tokens";
import type { Now, Part } from "./parts";

export class Following implements Part {
  readonly element = h("div", { class: "mikit-att-next", role: "group", "aria-label": "Likeliest next tokens" });

  draw({ scene }: Now): void {
    const items = scene.next.map(({ text, p }) =>
      h("span", { class: "mikit-att-next-item" }, tokenSpan({ text, special: false }), " ", h("span", { class: "mikit-att-figure" }, percent(p))));
    this.element.replaceChildren(h("span", { class: "mikit-att-small" }, "next token"), ...items);
  }
}
