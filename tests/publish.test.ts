import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGES, publicEntries, ROOT, readJson } from "./support/packages.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./support/packed.ts";
import { commands, type Finished, run } from "./support/run.ts";

const { version } = readJson<{ version: string }>("package.json");

/** Where the samples are that must be reported. */
let directory: TemporaryDirectory;

beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(() => directory?.[Symbol.asyncDispose]());

async function sample(text: string): Promise<string> {
  const manifest = { name: "@sample/sample", version, license: "MIT", exports: "./mod.ts" };
  await writeFile(join(directory.path, "deno.json"), JSON.stringify(manifest));
  await writeFile(join(directory.path, "mod.ts"), text);
  return directory.path;
}

describe("JSR takes every package, without slow types", () => {
  const publish = (cwd: string) => run(commands.deno, ["publish", "--dry-run", "--allow-dirty"], { cwd });

  it("all of the workspace", async () => {
    const { code, output } = await publish(ROOT);
    expect(code, output).toBe(0);
    for (const name of PACKAGES) expect(output).toContain(`@holdfast/${name}@${version}`);
  });

  it("a sample with a slow type is refused", async () => {
    const { code, output } = await publish(
      await sample("const make = () => ({ a: 1 });\nexport const made = make();\n"),
    );
    expect(code).not.toBe(0);
    expect(output).toContain("slow-types");
  });
});

const LIBRARIES = PACKAGES.filter((name) => name !== "cli");

describe("everything public is documented", () => {
  const lint = (cwd: string, ...args: string[]) => run(commands.deno, ["doc", "--lint", ...args], { cwd });
  /** Each problem on a line: what it is, and where. */
  const problems = ({ output }: Finished): string[] =>
    [...output.matchAll(/^error\[(.+?)\]: (.+)\n +--> (.+)$/gm)].map(
      ([, rule, what, where]) => `${where?.replace(`${ROOT}/`, "")}: ${rule}: ${what}`,
    );

  it("the public entries of the packages", async () => {
    // What valibot and ws export is documented there, and not to be judged here.
    const finished = await lint(ROOT, "--no-npm", ...LIBRARIES.flatMap(publicEntries));
    expect(problems(finished)).toEqual([]);
    expect(finished.code, finished.output).toBe(0);
  });

  it("the public entries of the cli", async () => {
    // Its libraries cannot be left out: Deno looks for them first. So all is judged, and only the cli's is kept.
    const finished = await lint(ROOT, ...PACKAGES.flatMap(publicEntries));
    const judged = finished.code === 0 || problems(finished).length > 0;
    expect(judged, finished.output).toBe(true);
    expect(problems(finished).filter((problem) => problem.startsWith("packages/cli/"))).toEqual([]);
  });

  it("a sample without a docstring is reported", async () => {
    const finished = await lint(await sample("export const bare: number = 1;\n"), "mod.ts");
    expect(problems(finished)).toEqual([expect.stringContaining("mod.ts:1:14: missing-jsdoc")]);
    expect(finished.code).not.toBe(0);
  });
});
