import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TemporaryDirectory } from "./support/packed.ts";
import type { Finished } from "./support/run.ts";
import { runSamples, sandbox } from "./support/sandbox.ts";

const HEAD = 'import { Emitter } from "@holdfast/core";\nimport { expectTypeOf, it } from "vitest";\n';
const emitter = "new Emitter<{ count: number }>(() => {})";
const SAMPLES = {
  holds: `it("holds", () => expectTypeOf(${emitter}.once("count")).resolves.toEqualTypeOf<number>());`,
  breaks: `it("breaks", () => expectTypeOf(${emitter}.once("count")).resolves.toEqualTypeOf<string>());`,
  expects: `// @ts-expect-error\nit("expects", () => ${emitter}.on("count", (count: number) => count));`,
};

describe("the project of type tests is read", () => {
  let directory: TemporaryDirectory;
  let finished: Finished;

  beforeAll(async () => {
    directory = await sandbox();
    for (const [name, test] of Object.entries(SAMPLES)) {
      await writeFile(join(directory.path, `tests/types/sample-${name}.test-d.ts`), `${HEAD}${test}\n`);
    }
    finished = await runSamples(directory, "types");
  });
  afterAll(() => directory?.[Symbol.asyncDispose]());

  it("a type test that holds passes", () => {
    expect(finished.output).toMatch(/✓.*sample-holds\.test-d\.ts/);
  });

  it("a type test that must fail does fail", () => {
    expect(finished.code).not.toBe(0);
    expect(finished.output).toMatch(/FAIL.*sample-breaks\.test-d\.ts > breaks/);
  });

  it("an expected error that does not come fails", () => {
    expect(finished.output).toMatch(/FAIL.*sample-expects\.test-d\.ts/);
    expect(finished.output).toContain("Unused '@ts-expect-error' directive");
  });
});
