// A model without a kernel, for tests: the same few calls as anywidget's, and a memory of what was sent.
import type { AnyModel } from "@anywidget/types";
import type { FrameTraits } from "./types";

export interface Fake<T extends FrameTraits> {
  model: AnyModel<T>;
  /** Names of the traits saved by each save_changes. */
  saved: (keyof T)[][];
  sent: unknown[];
  /** As if Python had set the trait. */
  receive(traits: Partial<T>): void;
}

export const IDLE: FrameTraits = {
  title: "Title", chip: "tiny · 0000abcd · fp32", shows: "", hides: "", status: { state: "idle", text: "", done: 0 }, error: "",
  answers: {}, asked: {}, code: {}, note: "", can_save: true, frozen: false,
};

export function fakeModel<T extends FrameTraits>(state: T): Fake<T> {
  const listeners = new Map<string, Set<() => void>>();
  const fake: Omit<Fake<T>, "model" | "receive"> = { saved: [], sent: [] };
  let dirty: (keyof T)[] = [];
  const fire = (name: string): void => listeners.get(`change:${name}`)?.forEach((listener) => listener());
  const model = {
    get: <K extends keyof T>(name: K): T[K] => state[name],
    set<K extends keyof T & string>(name: K, value: T[K]): void {
      state[name] = value;
      dirty.push(name);
      fire(name);
    },
    save_changes(): void {
      fake.saved.push(dirty);
      dirty = [];
    },
    send(message: unknown): void { fake.sent.push(message); },
    on(event: string, listener: () => void): void {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
    },
    off(event: string, listener: () => void): void { listeners.get(event)?.delete(listener); },
  } as unknown as AnyModel<T>;
  const receive = (traits: Partial<T>): void => {
    Object.assign(state, traits);
    for (const name of Object.keys(traits)) fire(name);
  };
  return { ...fake, model, receive };
}
