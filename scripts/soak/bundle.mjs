// Programs of scripts/ as plain JavaScript, straight from the sources: nothing needs to be built before, and what is
// measured has no loader beside it.
//   import { bundle } from "./soak/bundle.mjs"; const { files, load } = await bundle("soak", ["main", "bot"]);
import { rmSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "tsup";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles `scripts/<folder>/<name>.ts` for each name, into a folder of its own that goes when this process ends. */
export async function bundle(folder, names) {
  const cache = join(ROOT, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  // Where the libraries are found; many may run at a time.
  const outDir = await mkdtemp(join(cache, "holdfast-"));
  process.on("exit", () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    config: false,
    entry: Object.fromEntries(names.map((name) => [name, join(ROOT, "scripts", folder, `${name}.ts`)])),
    outDir,
    outExtension: () => ({ js: ".mjs" }),
    format: "esm",
    target: "node20",
    platform: "node",
    splitting: false,
    // The packages' sources come in; their libraries stay outside.
    noExternal: [/^@holdfast\//],
    external: [/^(?!@holdfast\/)[a-z@]/],
    esbuildOptions: (options) => {
      options.conditions = ["@holdfast/source"];
      options.absWorkingDir = ROOT;
    },
    silent: true,
  });
  const files = Object.fromEntries(names.map((name) => [name, join(outDir, `${name}.mjs`)]));
  return { files, load: (name) => import(pathToFileURL(files[name]).href) };
}
