import type { PackageManifests } from "../support/packages.ts";

/** Dependencies of npm that Deno has no use for, and why. */
const NPM_ONLY: Readonly<Record<string, readonly string[]>> = {
  // isows names it as a peer; under Deno isows takes the runtime's own WebSocket.
  "@holdfast/core": ["ws"],
};

/** npm and JSR offer the same entries, made from the same files, and each is built where npm says. */
export function exportMaps(packages: readonly PackageManifests[]): string[] {
  return packages.flatMap(({ npm, deno }) => {
    const problems: string[] = [];
    if (npm.name !== deno.name) problems.push(`${npm.name} is called ${deno.name} in deno.json`);
    for (const entry of new Set([...Object.keys(npm.exports), ...Object.keys(deno.exports)])) {
      const conditions = npm.exports[entry];
      const source = deno.exports[entry];
      if (conditions === undefined) problems.push(`${npm.name}: ${entry} is missing in package.json`);
      else if (source === undefined) problems.push(`${npm.name}: ${entry} is missing in deno.json`);
      else if (JSON.stringify(conditions) !== JSON.stringify(conditionsOf(source))) {
        problems.push(`${npm.name}: ${entry} in package.json does not lead to what is built of ${source}`);
      }
    }
    return problems;
  });
}

/** The conditions of an entry in their order: sources for the tests, then types, then what runs. */
function conditionsOf(source: string): Record<string, string> {
  const built = source.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
  return { "@holdfast/source": source, types: `${built}.d.ts`, default: `${built}.js` };
}

/** One version everywhere: in each manifest, and wherever one package asks for another. */
export function versions(version: string, packages: readonly PackageManifests[]): string[] {
  const names = packages.map(({ npm }) => npm.name);
  return packages.flatMap(({ npm, deno }) => {
    const problems: string[] = [];
    if (npm.version !== version)
      problems.push(`${npm.name} is ${npm.version} in package.json: not ${version}`);
    if (deno.version !== version)
      problems.push(`${npm.name} is ${deno.version} in deno.json: not ${version}`);
    for (const name of names) {
      const range = npm.dependencies?.[name];
      if (range !== undefined && range !== `^${version}`) {
        problems.push(`${npm.name} asks npm for ${name} ${range}: not ^${version}`);
      }
      const target = deno.imports?.[name];
      if (target !== undefined && target !== `jsr:${name}@^${version}`) {
        problems.push(`${npm.name} asks Deno for ${target}: not jsr:${name}@^${version}`);
      }
    }
    return problems;
  });
}

/** Both manifests of a package name the same libraries in the same ranges. */
export function dependencies(packages: readonly PackageManifests[]): string[] {
  return packages.flatMap(({ npm, deno }) => {
    const ranges = npm.dependencies ?? {};
    const imports = deno.imports ?? {};
    const npmOnly = NPM_ONLY[npm.name] ?? [];
    const problems: string[] = [];
    for (const name of new Set([...Object.keys(ranges), ...Object.keys(imports)])) {
      if (npmOnly.includes(name)) continue;
      const registry = name.startsWith("@holdfast/") ? "jsr" : "npm";
      const wanted = `${registry}:${name}@${ranges[name]}`;
      if (ranges[name] === undefined) problems.push(`${npm.name}: ${name} is missing in package.json`);
      else if (imports[name] !== wanted) {
        problems.push(`${npm.name}: deno.json has ${imports[name]} for ${name}: not ${wanted}`);
      }
    }
    return problems;
  });
}

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A lock file that names a registry ties every clone to it; one that leaves a platform out stops `npm ci`. */
export function lockfile(text: string): string[] {
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, Locked> };
  const locked = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  return Object.entries(packages).flatMap(([path, { resolved, optionalDependencies = {} }]) => [
    ...(resolved !== undefined && /^[a-z+]+:/.test(resolved)
      ? [`package-lock.json names a registry for ${path}`]
      : []),
    ...Object.keys(optionalDependencies)
      .filter((name) => !locked.has(name))
      .map((name) => `package-lock.json lacks ${name}, which ${path} needs on some platform`),
  ]);
}
