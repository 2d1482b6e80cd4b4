// The prompt, token by token: a click sets from where on steering acts. What is not steered is hatched.
import { h } from "../shared/dom";
import { Flow } from "../shared/flow";
import { tokenLabel, tokenSpan } from "../shared/tokens";
import type { TokenWire } from "../shared/types";
import { box } from "./chart";
import { sinceInWords } from "./words";

/** Stands after the prompt: beginning there means that the written text alone is steered. */
const WRITTEN: TokenWire = { text: "what is written", special: true };

export function promptOf(signal: AbortSignal, begin: (since: number) => void, say: (text: string) => void, ...tools: HTMLElement[]): { element: HTMLElement; show(tokens: readonly TokenWire[], since: number): void } {
  const words = box("small");
  let all: readonly TokenWire[] = [];
  const flow = new Flow(signal, {
    point: (i, byKey) => {
      if (byKey) say(i ? `${tokenLabel(all[i]!.text)}, position ${i}: Enter begins here` : "position 0, never steered");
    },
    choose: (i) => begin(Math.max(1, i)),
  });
  return {
    element: box("prompt", box("head", words, h("span", { class: "mikit-gap" }), ...tools), flow.element),
    show(tokens, since) {
      all = tokens.length ? [...tokens, WRITTEN] : [];
      flow.show(all.map((token, i) => {
        const span = tokenSpan(token);
        span.classList.add(i >= Math.min(since, tokens.length) ? "mikit-st-on" : "mikit-tint-out");
        if (token === WRITTEN) span.classList.add("mikit-st-rest");
        span.title = i ? `begin at position ${i}` : "position 0: never steered";
        return span;
      }), "The prompt. Arrow keys move, Enter begins steering at that token.", "The prompt's tokens come here.");
      words.textContent = tokens.length ? sinceInWords(tokens, since) : "\u00a0";
    },
  };
}
