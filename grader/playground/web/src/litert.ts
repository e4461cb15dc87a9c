/**
 * Stands in for `@litertjs/wasm-utils`: LiteRT's glue code is part of this script and its WebAssembly an asset of the
 * page, so nothing is loaded by address.
 */

import ModuleFactory from "@litertjs/core/wasm/litert_wasm_compat_internal.js";
import { asset } from "./assets";

/** What the runtime says about itself is for those who look for it. */
const quiet = (text: string) => console.debug(text);

export async function createWasmLib<T>(make: new (module: unknown, canvas?: unknown) => T): Promise<T> {
  return new make(await ModuleFactory({ wasmBinary: await asset("litert.wasm.gz"), print: quiet, printErr: quiet }));
}
