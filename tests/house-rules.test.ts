import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { coreArrows, packageArrows } from "./rules/arrows.ts";
import { exportLists, fileLengths } from "./rules/files.ts";
import { dependencies, exportMaps, lockfile, versions } from "./rules/manifests.ts";
import { differentNames, exportedNames } from "./rules/public-names.ts";
import { runtimeGlobals } from "./rules/runtime-globals.ts";
import { skipsWithoutReason } from "./rules/skips.ts";
import { importsOf, readSources, type Source } from "./rules/source.ts";
import { manifestsOf, PACKAGES, ROOT, readJson } from "./support/packages.ts";

const sources = readSources();
const manifests = PACKAGES.map(manifestsOf);
const { version } = readJson<{ version: string }>("package.json");
const [core] = manifests as [(typeof manifests)[number], ...typeof manifests];

const of = (path: string, text: string): Source[] => [{ path, text }];

/** A rule over sources, held against the repository, and against samples that it must report. */
function rule(name: string, check: (sources: readonly Source[]) => string[], bad: readonly Source[][]): void {
  describe(name, () => {
    it("holds", () => expect(check(sources)).toEqual([]));
    it.each(bad.map((sample) => [sample[0]?.text.slice(0, 60), sample] as const))(
      "reports: %s",
      (_, sample) => {
        expect(check(sample)).toHaveLength(1);
      },
    );
  });
}

it("the rules see the packages' sources", () => {
  const paths = sources.map(({ path }) => path);
  for (const name of PACKAGES) expect(paths).toContain(`packages/${name}/src/mod.ts`);
  expect(paths).toContain("tests/house-rules.test.ts");
});

it("imports are found in whatever way they are written", () => {
  const text = `import a from "a"; import "b"; export * from "c"; export { d } from "d"; await import("e");
    type F = import("f").F; import g = require("g"); const h = require("h"); import type { I } from "i"; import(j);`;
  const found = importsOf({ path: "x.ts", text }).map(({ specifier }) => specifier);
  expect(found).toEqual(["a", "b", "c", "d", "e", "f", "g", "h", "i", "<computed>"]);
});

rule("core's arrows", coreArrows, [
  of("packages/core/src/errors.ts", 'import { x } from "./options.ts";'),
  of("packages/core/src/clock.ts", 'import "valibot";'),
  of("packages/core/src/socket/socket.ts", 'import { Emitter } from "../emitter.ts";'),
  of("packages/core/src/socket/tcp.ts", 'import net from "node:net";'),
  of("packages/core/src/connection/link.ts", 'const ws = await import("ws");'),
  of("packages/core/src/connection/link.ts", 'export * from "../rtm/mod.ts";'),
  of("packages/core/src/connection/link.test.ts", 'import "../rtm/mod.ts";'),
  of("packages/core/src/rtm/client.ts", 'type Room = import("../chat/mod.ts").Room;'),
  of("packages/core/src/rtm/client.ts", 'import { thing } from "../../../node/src/mod.ts";'),
  of("packages/core/src/rtm/client.ts", 'import { Emitter } from "@holdfast/core";'),
  of("packages/core/src/testing/mod.ts", 'import "../rtm/mod.ts";'),
  of("packages/core/src/mod.ts", 'export * from "./rtm/mod.ts";'),
  of("packages/core/src/helpers.ts", "export const x = 1;"),
]);

rule("arrows between packages", packageArrows, [
  of("packages/node/src/tcp.ts", 'import { clip } from "../../core/src/errors.ts";'),
  of("packages/node/src/tcp.ts", 'import { clip } from "@holdfast/core/errors";'),
  of("packages/node/src/tcp.ts", 'import { tcp } from "@holdfast/deno";'),
  of("packages/node/src/tcp.ts", 'import * as v from "valibot";'),
  of("packages/deno/src/tcp.ts", 'import { WebSocket } from "ws";'),
  of("packages/deno/src/tcp.ts", 'import net from "node:net";'),
  of("packages/cli/src/main.ts", 'import { WebSocket } from "ws";'),
  of("examples/bot.ts", 'import { clip } from "../packages/core/src/errors.ts";'),
]);

rule("the globals of a runtime", runtimeGlobals, [
  of("packages/core/src/clock.ts", "const id = setTimeout(() => process.exit(), 1);"),
  of("packages/core/src/clock.ts", "const bytes: Buffer = x;"),
  of("packages/core/src/clock.ts", "if (globalThis.Deno) x();"),
  of("packages/core/src/clock.ts", "const { env } = { Deno };"),
  of("packages/node/src/tcp.ts", "Deno.connect({ port: 1 });"),
  of("packages/deno/src/tcp.ts", "process.exit();"),
  of("packages/cli/src/main.ts", "typeof Deno;"),
]);

it("a member or a parameter that is called as a global is none", () => {
  const text =
    "const x = { process: 1, Buffer() {} }; x.process; interface Y { Deno: 1 } const { module: z } = y;";
  expect(runtimeGlobals(of("packages/core/src/clock.ts", text))).toEqual([]);
});

