// One way to make an element. Text goes in as text nodes only: a token like "<script>" is data.

type Child = Node | string;
type Attributes = Record<string, string | number | boolean>;

function fill(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

/** A button that looks like text. */
export function textButton(label: string, signal: AbortSignal, onClick: () => void): HTMLButtonElement {
  const button = h("button", { type: "button", class: "mikit-text-button" }, label);
  button.addEventListener("click", onClick, { signal });
  return button;
}
