// The chosen feature on a text of one's own, token by token, above the same tokens read in other orders.
import { decode } from "../shared/buffers";
import { h } from "../shared/dom";
import { fixed } from "../shared/format";
import { tinted } from "../shared/tint";
import { tokenLabel } from "../shared/tokens";
import type { ThemeName } from "../shared/types";
import type { OnText } from "./traits";

/** A row's strongest token in words: "strongest 3.21 on ·Mary", or "silent". Position 0 does not count. */
export function strongest(tokens: readonly string[], values: Float32Array): string {
  let best = -1;
  values.forEach((value, i) => {
    if (value > (best < 0 ? 0 : values[best]!)) best = i;
  });
  return best < 0 ? "silent" : `up to ${fixed(values[best]!)} on ${tokenLabel(tokens[best]!)}`;
}

function strip(name: string, tokens: readonly string[], values: Float32Array, limit: number, theme: ThemeName): HTMLElement {
  const spans = tokens.map((text, i) => {
    const span = tinted({ text, special: false }, values[i]!, { kind: "sequential", limit, theme });
    span.title = Number.isNaN(values[i]) ? "position 0: left out" : fixed(values[i]!);
    return span;
  });
  return h("div", { class: "mikit-fd-strip" },
    h("div", { class: "mikit-fd-small" }, `${name}: ${strongest(tokens, values)}`), h("div", { class: "mikit-flow" }, ...spans));
}

export interface Live {
  element: HTMLElement;
  box: HTMLInputElement;
  show(prompt: string, found: OnText | null, limit: number, theme: ThemeName): void;
}

export function liveOf(signal: AbortSignal, typed: (text: string) => void): Live {
  const box = h("input", { class: "mikit-input", "aria-label": "Text for the feature to read" });
  box.addEventListener("change", () => typed(box.value), { signal });
  const strips = h("div", { class: "mikit-fd-strips" });
  return {
    box,
    element: h("div", { class: "mikit-fd-live" }, h("label", { class: "mikit-fd-ask" }, h("span", {}, "on your text"), box), strips),
    show(prompt, found, limit, theme) {
      if (!box.matches(":focus")) box.value = prompt;
      strips.replaceChildren(...(found ? [
        strip(`feature ${found.feature}`, found.tokens, decode(found.values), limit, theme),
        ...(found.control ? [strip("the same tokens in other orders (mean)", found.tokens, decode(found.control), limit, theme)] : []),
      ] : []));
    },
  };
}
