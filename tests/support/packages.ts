import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

/** The packages, in the order in which they depend on each other. */
export const PACKAGES = ["core", "node", "deno", "sqlite", "http", "cli"] as const;

/** The packages that are published. */
export type PackageName = (typeof PACKAGES)[number];

/** What is read of a package.json. */
export interface NpmManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What is read of a deno.json. */
export interface DenoManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
}

/** One package as its two manifests tell of it. */
export interface PackageManifests {
  readonly npm: NpmManifest;
  readonly deno: DenoManifest;
}

/** Reads a JSON file by its path from the root. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
}

/** Both manifests of a package. */
export function manifestsOf(name: PackageName): PackageManifests {
  return {
    npm: readJson<NpmManifest>(`packages/${name}/package.json`),
    deno: readJson<DenoManifest>(`packages/${name}/deno.json`),
  };
}

/** The public source files of a package, by their paths from the root. */
export function publicEntries(name: PackageName): string[] {
  return Object.values(manifestsOf(name).deno.exports).map((path) => join("packages", name, path));
}
