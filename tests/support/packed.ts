import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGES, type PackageName, ROOT } from "./packages.ts";
import { commands, succeed } from "./run.ts";

/** A directory outside the repository that is gone after `await using`. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Makes a directory outside the repository. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "holdfast-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** What `npm pack` makes of a package. */
export interface Packed {
  readonly tarball: string;
  /** The paths in it. */
  readonly files: readonly string[];
}

/** Packs every package as it would be published. */
export async function pack(into: string): Promise<Record<PackageName, Packed>> {
  const workspaces = PACKAGES.flatMap((name) => ["-w", `@holdfast/${name}`]);
  const args = ["pack", ...workspaces, "--json", "--pack-destination", into];
  const { stdout } = await succeed(commands.npm, args, { cwd: ROOT });
  const packed = Object.values(JSON.parse(stdout) as Record<string, PackReport>);
  const of = (name: PackageName): Packed => {
    const report = packed.find((one) => one.name === `@holdfast/${name}`);
    if (report === undefined) throw new Error(`npm pack left out ${name}: ${stdout}`);
    return { tarball: join(into, report.filename), files: report.files.map(({ path }) => path) };
  };
  return {
    core: of("core"),
    node: of("node"),
    deno: of("deno"),
    sqlite: of("sqlite"),
    http: of("http"),
    cli: of("cli"),
  };
}

interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Makes `directory` a project that has installed these packages, and packages of the registry besides. */
export async function installProject(
  directory: string,
  packages: readonly Packed[],
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  const manifest = { name: "consumer", private: true, type: "module", dependencies: others };
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest, null, 2));
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel", "error"];
  await succeed(commands.npm, ["install", ...quiet, ...packages.map(({ tarball }) => tarball)], {
    cwd: directory,
  });
}
