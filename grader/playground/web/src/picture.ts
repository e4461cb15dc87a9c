/** A picture from wherever it came, and what of it a model gets. */

import { context } from "./dom";
import { type Rgb, resize } from "./resize";
import type { Model, Scale } from "./types";

/** Pixels that are read at most; larger photographs are made smaller first. */
const MOST = 24_000_000;
/** ImageNet's mean blue, green and red, as Caffe's models were trained with (He et al. 2016). */
const MEAN = [103.939, 116.779, 123.68] as const;

export interface Picture {
  name: string;
  canvas: HTMLCanvasElement;
  pixels: Rgb;
}

/** Read a picture file; its pixels stay as they are in the file, whatever colour profile it names. */
export async function decode(file: Blob, name: string): Promise<Picture> {
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" } as const;
  let bitmap = await createImageBitmap(file, options);
  const shrink = Math.sqrt(MOST / (bitmap.width * bitmap.height));
  if (shrink < 1) {
    const resizeWidth = Math.floor(bitmap.width * shrink);
    const smaller = await createImageBitmap(file, { ...options, resizeWidth, resizeQuality: "high" });
    bitmap.close();
    bitmap = smaller;
  }
  const picture = draw(bitmap, bitmap.width, bitmap.height, name);
  bitmap.close();
  return picture;
}

/** A picture of what `source` shows now; behind anything transparent there is white. */
export function draw(source: CanvasImageSource, width: number, height: number, name: string): Picture {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const brush = context(canvas);
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, width, height);
  brush.drawImage(source, 0, 0, width, height);
  const rgba = brush.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, j = 0; i < rgba.length; i += 4, j += 3) {
    data[j] = rgba[i]!;
    data[j + 1] = rgba[i + 1]!;
    data[j + 2] = rgba[i + 2]!;
  }
  return { name, canvas, pixels: { width, height, data } };
}

/** The picture in the model's colours and size, stretched as the course does it; whole numbers 0 to 255, (h, w, 3). */
export function fitted(picture: Picture, model: Model): Rgb {
  const [height, width, channels] = model.input;
  return resize(channels === 1 ? grey(picture.pixels) : picture.pixels, width, height);
}

/** All three channels as Pillow's convert("L") has the one: ITU-R 601-2, 16 bits behind the point. */
function grey(image: Rgb): Rgb {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const sum = image.data[i]! * 19595 + image.data[i + 1]! * 38470 + image.data[i + 2]! * 7471;
    data.fill((sum + 0x8000) >> 16, i, i + 3);
  }
  return { ...image, data };
}

/** What the model gets: (h, w, channels). */
export function tensor(image: Rgb, channels: number, scale: Scale): Float32Array {
  const count = image.width * image.height;
  const values = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [image.data[3 * i]!, image.data[3 * i + 1]!, image.data[3 * i + 2]!];
    if (channels === 1) {
      values[i] = scaled(red, scale);
    } else if (scale === "caffe") {
      values.set([blue - MEAN[0], green - MEAN[1], red - MEAN[2]], 3 * i);
    } else {
      values.set([scaled(red, scale), scaled(green, scale), scaled(blue, scale)], 3 * i);
    }
  }
  return values;
}

function scaled(value: number, scale: Scale): number {
  if (scale === "unit") return value / 255;
  return scale === "symmetric" ? value / 127.5 - 1 : value;
}
