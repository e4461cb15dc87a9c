/** Elements without markup in strings: what a stranger named stays text. */

import { inWords, t } from "./words";

type Attributes = Record<string, string | number | boolean | null>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/** An element whose text is `key` in the page's language. */
export function said<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  key: string,
  attributes: Attributes = {},
): HTMLElementTagNameMap[K] {
  const node = el(tag, attributes);
  inWords(() => (node.textContent = t(key)));
  return node;
}

/** Give `node` an attribute in the page's language. */
export function named<T extends Element>(node: T, key: string, attribute = "aria-label"): T {
  inWords(() => node.setAttribute(attribute, t(key)));
  return node;
}

export function button(key: string, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const node = said("button", key, { type: "button", ...attributes });
  node.addEventListener("click", action);
  return node;
}

let count = 0;

/** A form control below its name. */
export function labelled(key: string, control: HTMLElement): HTMLElement {
  control.id ||= `c${++count}`;
  return el("div", { class: "field" }, said("label", key, { for: control.id }), control);
}

/** A list of choices; `names` are keys of texts. */
export function choice(options: [value: string, key: string][], attributes: Attributes = {}): HTMLSelectElement {
  return el("select", attributes, ...options.map(([value, key]) => said("option", key, { value })));
}

export function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = canvas.getContext("2d", { willReadFrequently: true });
  if (!found) throw new Error("no canvas");
  return found;
}

/** Let the browser draw and listen for a moment. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
