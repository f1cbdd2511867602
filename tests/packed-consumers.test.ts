import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifestsOf, PACKAGES, type PackageName, ROOT, readJson } from "./support/packages.ts";
import {
  installProject,
  type Packed,
  pack,
  type TemporaryDirectory,
  temporaryDirectory,
} from "./support/packed.ts";
import { runBotAgainstServer } from "./support/rtm-conversation.ts";
import { commands, run, succeed } from "./support/run.ts";

const PROGRAMS = ["bot.ts", "portable.ts"];
const { devDependencies } = readJson<{ devDependencies: Record<string, string> }>("package.json");

let directory: TemporaryDirectory;
let project: string;
let packed: Record<PackageName, Packed>;

beforeAll(async () => {
  directory = await temporaryDirectory();
  project = join(directory.path, "project");
  await mkdir(project);
  packed = await pack(directory.path);
  // The user's own compiler options decide which of these a program needs; `valibot` is what its schemas use.
  const others = { "@types/node": devDependencies["@types/node"] ?? "", valibot: "^1.0.0" };
  await installProject(project, Object.values(packed), others);
  for (const program of PROGRAMS) await cp(join(ROOT, "tests/consumers", program), join(project, program));
});
afterAll(() => directory?.[Symbol.asyncDispose]());

const NODENEXT = { module: "NodeNext", moduleResolution: "NodeNext" };
const BUNDLER = { module: "ESNext", moduleResolution: "Bundler" };

/** Type-checks the consumer's programs as a user's project would. */
async function check(resolution: typeof NODENEXT, skipLibCheck: boolean): Promise<string> {
  const compilerOptions = {
    ...{ ...resolution, target: "ES2022", lib: ["ES2023", "DOM", "DOM.Iterable", "ESNext.Disposable"] },
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ["node"], skipLibCheck },
  };
  const file = join(project, `tsconfig.${resolution.moduleResolution}.json`);
  await writeFile(file, JSON.stringify({ compilerOptions, files: PROGRAMS }));
  return (await run(commands.tsc, ["-p", file], { cwd: project })).output;
}

describe("types of the packed packages", () => {
  it("hold under nodenext, the declaration files themselves included", async () => {
    expect(await check(NODENEXT, false)).toBe("");
  });

  it("hold under bundler", async () => {
    expect(await check(BUNDLER, true)).toBe("");
  });

  it("are missed by the same checks when they are lost", async () => {
    const types = join(project, "node_modules/@holdfast/node/dist/mod.d.ts");
    const text = await readFile(types, "utf8");
    try {
      await writeFile(types, "declare const createBot: any;\nexport { createBot };\n");
      for (const resolution of [NODENEXT, BUNDLER]) expect(await check(resolution, true)).toContain("TS2578");
    } finally {
      await writeFile(types, text);
    }
  });
});

describe("the packed packages run", () => {
  /** The programs as JavaScript; types are all that goes. */
  beforeAll(async () => {
    const args = ["--outDir", ".", "--module", "NodeNext", "--target", "ES2022", "--noCheck", ...PROGRAMS];
    await succeed(commands.tsc, args, { cwd: project });
  });

  it("core, RTM and testing on Node", async () => {
    const { stdout } = await succeed(commands.node, ["portable.js"], { cwd: project });
    expect(stdout.split("\n")).toEqual(["hello string function", "a 1 1", "goodbye", "later", "timeout", ""]);
  });

  it("a bot on Node, which ends by itself after goodbye", async () => {
    const bot = join(project, "bot.js");
    const said = await runBotAgainstServer(bot, (file, onOutput) =>
      run(commands.node, [file], { cwd: project, onOutput }),
    );
    expect(said).toEqual({ code: 0, lines: ["7: hello", "closed by goodbye after 1 messages", ""] });
  });

  it("the command holdfast", async () => {
    const holdfast = join(project, "node_modules/.bin/holdfast");
    const { version } = readJson<{ version: string }>("package.json");
    expect((await succeed(holdfast, ["--version"], { cwd: project })).stdout.trim()).toBe(version);
  });
});

describe("what is packed is what npm, bundlers and TypeScript expect", () => {
  /** What publint says of a packed package. */
  async function lint(tarball: string): Promise<string[]> {
    const bytes = await readFile(tarball);
    const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true });
    return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
  }
  const areTheTypesWrong = (tarball: string) =>
    run(commands.attw, [tarball, "--profile", "esm-only", "--no-definitely-typed"], { cwd: directory.path });

  it.each(PACKAGES)("%s ships what it exports, its sources and its licence, and no tests", (name) => {
    const { files } = packed[name];
    const exported = Object.values(manifestsOf(name).npm.exports).flatMap((entry) => Object.values(entry));
    const wanted = ["LICENSE", ...exported.map((path) => path.replace("./", ""))];
    expect(files).toEqual(expect.arrayContaining(wanted));
    expect(files.filter((file) => /\.test(-d)?\.|^tsup|^rollup|tsconfig/.test(file))).toEqual([]);
  });

  it("deno ships the single file and its types", () => {
    const bundle = ["dist/holdfast.js", "dist/holdfast.d.ts"];
    expect(packed.deno.files).toEqual(expect.arrayContaining(bundle));
  });

  it.each(PACKAGES)("publint finds nothing in %s", async (name) => {
    expect(await lint(packed[name].tarball)).toEqual([]);
  });

  it.each(PACKAGES)("attw finds nothing in %s", async (name) => {
    const { code, output } = await areTheTypesWrong(packed[name].tarball);
    expect(code, output).toBe(0);
  });

  it("both report a package whose types come last and lead nowhere under nodenext", async () => {
    const folder = join(directory.path, "broken");
    await mkdir(folder);
    const exports = { ".": { default: "./mod.js", types: "./mod.d.ts" } };
    const manifest = { name: "broken", version: "1.0.0", type: "module", exports };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "mod.js"), "export {};\n");
    await writeFile(join(folder, "mod.d.ts"), 'export { more } from "./more";\n');
    await writeFile(join(folder, "more.d.ts"), "export declare const more: number;\n");
    await succeed(commands.npm, ["pack"], { cwd: folder });
    const tarball = join(folder, "broken-1.0.0.tgz");
    expect(await lint(tarball)).not.toEqual([]);
    expect((await areTheTypesWrong(tarball)).code).not.toBe(0);
  });
});
