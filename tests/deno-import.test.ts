import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "./support/packages.ts";
import { installProject, pack, type TemporaryDirectory, temporaryDirectory } from "./support/packed.ts";
import { runBotAgainstServer, type StartProgram } from "./support/rtm-conversation.ts";
import { commands, type Finished, run } from "./support/run.ts";

const PROGRAM = join(ROOT, "tests/consumers/bot.ts");
const DIST = join(ROOT, "packages/deno/dist");
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".ts": "application/typescript; charset=utf-8",
};

let directory: TemporaryDirectory;
let env: Record<string, string>;

beforeAll(async () => {
  directory = await temporaryDirectory();
  env = { DENO_DIR: join(directory.path, "deno") };
});
afterAll(() => directory?.[Symbol.asyncDispose]());

/** Runs Deno with an empty cache of its own, so that nothing but what is served or installed can be used. */
function deno(cwd: string, ...args: string[]): Promise<Finished> {
  return run(commands.deno, args, { cwd, env });
}

/** A program that may reach this machine alone; flags besides. */
function runs(cwd: string, ...flags: string[]): StartProgram {
  const args = ["run", "--quiet", "--allow-net=127.0.0.1", ...flags];
  return (file, onOutput) => run(commands.deno, [...args, file], { cwd, env, onOutput });
}

/** A directory of its own with a bot program whose import line says `specifier`. */
async function program(name: string, specifier: string): Promise<{ cwd: string; file: string }> {
  const cwd = join(directory.path, name);
  await mkdir(cwd, { recursive: true });
  const text = await readFile(PROGRAM, "utf8");
  const file = join(cwd, "bot.ts");
  await writeFile(file, text.replace('"@holdfast/node"', JSON.stringify(specifier)));
  return { cwd, file };
}

const WORKS = { code: 0, lines: ["7: hello", "closed by goodbye after 1 messages", ""] };

describe("@holdfast/deno by URL, as one file", () => {
  let server: Server;
  let host: string;
  /** What was asked for, by path. */
  const asked = new Set<string>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? "";
      asked.add(path);
      // Under /untyped the types are those that still import @holdfast/core: what tsup makes by itself.
      const file = path === "/untyped/holdfast.d.ts" ? "mod.d.ts" : path.split("/").at(-1);
      readFile(join(DIST, file ?? "")).then(
        (body) => {
          response.setHeader("Content-Type", CONTENT_TYPES[extname(path)] ?? "text/plain");
          response.end(body);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server?.close());

  it("begins with the line that names its types, and imports nothing", async () => {
    const [bundle, types] = await Promise.all(
      ["holdfast.js", "holdfast.d.ts"].map((name) => readFile(join(DIST, name), "utf8")),
    );
    expect(bundle?.split("\n")[0]).toBe('// @ts-self-types="./holdfast.d.ts"');
    for (const text of [bundle, types]) {
      expect(text).not.toMatch(/^\s*(import|export)\b[^;]*\bfrom\s*["']|\bimport\s*\(|\brequire\s*\(/m);
    }
  });

  it("keeps its types: deno check passes, with lines that must not compile", async () => {
    const { cwd, file } = await program("checked", `http://${host}/holdfast.js`);
    const { code, output } = await deno(cwd, "check", `--allow-import=${host}`, file);
    expect(code, output).toBe(0);
    expect([...asked]).toEqual(["/holdfast.js", "/holdfast.d.ts"]);
  });

  it("the same check fails where the types are lost", async () => {
    const { cwd, file } = await program("untyped", `http://${host}/untyped/holdfast.js`);
    const { code, output } = await deno(cwd, "check", `--allow-import=${host}`, file);
    expect(code).not.toBe(0);
    expect(output).toContain("TS2578");
  });

  it("runs a bot that ends by itself after goodbye", async () => {
    const { cwd, file } = await program("url", `http://${host}/holdfast.js`);
    expect(await runBotAgainstServer(file, runs(cwd, `--allow-import=${host}`))).toEqual(WORKS);
  });
});

describe("@holdfast/deno as the packed npm package", () => {
  let project: { cwd: string; file: string };

  beforeAll(async () => {
    const { core, deno } = await pack(directory.path);
    project = await program("installed", "@holdfast/deno");
    await installProject(project.cwd, [core, deno]);
  });

  it("keeps its types: deno check passes, with lines that must not compile", async () => {
    const { code, output } = await deno(project.cwd, "check", project.file);
    expect(code, output).toBe(0);
  });

  it("runs a bot that ends by itself after goodbye", async () => {
    expect(await runBotAgainstServer(project.file, runs(project.cwd))).toEqual(WORKS);
  });

  it("the same check fails where the types are lost", async () => {
    const cwd = join(directory.path, "stripped");
    await cp(project.cwd, cwd, { recursive: true });
    const types = join(cwd, "node_modules/@holdfast/deno/dist/mod.d.ts");
    await writeFile(types, "declare const createBot: any;\nexport { createBot };\n");
    const { code, output } = await deno(cwd, "check", join(cwd, "bot.ts"));
    expect(code).not.toBe(0);
    expect(output).toContain("TS2578");
  });
});
