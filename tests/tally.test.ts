import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TemporaryDirectory } from "./support/packed.ts";
import { runSamples, sandbox } from "./support/sandbox.ts";

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await sandbox();
});
afterAll(() => directory?.[Symbol.asyncDispose]());

describe("the tally of a run", () => {
  /** Runs one sample file; its exit code, output, and the line it leaves for `.ci/run`. */
  async function verdict(tests: string, env: Record<string, string>) {
    const tally = join(directory.path, "tally");
    await rm(tally, { force: true });
    const text = `import { beforeAll, describe, it } from "vitest";\n${tests}\n`;
    await writeFile(join(directory.path, "tests/sample.test.ts"), text);
    const { code, output } = await runSamples(directory, "house", { ...env, HOLDFAST_TALLY: tally });
    return { code, output, tally: await readFile(tally, "utf8") };
  }
  const passes = 'it("passes", () => {});';
  const skips = 'it("skips", (context) => context.skip("no IPv6"));';

  it("counts what passed", async () => {
    const { code, tally } = await verdict(passes, { CI: "1" });
    expect({ code, tally }).toEqual({ code: 0, tally: "1 passed, 0 failed\n" });
  });

  it("names what was left out, and why, and takes it for a failure where CI is set", async () => {
    const ours = await verdict(passes + skips, {});
    expect(ours).toMatchObject({ code: 0, tally: "1 passed, 0 failed\n" });
    expect(ours.output).toContain("skipped: tests/sample.test.ts > skips: no IPv6");
    expect(await verdict(passes + skips, { CI: "1" })).toMatchObject({
      code: 1,
      tally: "1 passed, 1 failed\n",
    });
  });

  it("counts a suite that could not begin", async () => {
    const broken = `describe("x", () => { beforeAll(() => { throw new Error("no"); }); ${passes} });`;
    expect(await verdict(passes + broken, {})).toMatchObject({ code: 1, tally: "1 passed, 1 failed\n" });
  });
});
