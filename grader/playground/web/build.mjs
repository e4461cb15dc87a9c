// Makes what the page consists of in the folder that is named first: main.js, page.css, litert.wasm.gz, LICENSES.txt. The second
// argument is a file with the text of the Apache licence.

import { build } from "esbuild";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [out, apache] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const GLUE = "litert_wasm_compat_internal";

/** LiteRT's glue code is a plain script: it exports nothing by itself. */
const glue = {
  name: "glue",
  setup(run) {
    run.onLoad({ filter: new RegExp(`${GLUE}\\.js$`) }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}\nexport default ModuleFactory;`,
      loader: "js",
    }));
  },
};

const { metafile } = await build({
  entryPoints: [join(here, "src/main.ts"), join(here, "src/page.css")],
  outdir: out,
  entryNames: "[name]",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  external: ["node:*"],
  alias: { "@litertjs/wasm-utils": join(here, "src/litert.ts") },
  plugins: [glue],
});

const wasm = await readFile(join(packages, "@litertjs/core/wasm", `${GLUE}.wasm`));
await writeFile(join(out, "litert.wasm.gz"), gzipSync(wasm, { level: 9 }));
await writeFile(join(out, "LICENSES.txt"), await licences(Object.keys(metafile.inputs)));

/** What is in the page that is not ours, under which licence, and the licence's text where the package has it. */
async function licences(inputs) {
  const names = new Set(inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
  const require = createRequire(import.meta.url);
  const parts = [];
  for (const name of [...names].sort()) {
    const folder = dirname(require.resolve(`${name}/package.json`, { paths: [here] }));
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    // Apache's text, where a package leaves it to the reader to find it, is that of this project.
    const own = about.license === "Apache-2.0" && !files.length ? [await readFile(apache, "utf8")] : [];
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    const source = about.repository?.url ?? about.homepage ?? "";
    parts.push([`${name} ${about.version}: ${about.license}`, source.replace(/^git\+/, ""), ...texts, ...own].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}
