/** The network layer by layer, in the chapter's words; each opens what it makes of the picture. */

import { coloured } from "./colours";
import { button, context, el, named } from "./dom";
import type { Network, Values } from "./network";
import type { Layer } from "./types";
import { inWords, lang, number, t } from "./words";

/** Feature maps that are drawn at first, how many side by side, and gaps between them in pixels. */
const FIRST = 16;
const COLUMNS = 8;
const GAP = 2;
/** A map is drawn at least so wide. */
const LEAST = 96;

export interface Looked {
  network: Network;
  pixels: Float32Array;
  colormap: string;
}

export class LayerList {
  readonly node = named(
    el("div", { class: "layers", "data-testid": "layers", role: "region", tabindex: 0 }),
    "layers",
  );
  private rows: Row[] = [];
  private model: unknown = null;

  constructor(private readonly look: () => Looked | null) {}

  /** Show the layers of another network, or, with the same one, what they make of another picture. */
  async show(): Promise<void> {
    const now = this.look();
    if (now && now.network.model !== this.model) {
      this.model = now.network.model;
      this.rows = now.network.model.layers.map((layer) => new Row(layer, this.look));
      this.node.replaceChildren(input(now.network), ...this.rows.map((row) => row.node));
    }
    for (const row of this.rows) await row.draw();
  }

  /** The values of the layers that are open, by name. */
  numbers(): Record<string, { shape: number[]; values: number[] }> {
    const open = this.rows.filter((row) => row.node.open && row.values);
    return Object.fromEntries(
      open.map(({ layer, values }) => [layer.name, { shape: values!.shape, values: [...values!.data] }]),
    );
  }
}

function input(network: Network): HTMLElement {
  const shape = el("span", { class: "what" });
  inWords(() => (shape.textContent = t("shape", { shape: network.model.input.join("×") })));
  return el("div", { class: "layer first" }, el("b", {}, "InputLayer"), " ", shape);
}

class Row {
  readonly node: HTMLDetailsElement;
  private readonly body = el("div", { class: "maps" });
  private all = false;
  /** What was drawn last. */
  values: Values | null = null;

  constructor(
    readonly layer: Layer,
    private readonly look: () => Looked | null,
  ) {
    const what = el("span", { class: "what" });
    const facts = el("span", { class: "facts num" });
    const summary = el("summary", {}, el("b", {}, layer.type), " ", what, facts);
    this.node = el("details", { class: "layer", "data-layer": layer.name }, summary, this.body);
    this.node.addEventListener("toggle", () => void this.draw());
    inWords(() => {
      what.textContent = layer.text[lang()];
      const parts = [layer.shape.join("×")];
      if (layer.parameters) parts.push(t("parameters", { count: number(layer.parameters) }));
      facts.textContent = parts.join(" · ");
    });
  }

  /** Draw what the layer makes of the picture, where it is open. */
  async draw(): Promise<void> {
    if (!this.node.open) return;
    const now = this.look();
    if (!this.layer.output) {
      this.body.replaceChildren(el("p", { class: "quiet" }, t("no_maps")));
      return;
    }
    const found = now && (await now.network.run(now.pixels, [this.layer.output])).get(this.layer.output);
    if (!now || !found) return;
    this.values = found;
    const name = el("p", { class: "quiet" }, [this.layer.within, this.layer.name].filter(Boolean).join(" / "));
    const picture = found.shape.length === 3 ? this.maps(found, now.colormap) : strip(found, now.colormap);
    this.body.replaceChildren(name, ...picture);
  }

  private maps(values: Values, colormap: string): HTMLElement[] {
    const count = values.shape[2] ?? 0;
    const shown = this.all ? count : Math.min(count, FIRST);
    const canvas = sheet(values, shown, colormap);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", t("maps_shown", { shown, count }));
    const words = el("p", { class: "quiet" }, `${t("maps_shown", { shown, count })} ${t("maps_each")}`);
    const more = button("show_all", () => {
      this.all = true;
      void this.draw();
    });
    return shown < count ? [canvas, words, more] : [canvas, words];
  }
}

/** Feature maps (h, w, n) side by side, each from its own smallest value to its largest. */
function sheet(values: Values, shown: number, colormap: string): HTMLCanvasElement {
  const [height = 1, width = 1, count = 1] = values.shape;
  const zoom = Math.max(1, Math.ceil(LEAST / Math.max(height, width)));
  const columns = Math.min(shown, COLUMNS);
  const canvas = document.createElement("canvas");
  canvas.width = columns * (width * zoom + GAP) - GAP;
  canvas.height = Math.ceil(shown / columns) * (height * zoom + GAP) - GAP;
  const brush = context(canvas);
  brush.imageSmoothingEnabled = false;
  for (let map = 0; map < shown; map++) {
    const one = spread(Float32Array.from({ length: height * width }, (_, i) => values.data[i * count + map]!));
    const x = (map % columns) * (width * zoom + GAP);
    const y = Math.floor(map / columns) * (height * zoom + GAP);
    brush.drawImage(coloured(one, height, width, colormap), x, y, width * zoom, height * zoom);
  }
  return canvas;
}

/** Numbers in a row, as a strip of colours that breaks like a text. */
function strip(values: Values, colormap: string): HTMLElement[] {
  const count = Math.min(values.data.length, 8192);
  const width = Math.min(count, 64);
  const height = Math.ceil(count / width);
  const padded = new Float32Array(width * height).fill(NaN);
  padded.set(spread(values.data.subarray(0, count)));
  const canvas = document.createElement("canvas");
  canvas.width = width * 10;
  canvas.height = height * 10;
  const brush = context(canvas);
  brush.imageSmoothingEnabled = false;
  brush.drawImage(coloured(padded, height, width, colormap), 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", t("numbers_shown", { count: number(values.data.length) }));
  return [canvas, el("p", { class: "quiet" }, t("numbers_shown", { count: number(values.data.length) }))];
}

function spread(values: Float32Array): Float32Array {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low ? values.map((value) => (value - low) / (high - low)) : values.map(() => 0);
}
