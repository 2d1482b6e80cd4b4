// Noticing that the kernel behind a view is gone.

const MARK = "jupyter-widgets-disconnected";

/** Calls back when the host marks the view as cut off, and again when it is connected anew. */
export function watchKernel(host: HTMLElement, signal: AbortSignal, changed: (gone: boolean) => void): void {
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
