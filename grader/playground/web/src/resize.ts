/**
 * Pictures made smaller or larger exactly as Pillow's `resize(…, BILINEAR)` does it, which is how the course makes
 * its pictures: a triangle filter as wide as the step between pixels, in fixed-point numbers with 22 bits behind the
 * point, rows first, each pass rounded to whole numbers.
 */

const BITS = 22;

export interface Rgb {
  width: number;
  height: number;
  /** Red, green, blue of each pixel, row by row. */
  data: Uint8Array;
}

export function resize(image: Rgb, width: number, height: number): Rgb {
  const wide = width === image.width ? image : alongRows(image, width);
  return height === image.height ? wide : alongColumns(wide, height);
}

interface Weights {
  first: number;
  weights: Int32Array;
}

/** For each pixel of the result: the first source pixel that it is made of, and the weight of each. */
function filter(from: number, to: number): Weights[] {
  const step = from / to;
  const support = Math.max(step, 1);
  return Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * step;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) =>
      Math.max(0, 1 - Math.abs((first + i - centre + 0.5) / support)),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    return { first, weights: Int32Array.from(raw, (w) => Math.trunc(0.5 + (w / sum) * 2 ** BITS)) };
  });
}

function alongRows(image: Rgb, width: number): Rgb {
  const filters = filter(image.width, width);
  const data = new Uint8Array(width * image.height * 3);
  for (let y = 0, to = 0; y < image.height; y++) {
    for (const { first, weights } of filters) {
      to = sum(image.data, (y * image.width + first) * 3, 3, weights, data, to);
    }
  }
  return { width, height: image.height, data };
}

function alongColumns(image: Rgb, height: number): Rgb {
  const data = new Uint8Array(image.width * height * 3);
  let to = 0;
  for (const { first, weights } of filter(image.height, height)) {
    for (let x = 0; x < image.width; x++) {
      to = sum(image.data, (first * image.width + x) * 3, image.width * 3, weights, data, to);
    }
  }
  return { width: image.width, height, data };
}

/** One pixel of the result; returns where the next one goes. */
function sum(from: Uint8Array, start: number, stride: number, weights: Int32Array, into: Uint8Array, to: number): number {
  for (let channel = 0; channel < 3; channel++) {
    let total = 1 << (BITS - 1);
    for (let i = 0, at = start + channel; i < weights.length; i++, at += stride) total += from[at]! * weights[i]!;
    into[to + channel] = Math.max(0, Math.min(255, total >> BITS));
  }
  return to + 3;
}
