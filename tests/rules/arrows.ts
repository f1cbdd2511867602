import { posix } from "node:path";
import { manifestsOf, type PackageName } from "../support/packages.ts";
import { importsOf, isTest, type Source } from "./source.ts";

/**
 * Core's arrows as ARCHITECTURE draws them: each root file and each room, and what it may import besides itself.
 * A line is added here together with the room it speaks of; what has no line is reported.
 */
const LEAVES = ["errors", "deferred", "options", "bytes"];
const BASE: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  clock: [],
  bytes: [],
  deferred: [],
  options: ["errors"],
  "report-unheard": ["errors"],
  "event-stream": LEAVES,
  emitter: [...LEAVES, "event-stream", "report-unheard", "mitt"],
  "event-host": [...LEAVES, "emitter", "event-stream", "report-unheard"],
};
const base = Object.keys(BASE);
const house = [...base, "socket", "protocol"];
const protocolRoom = [...house, "connection", "server", "valibot"];
const PROTOCOL_ROOMS = ["rtm", "channels", "chat", "fleet"];
const CORE: Readonly<Record<string, readonly string[]>> = {
  ...BASE,
  socket: [...LEAVES, "isows"],
  protocol: [...LEAVES, "valibot"],
  connection: house,
  server: [...house, "connection"],
  testing: [...house, "connection", "server"],
  mod: [...house, "connection", "server"],
  ...Object.fromEntries(PROTOCOL_ROOMS.map((room) => [room, protocolRoom])),
};
const TEST_TOOLS = ["vitest", "fast-check"];

/** Core imports along its arrows, and nothing but valibot, mitt and isows from outside. */
export function coreArrows(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith("packages/core/src/"))
    .flatMap((source) => {
      const room = roomOf(source.path);
      const arrows = CORE[room];
      if (arrows === undefined)
        return [`${source.path}: ${room} has no arrows; add it to tests/rules/arrows.ts`];
      const allowed = new Set([room, ...arrows, ...(isTest(source) ? testArrows(room) : [])]);
      return importsOf(source)
        .filter(({ specifier }) => {
          const target = targetOf(source, specifier);
          return !allowed.has(target) && !(isTest(source) && target.startsWith("tests/support/"));
        })
        .map(({ specifier, line }) => `${source.path}:${line}: ${room} must not import ${specifier}`);
    });
}

/** A test of core may use every room but another protocol's, and what `tests/support` has for several. */
function testArrows(room: string): string[] {
  const rooms = Object.keys(CORE).filter((other) => other === room || !PROTOCOL_ROOMS.includes(other));
  return [...rooms, ...TEST_TOOLS, "valibot"];
}

/** The room a file of core stands in; a root file is a room of its own, and so is mod.ts. */
function roomOf(path: string): string {
  const [first = "", ...rest] = path.slice("packages/core/src/".length).split("/");
  return rest.length > 0 ? first : first.replace(/(\.test(-d)?)?\.ts$/, "");
}

function targetOf(source: Source, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const path = posix.join(posix.dirname(source.path), specifier);
  return path.startsWith("packages/core/src/") ? roomOf(path) : path;
}

/** What each package outside core may import; `node:` and bare names as they are written. */
const HANDS_AND_FACES: Readonly<Record<string, (specifier: string) => boolean>> = {
  node: (specifier) =>
    specifier === "ws" ||
    specifier === "@remix-run/node-fetch-server" ||
    specifier.startsWith("node:") ||
    isPublic(specifier, ["core"]),
  deno: (specifier) => isPublic(specifier, ["core"]),
  sqlite: (specifier) => specifier.startsWith("@libsql/client/") || isPublic(specifier, ["core"]),
  http: (specifier) => specifier === "hono" || specifier === "prom-client" || isPublic(specifier, ["core"]),
  cli: (specifier) =>
    specifier.startsWith("node:") ||
    isPublic(specifier, ["core", "node", "deno", "sqlite", "http"]) ||
    Object.hasOwn(manifestsOf("cli").npm.dependencies ?? {}, specifier),
  examples: (specifier) =>
    specifier.startsWith("node:") ||
    specifier === "valibot" ||
    isPublic(specifier, ["core", "node", "deno", "sqlite", "http"]),
};

function isPublic(specifier: string, packages: readonly PackageName[]): boolean {
  return packages.some((name) => {
    const { npm } = manifestsOf(name);
    return Object.keys(npm.exports).some((entry) => specifier === posix.join(npm.name, entry));
  });
}

/** Hands and faces import public entries of packages, their own libraries, and no file outside themselves. */
export function packageArrows(sources: readonly Source[]): string[] {
  return Object.entries(HANDS_AND_FACES).flatMap(([name, allows]) => {
    const home = name === "examples" ? "examples/" : `packages/${name}/src/`;
    return sources
      .filter(({ path }) => path.startsWith(home))
      .flatMap((source) => {
        const fits = (specifier: string): boolean => {
          if (!specifier.startsWith(".")) {
            return allows(specifier) || (isTest(source) && [...TEST_TOOLS, "valibot"].includes(specifier));
          }
          return posix.join(posix.dirname(source.path), specifier).startsWith(home);
        };
        return importsOf(source)
          .filter(({ specifier }) => !fits(specifier))
          .map(({ specifier, line }) => `${source.path}:${line}: ${name} must not import ${specifier}`);
      });
  });
}
