// The wire, as docs/architecture.md writes it down: what every view shares with its Python half.
import type { AnyModel } from "@anywidget/types";

export type Dtype = "float32" | "uint8" | "int32";

/** What a host hands over for binary data: Jupyter a DataView, Colab sometimes the bare buffer. */
export type Binary = DataView | ArrayBuffer | Uint8Array;

export interface Wire<D extends Dtype = Dtype> {
  dtype: D;
  shape: number[];
  data: Binary;
}

export interface TokenWire {
  text: string;
  /** Belongs to the chat template, not to what was typed: drawn grey. */
  special: boolean;
}

export type State = "idle" | "busy" | "waiting" | "error" | "stopped";

export interface Status {
  state: State;
  text: string;
  /** Share of the work that is done, 0 to 1. */
  done: number;
}

export type Lanes = Record<string, number>;

export type Flavour = "mikit" | "nnsight";

/** Traits of every view; a view's own traits extend them. */
export interface FrameTraits {
  title: string;
  chip: string;
  shows: string;
  hides: string;
  status: Status;
  error: string;
  answers: Lanes;
  asked: Lanes;
  code: Partial<Record<Flavour, string>>;
  note: string;
  can_save: boolean;
  frozen: boolean;
  /** JSON text of the record; present in a saved page only. */
  record?: string;
}

export type ViewModel<T extends FrameTraits> = AnyModel<T>;

export type ScaleKind = "diverging" | "sequential";

export type ThemeName = "light" | "dark";

/** The text twin of a figure; numbers stay numbers, so that a copy as CSV keeps every digit. */
export interface Table {
  caption: string;
  columns: string[];
  rows: (string | number)[][];
}
