// Which theme the host shows, and its colours for canvases, which CSS cannot reach.
import type { ThemeName } from "./types";

/** JupyterLab and VS Code mark the body, marimo an ancestor; elsewhere the system decides. */
export function themeOf(element: Element): ThemeName {
  const body = document.body;
  const lab = body.getAttribute("data-jp-theme-light");
  if (lab !== null) return lab === "false" ? "dark" : "light";
  if (body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)")) return "dark";
  if (body.matches(".vscode-light, .vscode-high-contrast-light")) return "light";
  if (element.closest(".dark, [data-theme=dark]")) return "dark";
  if (element.closest(".light, [data-theme=light]")) return "light";
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Calls back whenever the host may have changed its theme. */
export function watchTheme(signal: AbortSignal, changed: () => void): void {
  const observer = new MutationObserver(changed);
  const options = { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name", "data-theme"] };
  observer.observe(document.body, options);
  observer.observe(document.documentElement, options);
  signal.addEventListener("abort", () => observer.disconnect());
  globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", changed, { signal });
}

/** The value of a `--mk-…` token as the page has it now. */
export function themeColour(element: Element, name: `--mk-${string}`): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}
