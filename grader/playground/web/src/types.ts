/** What the grader puts on the page (`grader/playground/site.py` makes it). */

export type Lang = "ko" | "en";
export type Text = Record<Lang, string>;

export type Scale = "unit" | "symmetric" | "none" | "caffe";
export type Backend = "wasm" | "webgpu";

export interface Layer {
  name: string;
  type: string;
  text: Text;
  shape: number[];
  parameters: number;
  within: string;
  /** Name of the model's output with this layer's values; null: the page can't show them. */
  output: string | null;
}

export interface ClassMap {
  output: string;
  /** Place of the weights, (classes, maps), in the model's file; null: the asset `kernel` has them. */
  offset: number | null;
  half: boolean;
  kernel: string | null;
}

export interface Model {
  id: string;
  title: Text;
  /** Name of the asset with the LiteRT file. */
  file: string;
  input: [number, number, number];
  scale: Scale;
  half: boolean;
  parameters: number;
  /** Numbers at the model's end, and what they went through last. */
  outputs: number;
  activation: string;
  output: string;
  /** Empty: nobody named the classes. */
  classes: Text[];
  layers: Layer[];
  map: ClassMap | null;
  samples: Sample[];
}

export interface Sample {
  file: string;
  label: Text;
}

export interface Site {
  lang: Lang;
  /** A server of the grader's own stands behind the page, which brings pictures by their addresses. */
  server: boolean;
  strings: Record<string, Text>;
  /** Name -> colours from low to high, each "rrggbb". */
  colormaps: Record<string, string[]>;
  models: Model[];
}
