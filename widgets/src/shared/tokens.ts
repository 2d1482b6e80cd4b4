// How a token is shown: "·" for a leading space, "⏎" for a newline, "⟨E2 80⟩" for bytes that are no text, all muted.
import { h } from "./dom";
import type { TokenWire } from "./types";

export interface Piece {
  text: string;
  muted: boolean;
}

const BYTES = /((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;

function joinBytes(run: string): string {
  return `⟨${(run.match(/[0-9A-F]{2}/g) ?? []).join(" ")}⟩`;
}

/** The marks and the words of one raw token, in order. */
export function pieces(text: string): Piece[] {
  if (text === "") return [{ text: "∅", muted: true }];
  const spaces = /^ */.exec(text)?.[0].length ?? 0;
  const out: Piece[] = spaces ? [{ text: "·".repeat(spaces), muted: true }] : [];
  const rest = text.slice(spaces).replaceAll("\r", "␍");
  for (const part of rest.split(/(\n+|\t+)/).flatMap((piece) => piece.split(BYTES))) {
    if (part === "") continue;
    if (part[0] === "\n") out.push({ text: "⏎".repeat(part.length), muted: true });
    else if (part[0] === "\t") out.push({ text: "⇥".repeat(part.length), muted: true });
    else if (BYTES.test(part)) out.push({ text: joinBytes(part), muted: true });
    else out.push({ text: part, muted: false });
  }
  return out;
}

/** A token as one plain string, for axes, tables and readouts. */
export function tokenLabel(text: string): string {
  return pieces(text).map((piece) => piece.text).join("");
}

/** At most `max` characters, the middle left out: both ends tell tokens apart. */
export function middle(text: string, max: number): string {
  const characters = [...text];
  if (characters.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  const tail = max - 1 - head;
  return `${characters.slice(0, head).join("")}…${tail ? characters.slice(-tail).join("") : ""}`;
}

/** The token as an element: muted marks, grey when it belongs to the chat template. */
export function tokenSpan(token: TokenWire): HTMLSpanElement {
  const span = h("span", { class: token.special ? "mikit-token mikit-token-special" : "mikit-token" });
  for (const piece of pieces(token.text)) {
    span.append(piece.muted ? h("span", { class: "mikit-token-mark" }, piece.text) : piece.text);
  }
  return span;
}
