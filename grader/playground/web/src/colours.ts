/** Numbers as colours. */

import { context } from "./dom";
import type { Site } from "./types";

type Table = Uint8ClampedArray;
const tables = new Map<string, Table>();

export function setUp(site: Site): void {
  for (const [name, colours] of Object.entries(site.colormaps)) {
    tables.set(
      name,
      Uint8ClampedArray.from(colours.flatMap((c) => [0, 2, 4].map((i) => parseInt(c.slice(i, i + 2), 16)))),
    );
  }
}

export function colormaps(): string[] {
  return [...tables.keys()];
}

/** A canvas of `width` × `height` pixels: each value of [0, 1] in its colour. */
export function coloured(values: Float32Array, height: number, width: number, colormap: string): HTMLCanvasElement {
  const table = tables.get(colormap) ?? [...tables.values()][0]!;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const brush = context(canvas);
  const image = brush.createImageData(width, height);
  const last = table.length / 3 - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const at = 3 * Math.round(Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0)) * last);
    image.data.set([table[at]!, table[at + 1]!, table[at + 2]!, 255], 4 * i);
  }
  brush.putImageData(image, 0, 0);
  return canvas;
}
