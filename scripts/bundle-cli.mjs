// The command `holdfast` of this tree as one file.
//   import { bundleCli } from "./bundle-cli.mjs"; const { file, remove } = await bundleCli();
import { bundle } from "./bundle.mjs";

/** Bundles it where its libraries are found. */
export async function bundleCli() {
  const { files, remove } = await bundle("packages/cli/src", ["main"], "packages/cli");
  return { file: files.main, remove: async () => remove() };
}
