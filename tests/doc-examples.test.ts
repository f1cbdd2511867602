import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examplesIn, factoriesWithoutExample } from "./rules/examples.ts";
import { isTest, readSources, type Source } from "./rules/source.ts";
import { PACKAGES, ROOT } from "./support/packages.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./support/packed.ts";
import { commands, type Finished, run } from "./support/run.ts";

const sources = readSources();

/** The pages in these folders that hold TypeScript, and how many blocks of it. */
function pagesIn(...folders: readonly string[]): Array<{ path: string; blocks: number }> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  );
  return paths
    .map((path) => ({ path, blocks: blocksIn(readFileSync(join(ROOT, path), "utf8")) }))
    .filter(({ blocks }) => blocks > 0);
}

const blocksIn = (text: string): number => [...text.matchAll(/^```(ts|typescript)\b/gm)].length;

/** Type-checks and runs the examples in docstrings and pages: they may listen and dial on this machine, and nothing else. */
function runExamples(cwd: string, files: readonly string[], more: readonly string[] = []): Promise<Finished> {
  // What ws asks of the environment when it is loaded.
  // ws and the cli's terminal libraries look at the environment as they are loaded.
  const env = "--allow-env";
  const allowed = ["--allow-net=127.0.0.1,localhost", env, ...more];
  return run(commands.deno, ["test", "--doc", "--quiet", ...allowed, ...files], { cwd });
}

/** What the native library of SQLite wants besides, and the file that it writes. */
const SQLITE = ["--allow-ffi", "--allow-sys", "--allow-read", "--allow-write"];

/** How many examples a run found; each is a module called after its lines. */
function found({ output }: Finished): number {
  const counts = [...output.matchAll(/^running (\d+) tests? from \S+#\S+$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe("examples in docstrings", () => {
  it("of all packages compile and run, and none is left out", async () => {
    const documented = sources.filter(
      (source) => source.path.startsWith("packages/") && !isTest(source) && examplesIn(source) > 0,
    );
    const native = ({ path }: Source): boolean => path.startsWith("packages/sqlite/");
    const some = documented.filter((source) => !native(source));
    for (const [part, more] of [
      [some, []],
      [documented.filter(native), SQLITE],
    ] as const) {
      const paths = part.map(({ path }) => path);
      const finished = await runExamples(ROOT, paths, more);
      expect(finished.code, finished.output).toBe(0);
      expect(found(finished)).toBe(part.reduce((sum, source) => sum + examplesIn(source), 0));
      expect(finished.output).toContain("| 0 failed");
      expect(finished.output).not.toContain("ignored");
    }
  });

  it("exist for every factory", () => expect(factoriesWithoutExample(sources)).toEqual([]));

  it("are missed where a factory has none", () => {
    const path = "packages/node/src/mod.ts";
    const text =
      "/** Makes one. */\nexport function createThing(): void {}\nexport { listenThing } from './x.ts';";
    expect(factoriesWithoutExample([{ path, text }])).toEqual([`${path}: createThing has no @example`]);
  });

  describe("that do not hold are reported", () => {
    let directory: TemporaryDirectory;
    beforeAll(async () => {
      directory = await temporaryDirectory();
    });
    afterAll(() => directory?.[Symbol.asyncDispose]());

    it.each([
      ["one that does not compile", 'const count: number = "one";', "TS2322"],
      ["one that throws", 'throw new Error("it broke");', "it broke"],
      ["one that reaches out", 'await fetch("http://192.0.2.1/");', "NotCapable"],
    ])("%s", async (_, line, reported) => {
      const text = `/**\n * Is one.\n *\n * \`\`\`ts\n * ${line}\n * \`\`\`\n */\nexport const one = 1;\n`;
      await writeFile(join(directory.path, "one.ts"), text);
      expect(examplesIn({ path: "one.ts", text })).toBe(1);
      const { code, output } = await runExamples(directory.path, ["one.ts"]);
      expect(code).not.toBe(0);
      expect(output).toContain(reported);
    });
  });
});

describe("code on pages", () => {
  it("of docs compiles and runs, every block of it", async () => {
    const guides = pagesIn("docs", "docs/protocols");
    expect(guides.map(({ path }) => path)).toContain("docs/testing.md");
    const finished = await runExamples(
      ROOT,
      guides.map(({ path }) => path),
    );
    expect(finished.code, finished.output).toBe(0);
    expect(found(finished)).toBe(guides.reduce((sum, { blocks }) => sum + blocks, 0));
    expect(finished.output).toContain("| 0 failed");
    expect(finished.output).not.toContain("ignored");
  });

  it("of the READMEs, which talks to servers that are not here, compiles", async () => {
    const pages = pagesIn("", ...PACKAGES.map((name) => join("packages", name)));
    expect(pages.map(({ path }) => path)).toContain("README.md");
    const args = ["check", "--doc-only", ...pages.map(({ path }) => path)];
    const { code, output } = await run(commands.deno, args, { cwd: ROOT });
    expect(code, output).toBe(0);
    const checked = [...output.matchAll(/^Check \S+\.md#\S+$/gm)].length;
    expect(checked).toBe(pages.reduce((sum, { blocks }) => sum + blocks, 0));
  });
});
