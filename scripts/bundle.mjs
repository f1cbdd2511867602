// Programs of this tree as plain JavaScript, straight from the sources: nothing needs to be built before, and what is
// measured has no loader beside it.
//   import { bundle } from "./bundle.mjs"; const { files, load } = await bundle("scripts/soak", ["main", "bot"]);
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "tsup";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Longer than the longest soak takes, in milliseconds. */
const STALE_MS = 48 * 3_600_000;

/**
 * Bundles `<folder>/<name>.ts` for each name, into a folder of its own that goes when this process ends, or is removed.
 *
 * @param home The package whose libraries the programs find.
 */
export async function bundle(folder, names, home = "") {
  const cache = join(ROOT, home, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  await sweep(cache);
  // Many may run at a time.
  const outDir = await mkdtemp(join(cache, "holdfast-"));
  const remove = () => rmSync(outDir, { recursive: true, force: true });
  process.on("exit", remove);
  await build({
    config: false,
    entry: Object.fromEntries(names.map((name) => [name, join(ROOT, folder, `${name}.ts`)])),
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
      options.absWorkingDir = join(ROOT, home);
    },
    silent: true,
  });
  const files = Object.fromEntries(names.map((name) => [name, join(outDir, `${name}.mjs`)]));
  return { files, remove, load: (name) => import(pathToFileURL(files[name]).href) };
}

/** Removes what processes that were killed have left behind. */
async function sweep(cache) {
  for (const name of await readdir(cache)) {
    if (!name.startsWith("holdfast-")) continue;
    const path = join(cache, name);
    // Somebody else may have removed it just now.
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}