rule("no file over 300 lines", fileLengths, [of("packages/core/src/long.ts", "//\n".repeat(301))]);

rule("mod.ts holds export lists only", exportLists, [
  of("packages/core/src/rtm/mod.ts", "export const x = 1;"),
  of("packages/node/src/mod.ts", 'import { x } from "./x.ts";'),
]);

rule("every skip carries its reason", skipsWithoutReason, [
  of("tests/a.test.ts", 'it.skip("x", () => {});'),
  of("tests/a.test.ts", 'describe.skip("x", () => {});'),
  of("tests/a.test.ts", 'it.skipIf(slow)("x", () => {});'),
  of("tests/a.test.ts", 'it.only("x", () => {});'),
  of("tests/a.test.ts", 'it.todo("x");'),
  of("tests/a.test.ts", 'it.each([1]).skip("x");'),
  of("tests/a.test.ts", 'it("x", { skip: true }, () => {});'),
  of("tests/a.test.ts", 'it("x", (context) => context.skip());'),
  of("tests/a.test.ts", 'it("x", ({ skip }) => skip(slow));'),
  of("tests/a.test.ts", 'it("x", ({ skip }) => skip(slow, " "));'),
]);

it("a skip that says why is allowed", () => {
  const text = 'it("x", (context) => { context.skip("no IPv6"); context.skip(!on, "off"); list.skip; });';
  expect(skipsWithoutReason(of("tests/a.test.ts", text))).toEqual([]);
});

describe("export maps of npm and JSR are equal", () => {
  it("holds", () => expect(exportMaps(manifests)).toEqual([]));
  it("reports an entry that one lacks", () => {
    const deno = { ...core.deno, exports: { ...core.deno.exports, "./more": "./src/more.ts" } };
    expect(exportMaps([{ ...core, deno }])).toEqual(["@holdfast/core: ./more is missing in package.json"]);
    expect(exportMaps([{ ...core, npm: { ...core.npm, exports: {} } }])).not.toEqual([]);
    expect(exportMaps([{ ...core, deno: { ...core.deno, exports: {} } }])).not.toEqual([]);
  });
  it("reports an entry that leads elsewhere, or whose conditions are out of order", () => {
    const { "@holdfast/source": source = "", types = "", default: file = "" } = core.npm.exports["."] ?? {};
    for (const entry of [
      { "@holdfast/source": source, types, default: "./dist/index.js" },
      { types, "@holdfast/source": source, default: file },
    ]) {
      const npm = { ...core.npm, exports: { ...core.npm.exports, ".": entry } };
      expect(exportMaps([{ ...core, npm }])).toHaveLength(1);
    }
  });
});

describe("one version everywhere", () => {
  it("holds", () => expect(versions(version, manifests)).toEqual([]));
  it("reports every place that has another", () => {
    expect(versions("9.9.9", [core])).toHaveLength(2);
    const npm = { ...core.npm, dependencies: { "@holdfast/core": "^0.0.1" } };
    const deno = { ...core.deno, imports: { "@holdfast/core": "jsr:@holdfast/core@^0.0.1" } };
    expect(versions(version, [{ npm, deno }])).toHaveLength(2);
  });
});

describe("both manifests name the same dependencies", () => {
  it("holds", () => expect(dependencies(manifests)).toEqual([]));
  it("reports one that is missing or has another range", () => {
    const without = { ...core, deno: { ...core.deno, imports: {} } };
    expect(dependencies([without])).toHaveLength(3);
    const other = {
      ...core,
      deno: { ...core.deno, imports: { ...core.deno.imports, mitt: "npm:mitt@^2.0.0" } },
    };
    expect(dependencies([other])).toHaveLength(1);
    const more = {
      ...core,
      deno: { ...core.deno, imports: { ...core.deno.imports, left: "npm:left@^1.0.0" } },
    };
    expect(dependencies([more])).toEqual(["@holdfast/core: left is missing in package.json"]);
  });
});

describe("the lock file names no registry and leaves no platform out", () => {
  it("holds", () => expect(lockfile(readFileSync(join(ROOT, "package-lock.json"), "utf8"))).toEqual([]));
  it("reports one", () => {
    const packages = {
      "node_modules/x": { resolved: "https://registry.example/x.tgz" },
      y: { resolved: "y" },
    };
    expect(lockfile(JSON.stringify({ packages }))).toHaveLength(1);
  });
});

describe("node and deno export the same names", () => {
  it("holds", () => {
    const node = exportedNames("packages/node/src/mod.ts", ["node"]);
    const deno = exportedNames("packages/deno/src/mod.ts", ["deno"]);
    expect(node).toContain("createBot");
    expect(differentNames(["node", node], ["deno", deno])).toEqual([]);
  });
  it("reports a name that only one has", () => {
    expect(differentNames(["node", ["a", "b"]], ["deno", ["b", "c"]])).toHaveLength(2);
  });
});
