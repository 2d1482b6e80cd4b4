// The status line: ready | computing 12/30 · Stop | waiting for your cell | stopped | an error sentence.
import { h, textButton } from "./dom";
import { cellOf } from "./gone";
import type { Status } from "./types";

export interface StatusText extends Status {
  error: string;
  note: string;
  gone: boolean;
  frozen: boolean;
}

export interface StatusLine {
  element: HTMLElement;
  /** Where the small buttons stand, at the right end. */
  tools: HTMLElement;
  show(status: StatusText): void;
}

const FROZEN = "A saved page: reading and hovering work, what needs the model is off.";

function words(status: StatusText): string {
  switch (status.state) {
    case "busy": return status.text || "computing";
    case "waiting": return status.text || "waiting for your cell";
    case "stopped": return status.text || "stopped";
    default: return status.text || "ready";
  }
}

/** `failed` holds the error alone, so that a screen reader hears it at once and nothing else. */
export function statusLine(signal: AbortSignal, stop: () => void): StatusLine {
  const bar = h("span", { class: "mikit-progress" });
  const text = h("span", { class: "mikit-status-text" });
  const failed = h("span", { class: "mikit-error", role: "alert" });
  const note = h("span", { class: "mikit-note" });
  const stopButton = textButton("Stop", signal, stop);
  stopButton.classList.add("mikit-stop");
  const tools = h("span", { class: "mikit-tools" });
  const element = h("div", { class: "mikit-status" },
    h("span", { class: "mikit-status-line" }, text, stopButton, failed, note), tools, bar);

  const show = (status: StatusText): void => {
    const error = status.error || (status.state === "error" ? status.text : "");
    const off = status.gone || status.frozen;
    const working = !off && (status.state === "busy" || status.state === "waiting");
    text.textContent = status.gone ? `The kernel is gone. The picture stays; run ${cellOf(element)} again to go on.` : status.frozen ? FROZEN : error ? "" : words(status);
    failed.textContent = error && !off ? `× ${error}` : "";
    note.textContent = status.gone || error ? "" : status.note;
    stopButton.hidden = !working;
    bar.style.width = working ? `${Math.round(100 * status.done)}%` : "0";
  };
  return { element, tools, show };
}
