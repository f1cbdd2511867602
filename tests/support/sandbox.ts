import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./packages.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./packed.ts";
import { commands, type Finished, run } from "./run.ts";

const CONFIGURATION = [
  "package.json",
  "tsconfig.json",
  "tsconfig.test-d.json",
  "vitest.config.ts",
  "vitest.workspace.ts",
  "tests/support",
];

/** The repository's own test configuration in a directory without any test: samples are put there to be judged. */
export async function sandbox(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  await mkdir(join(directory.path, "tests/types"), { recursive: true });
  for (const path of CONFIGURATION) {
    await cp(join(ROOT, path), join(directory.path, path), { recursive: true });
  }
  for (const path of ["node_modules", "packages"]) {
    await symlink(join(ROOT, path), join(directory.path, path), "junction");
  }
  return directory;
}

/** Runs the sandbox's tests of one project whose path begins with `tests/sample` or `tests/types/sample`. */
export function runSamples(
  { path }: TemporaryDirectory,
  project: "types" | "house",
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const filter = project === "types" ? "tests/types/sample" : "tests/sample";
  const args = ["run", "--project", project, filter];
  return run(commands.vitest, args, { cwd: path, env: { CI: "", HOLDFAST_TALLY: "", ...env } });
}
