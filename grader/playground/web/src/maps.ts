/** Where in a picture a network sees a class. */

import { pause } from "./dom";
import type { Network } from "./network";
import { tensor } from "./picture";
import type { Rgb } from "./resize";
import type { Scale } from "./types";

export interface Heat {
  kind: "activation" | "occlusion";
  height: number;
  width: number;
  /** Row by row, from 0 to 1. */
  values: Float32Array;
}

/** Values moved to [0, 1]; all 0 where all are equal. */
function unit(values: Float32Array): Float32Array {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return high > low ? values.map((value) => (value - low) / (high - low)) : values.map(() => 0);
}

/**
 * The class activation map (Zhou et al. 2016): each map that global pooling reduces, times its weight for the class,
 * all added up.
 */
export async function activationMap(network: Network, pixels: Float32Array, label: number): Promise<Heat | null> {
  const { map, outputs } = network.model;
  if (!map || !network.kernel) return null;
  const found = (await network.run(pixels, [map.output])).get(map.output);
  if (!found) return null;
  const [height = 0, width = 0, count = 0] = found.shape;
  // One number at the end speaks for the second class; what speaks for the first is its opposite.
  const sign = outputs === 1 && label === 0 ? -1 : 1;
  const row = outputs === 1 ? 0 : label;
  const weights = network.kernel.subarray(row * count, (row + 1) * count);
  const sums = new Float32Array(height * width);
  for (let place = 0; place < sums.length; place++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += found.data[place * count + i]! * weights[i]!;
    sums[place] = sign * sum;
  }
  return { kind: "activation", height, width, values: unit(sums) };
}

/** Sides of the grey square and steps between its places, about ten along each side of the picture. */
export function patch(side: number): { size: number; places: number[] } {
  const size = Math.max(1, Math.round(side / 6));
  const count = Math.min(10, Math.max(1, side - size + 1));
  const last = side - size;
  return { size, places: Array.from({ length: count }, (_, i) => Math.round((last * i) / Math.max(1, count - 1))) };
}

/**
 * The occlusion map (Zeiler and Fergus 2014): by how much the class loses probability when a grey square covers
 * that part of the picture.
 *
 * @param progress is told how much is done, from 0 to 1; when it answers false the work stops and null comes back.
 */
export async function occlusionMap(
  network: Network,
  image: Rgb,
  scale: Scale,
  label: number,
  progress: (done: number) => boolean,
): Promise<Heat | null> {
  const channels = network.model.input[2];
  const whole = (await network.classify(tensor(image, channels, scale)))[label]!;
  const [rows, columns] = [patch(image.height), patch(image.width)];
  const drops = new Float32Array(rows.places.length * columns.places.length);
  let breath = performance.now();
  for (let i = 0; i < drops.length; i++) {
    const top = rows.places[Math.floor(i / columns.places.length)]!;
    const left = columns.places[i % columns.places.length]!;
    const covered = { ...image, data: image.data.slice() };
    for (let y = top; y < top + rows.size; y++) {
      covered.data.fill(128, (y * image.width + left) * 3, (y * image.width + left + columns.size) * 3);
    }
    drops[i] = whole - (await network.classify(tensor(covered, channels, scale)))[label]!;
    if (performance.now() - breath > 40) {
      if (!progress(i / drops.length)) return null;
      await pause();
      breath = performance.now();
    }
  }
  return { kind: "occlusion", height: rows.places.length, width: columns.places.length, values: unit(drops) };
}
