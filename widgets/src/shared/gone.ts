// Noticing that the kernel behind a view is gone.
/** ipywidgets' mark on a view whose channel was closed. */
const MARK = "jupyter-widgets-disconnected";

/** What JupyterLab calls a kernel that has lost the view: a restarted kernel answers again, but no longer has it. */
const LOST = new Set(["restarting", "autorestarting", "terminating", "dead"]);

interface Signal<A> {
  connect(slot: (sender: unknown, argument: A) => void): void;
  disconnect(slot: (sender: unknown, argument: A) => void): void;
}

/** What of a view's model is needed here. */
interface Hosted {
  widget_manager?: unknown;
}

interface Kernel {
  statusChanged?: Signal<string>;
  disposed?: Signal<unknown>;
}

/** What a notebook calls the cell that a view stands in. */
export function cellOf(view: Element): string {
  const number = /\[\d+\]/.exec(view.closest(".jp-Cell")?.querySelector(".jp-InputPrompt")?.textContent ?? "");
  return number ? `cell ${number[0]}` : "the cell";
}

/** Calls back when the kernel is gone, and where a host connects the view anew. */
export function watchKernel(
  model: Hosted, host: HTMLElement, signal: AbortSignal, changed: (gone: boolean) => void,
): void {
  watchStatus(model, signal, () => changed(true));
  watchMark(host, signal, changed);
}

/** JupyterLab's widget manager knows its kernel; elsewhere there is none to ask. */
function watchStatus(model: Hosted, signal: AbortSignal, lost: () => void): void {
  const kernel = (model.widget_manager as { kernel?: Kernel } | undefined)?.kernel;
  const status = (_: unknown, now: string): void => {
    if (LOST.has(now)) lost();
  };
  kernel?.statusChanged?.connect(status);
  kernel?.disposed?.connect(lost);
  signal.addEventListener("abort", () => {
    kernel?.statusChanged?.disconnect(status);
    kernel?.disposed?.disconnect(lost);
  });
}

function watchMark(host: HTMLElement, signal: AbortSignal, changed: (gone: boolean) => void): void {
  let gone = false;
  const look = (): void => {
    if (gone === (host.closest(`.${MARK}`) !== null)) return;
    gone = !gone;
    changed(gone);
  };
  const observer = new MutationObserver(look);
  // ipywidgets puts the class on the element it gave us; other hosts may put it on one of the next few around it.
  const watch = (): void => {
    observer.disconnect();
    let element: HTMLElement | null = host;
    for (let depth = 0; element && depth < 4; depth++, element = element.parentElement) {
      observer.observe(element, { attributes: true, attributeFilter: ["class"] });
    }
  };
  watch();
  look();
  // At first draw the host is not in the page yet.
  const attached = new ResizeObserver(watch);
  attached.observe(host);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    attached.disconnect();
  });
}
