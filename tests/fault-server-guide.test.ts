import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "./support/packages.ts";
import { commands, run, succeed } from "./support/run.ts";

const GUIDE = "docs/fault-server.md";
const text = readFileSync(join(ROOT, GUIDE), "utf8");
/** Each program of the guide with the sentence under it, which says what it prints. */
const programs = [
  ...text.matchAll(/^## (.+)\n(?:(?!## ).*\n)*?```ts\n((?:.*\n)*?)```\n\nIt prints ((?:.+\n)+)/gm),
];

let directory: string;
beforeAll(async () => {
  // Inside the repository, where the packages are found by their names.
  const cache = join(ROOT, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  directory = await mkdtemp(join(cache, "guide-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("the guide of the fault server", () => {
  it("has no program without a sentence that says what it prints", () => {
    expect(programs).toHaveLength(2);
    expect(text.match(/^```ts$/gm)).toHaveLength(programs.length);
  });

  it.each(programs.map(([, title, program, printed]) => [title, program, printed]))(
    "%s: prints what it says, and ends by itself",
    async (_, program = "", printed = "") => {
      const file = join(directory, "program.mts");
      await writeFile(file, program);
      const args = ["--import", "tsx", "-C", "@holdfast/source", file];
      const { stdout } = await succeed(commands.node, args, { cwd: ROOT, timeoutMs: 20_000 });
      const lines = [...printed.matchAll(/`([^`]+)`/g)].map(([, line]) => line);
      expect(stdout.trimEnd().split("\n")).toEqual(lines);
    },
  );

  it("has the right types", async () => {
    const { code, output } = await run(commands.deno, ["check", "--doc-only", GUIDE], { cwd: ROOT });
    expect(code, output).toBe(0);
  });
});
