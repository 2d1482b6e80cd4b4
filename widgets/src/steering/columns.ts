// Two texts side by side, each token tinted by how much likelier steering made it; a random arrow's is one click away.
import { decode } from "../shared/buffers";
import { textButton } from "../shared/dom";
import { Flow } from "../shared/flow";
import { tinted } from "../shared/tint";
import type { ThemeName } from "../shared/types";
import { box } from "./chart";
import type { LineWire } from "./traits";
import { tokenInWords } from "./words";

/** The end of the colour scale, in nats: the same at every strength, so that colours can be compared. */
export const LIMIT = 4;

export interface Texts {
  unsteered: LineWire;
  steered: LineWire;
  /** Null where there is none to show. */
  random: LineWire | null;
}

type Say = (text: string, byKey: boolean) => void;

function columnOf(signal: AbortSignal, kind: string, say: Say, ...tools: HTMLElement[]): { element: HTMLElement; show(title: string, line: LineWire | undefined, theme: ThemeName): void } {
  const title = box("title");
  let tokens: readonly string[] = [];
  let change = new Float32Array();
  const flow = new Flow(signal, { point: (i, byKey) => say(i < 0 ? "" : tokenInWords(tokens[i]!, change[i]!), byKey) });
  return {
    element: box(`column mikit-st-${kind}`, box("head", title, ...tools), flow.element),
    show(name, line, theme) {
      title.textContent = name;
      tokens = line?.tokens ?? [];
      change = line ? decode(line.change) : change;
      flow.show(
        tokens.map((text, i) => tinted({ text, special: false }, change[i]!, { kind: "diverging", limit: LIMIT, theme })),
        `${name}: ${tokens.length} tokens. Arrow keys move over them.`, line ? (line.ended ? "The text ends at once." : "\u00a0") : "The text comes here.");
      if (tokens.length && line?.ended) flow.element.append(" (ends here)");
    },
  };
}

export function columnsOf(signal: AbortSignal, say: Say, redraw: () => void): { element: HTMLElement; reset(): void; show(texts: Texts | null, name: string, strength: string, theme: ThemeName): void } {
  let random = false;
  const instead = textButton("", signal, () => {
    random = !random;
    redraw();
  });
  const unsteered = columnOf(signal, "plain", say);
  const steered = columnOf(signal, "changed", say, instead);
  return {
    element: box("columns", unsteered.element, steered.element),
    reset() { random = false; },
    show(texts, name, strength, theme) {
      const other = (random && texts?.random) || null;
      instead.hidden = !texts?.random;
      instead.textContent = other ? `back to “${name}”` : "a random arrow instead";
      unsteered.show("unsteered", texts?.unsteered, theme);
      steered.show(`${other ? "random arrow, as long" : "steered"}, ${strength}`, other ?? texts?.steered, theme);
    },
  };
}
