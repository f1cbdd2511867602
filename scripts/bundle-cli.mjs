// The command `holdfast` of this tree as one file, straight from the sources: nothing needs to be built before.
//   import { bundleCli } from "./bundle-cli.mjs"; const { file, remove } = await bundleCli();
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const CLI = fileURLToPath(new URL("../packages/cli/", import.meta.url));

/** Writes it where its libraries are found, into a folder of its own: many may run at a time. */
export async function bundleCli() {
  const cache = join(CLI, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "holdfast-"));
  await build({
    config: false,
    entry: { main: join(CLI, "src", "main.ts") },
    outDir: folder,
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
      options.absWorkingDir = CLI;
    },
    silent: true,
  });
  return { file: join(folder, "main.mjs"), remove: () => rm(folder, { recursive: true, force: true }) };
}
