// Taking a figure out of the page: a PNG of what is on screen, a CSV of its numbers, a file.
import type { Table } from "./types";

export function download(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A title as a file name. */
export function fileName(title: string, ending: string): string {
  const stem = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return `${stem || "mikit"}.${ending}`;
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(table: Table): string {
  return `${[table.columns, ...table.rows].map((row) => row.map(csvCell).join(",")).join("\n")}\n`;
}

/** Copies text; false where the browser does not let a page do it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies a picture; false where the browser does not let a page do it. */
export async function copyImage(image: Blob): Promise<boolean> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
    return true;
  } catch {
    return false;
  }
}

// Our own rules out of the page's style sheets: a picture made from a clone has no page around it.
function ownRules(): string {
  const texts: string[] = [];
  for (const sheet of document.styleSheets) {
    let rules: CSSRuleList;
    try {
      rules = sheet.cssRules;
    } catch {
      continue; // another origin's sheet
    }
    for (const rule of rules) if (rule.cssText.includes(".mikit")) texts.push(rule.cssText);
  }
  return texts.join("\n");
}

const MARGIN = 16;

const CHROME = ".mikit-actions, .mikit-inputs, .mikit-status, .mikit-code, .mikit-twin, .mikit-live, .mikit-chrome";

function withoutChrome(root: HTMLElement): HTMLElement {
  const clone = root.cloneNode(true) as HTMLElement;
  const drawn = [...root.querySelectorAll("canvas")];
  clone.querySelectorAll("canvas").forEach((canvas, i) => {
    const image = document.createElement("img");
    image.src = (drawn[i] as HTMLCanvasElement).toDataURL();
    image.className = canvas.className;
    image.style.cssText = canvas.style.cssText;
    canvas.replaceWith(image);
  });
  for (const chrome of clone.querySelectorAll(CHROME)) chrome.remove();
  const style = getComputedStyle(root);
  for (const name of ["--jp-ui-font-family", "--jp-code-font-family", "--jp-layout-color0"]) {
    const value = style.getPropertyValue(name);
    if (value) clone.style.setProperty(name, value);
  }
  Object.assign(clone.style, { width: `${root.clientWidth + 2 * MARGIN}px`, padding: `${MARGIN}px`, border: "0" });
  return clone;
}

function heightOf(clone: HTMLElement): number {
  const shelf = document.createElement("div");
  shelf.style.cssText = "position:fixed;left:-10000px;top:0;visibility:hidden";
  shelf.append(clone);
  document.body.append(shelf);
  const height = Math.floor(clone.getBoundingClientRect().height);
  shelf.remove();
  return height;
}

/** The figure without its buttons, at twice the screen's size: title, model, stage, number and what it shows. */
export async function figurePng(root: HTMLElement): Promise<Blob> {
  const clone = withoutChrome(root);
  const [width, height, zoom] = [root.clientWidth + 2 * MARGIN, heightOf(clone), 2];
  const style = document.createElement("style");
  style.textContent = ownRules();
  clone.prepend(style);
  clone.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
  const body = new XMLSerializer().serializeToString(clone);
  const source = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * zoom}" height="${height * zoom}" `
    + `viewBox="0 0 ${width} ${height}"><foreignObject width="${width}" height="${height}">${body}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * zoom, height * zoom];
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser made no picture."))), "image/png");
  });
}
