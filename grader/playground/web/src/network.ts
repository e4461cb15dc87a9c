/** A network that runs: LiteRT's WebAssembly, or WebGPU where the browser has it. */

import { type CompiledModel, loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";
import { asset } from "./assets";
import type { Backend, Model } from "./types";

export interface Values {
  shape: number[];
  data: Float32Array;
}

let runtime: Promise<unknown> | undefined;
const compiled = new Map<string, Promise<Network>>();
/** Only one network runs at a time: they share one heap. */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}

export async function hasWebGpu(): Promise<boolean> {
  try {
    return (await (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu?.requestAdapter()) != null;
  } catch {
    return false;
  }
}

/** `model` made ready for `backend`; once for each of the two. */
export function prepare(model: Model, backend: Backend): Promise<Network> {
  const key = `${backend} ${model.id}`;
  let made = compiled.get(key);
  if (!made) {
    made = make(model, backend);
    compiled.set(key, made);
    made.catch(() => compiled.delete(key));
  }
  return made;
}

async function make(model: Model, backend: Backend): Promise<Network> {
  runtime ??= loadLiteRt("");
  const [bytes] = await Promise.all([asset(model.file), runtime]);
  const ready = await inTurn(() => loadAndCompile(bytes, { accelerator: backend }));
  return new Network(model, ready, await kernel(model, bytes));
}

/** The weights from feature maps to classes, (classes, maps) row by row. */
async function kernel(model: Model, bytes: Uint8Array<ArrayBuffer>): Promise<Float32Array | null> {
  if (!model.map) return null;
  const maps = model.layers.find((layer) => layer.output === model.map?.output)?.shape.at(-1) ?? 0;
  const count = maps * model.outputs;
  if (model.map.offset === null) {
    if (!model.map.kernel) return null;
    return new Float32Array((await asset(model.map.kernel)).buffer, 0, count);
  }
  const size = model.map.half ? 2 : 4;
  const part = bytes.slice(model.map.offset, model.map.offset + count * size).buffer;
  return model.map.half ? Float32Array.from(new Uint16Array(part), fromHalf) : new Float32Array(part);
}

/** The number that a half float's 16 bits stand for. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export class Network {
  constructor(
    readonly model: Model,
    private readonly ready: CompiledModel,
    /** (classes, maps); null where the network does not end in global pooling. */
    readonly kernel: Float32Array | null,
  ) {}

  /** The values of the outputs `wanted` for one picture; `pixels` (h, w, c) as the model wants them. */
  run(pixels: Float32Array, wanted: readonly string[]): Promise<Map<string, Values>> {
    return inTurn(async () => {
      const input = new Tensor(pixels, [1, ...this.model.input]);
      const name = this.ready.getInputDetails()[0]?.name ?? "image";
      const outputs = await this.ready.run({ [name]: input });
      try {
        const found = new Map<string, Values>();
        for (const one of wanted) {
          const tensor = outputs[one];
          if (!tensor) continue;
          const data = Float32Array.from((await tensor.data()) as Float32Array);
          found.set(one, { shape: [...tensor.type.layout.dimensions].slice(1), data });
        }
        return found;
      } finally {
        input.delete();
        for (const tensor of Object.values(outputs)) if (!tensor.deleted) tensor.delete();
      }
    });
  }

  /** One probability for each class. */
  async classify(pixels: Float32Array): Promise<Float32Array> {
    return probabilities(this.model, await this.scores(pixels));
  }

  private async scores(pixels: Float32Array): Promise<Float32Array> {
    const values = (await this.run(pixels, [this.model.output])).get(this.model.output);
    if (!values) throw new Error("the model gave no classes");
    return values.data;
  }
}

/** What a network's last numbers say of each class: one number is that of the second of two classes. */
export function probabilities(model: Model, scores: Float32Array): Float32Array {
  if (scores.length === 1) {
    const score = scores[0]!;
    const second = model.activation === "linear" ? 1 / (1 + Math.exp(-score)) : score;
    return Float32Array.of(1 - second, second);
  }
  if (model.activation !== "linear") return scores;
  const top = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
