// Noticing that an answer is long in coming.

export interface Patience {
  /** Whether the wait has become long. */
  readonly long: boolean;
  start(): void;
  end(): void;
}

/** `changed` is called when a started wait has lasted `ms`. */
export function patience(ms: number, signal: AbortSignal, changed: () => void): Patience {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let long = false;
  const end = (): void => {
    clearTimeout(timer);
    timer = undefined;
    long = false;
  };
  signal.addEventListener("abort", end);
  return {
    get long() { return long; },
    start() {
      timer ??= setTimeout(() => {
        long = true;
        changed();
      }, ms);
    },
    end,
  };
}
