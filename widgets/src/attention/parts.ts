// What the parts of the view share: what is on screen now, and what a reader can do.

import type { ColourMap } from "../shared/scale";
import type { ThemeName } from "../shared/types";
import type { Head } from "./order";
import type { Scene } from "./traits";

/** One moment of the picture: the traits' scene, and what the pointer peeks at in the browser alone. */
export interface Now {
  scene: Scene;
  /** Number of the head drawn: hovered, else in focus. */
  head: number;
  /** Reader drawn: hovered, else locked, else the last token; -1 without tokens. */
  query: number;
  /** Looked-at token under the pointer on the matrix, or -1. */
  key: number;
  /** Width of the view in CSS pixels. */
  width: number;
  theme: ThemeName;
  colours: ColourMap;
  /** Why heads cannot be switched off now, or "". */
  held: string;
}

export interface Actions {
  /** The moment as it is, drawn or not: a second key may come before the next drawing. */
  now(): Now;
  /** Shows a head while the pointer or cursor is on it; null: back to the head in focus. */
  peekHead(head: number | null): void;
  focusHead(head: number): void;
  /** Shows where a token looks; null: back to the locked or last token. */
  peekToken(query: number | null, key?: number): void;
  /** Locks a token, or unlocks it when it was locked. */
  lock(query: number): void;
  unlock(): void;
  mute(heads: Head[]): void;
  sortBy(name: string): void;
}

export interface Part {
  draw(now: Now): void;
}
