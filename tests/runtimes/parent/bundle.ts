import { join } from "node:path";
import { build } from "esbuild";
import type { RuntimeName } from "../features.ts";
import { HERE } from "./tools.ts";

/** Where a runtime's bundle is. */
export function bundleOf(name: RuntimeName): string {
  return join(HERE, "dist", `${name}.js`);
}

/** Libraries that the runtime finds itself, so that it picks the file it would pick for a user. */
const FOUND_BY_RUNTIME = ["ws", "isows", "undici"];

/** Bundles a runtime's host and all cases with the sources of the packages. */
export async function bundle(name: RuntimeName): Promise<void> {
  const inProcess = name !== "chromium" && name !== "deno";
  await build({
    absWorkingDir: HERE,
    entryPoints: [join("hosts", `${name}.ts`)],
    outfile: bundleOf(name),
    bundle: true,
    // A classic script has no `await` at its top: the page's is a module too.
    format: "esm",
    target: "es2022",
    platform: inProcess ? "node" : name === "chromium" ? "browser" : "neutral",
    conditions: ["@holdfast/source", ...(name === "deno" ? ["deno"] : [])],
    external: inProcess ? FOUND_BY_RUNTIME : [],
    sourcemap: inProcess ? "linked" : false,
    logLevel: "warning",
  });
}
