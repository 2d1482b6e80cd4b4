// Drawing again when something changed: once a frame at most, and never at width 0.
import { watchTheme } from "./theme";

export interface Redraw {
  /** Asks for a drawing in the next frame. */
  draw(): void;
  readonly width: number;
}

/** Draws when the theme or the width changes, when the root comes back to the page, and when asked to. */
export function redrawing(root: HTMLElement, signal: AbortSignal, draw: () => void): Redraw {
  let width = 800;
  let asleep = true;
  const ask = (): void => {
    if (!asleep) return;
    asleep = false;
    requestAnimationFrame(() => {
      asleep = true;
      if (!signal.aborted) draw();
    });
  };
  const sizes = new ResizeObserver(() => {
    // VS Code folds outputs to nothing, and JupyterLab takes them off the page while scrolled away.
    if (root.clientWidth === 0) return;
    width = root.clientWidth;
    ask();
  });
  sizes.observe(root);
  signal.addEventListener("abort", () => sizes.disconnect());
  watchTheme(signal, ask);
  ask();
  return { draw: ask, get width() { return width; } };
}
