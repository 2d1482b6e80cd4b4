// The buttons that copy the figure: as a picture, as its numbers.
import { textButton } from "./dom";
import { copyImage, copyText, csv, download, figurePng, fileName } from "./export";
import type { Table } from "./types";

/** How long a button says what it did. */
const ANSWER_MS = 1500;

function copyButton(label: string, signal: AbortSignal, copy: () => Promise<boolean>): HTMLButtonElement {
  const button = textButton(label, signal, () => {
    void copy().then((copied) => (copied ? "Copied" : "Downloaded"), () => "No copy made").then((answer) => {
      button.textContent = answer;
      setTimeout(() => { button.textContent = label; }, ANSWER_MS);
    });
  });
  return button;
}

/** Copies to the clipboard; where the browser keeps that from a page, downloads a file instead. */
export function copyButtons(signal: AbortSignal, root: () => HTMLElement, title: () => string, table: () => Table): HTMLElement[] {
  const png = copyButton("Copy PNG", signal, async () => {
    const image = await figurePng(root());
    const copied = await copyImage(image);
    if (!copied) download(fileName(title(), "png"), image);
    return copied;
  });
  const numbers = copyButton("Copy CSV", signal, async () => {
    const text = csv(table());
    const copied = await copyText(text);
    if (!copied) download(fileName(title(), "csv"), new Blob([text], { type: "text/csv" }));
    return copied;
  });
  return [png, numbers];
}
