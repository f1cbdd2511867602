import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands, type Finished, run } from "../support/run.ts";
import { cases } from "./cases.ts";
import { figures, served } from "./served.ts";

describe("the HTTP service on Node", () => {
  for (const one of cases) it(one.name, one.run);

  it("processMetrics tells of the process too", async () => {
    const lines = await figures(served({ processMetrics: true }));
    expect(lines.some((line) => line.startsWith("process_resident_memory_bytes "))).toBe(true);
  });
});

describe("the HTTP service under Deno", () => {
  let finished: Finished;
  let results: { readonly name: string; readonly error?: string }[] = [];

  beforeAll(async () => {
    const args = ["run", "--no-prompt", "--allow-read", "tests/http/deno-runner.ts"];
    finished = await run(commands.deno, args, { cwd: ROOT, env: { DENO_NO_UPDATE_CHECK: "1" } });
    const lines = finished.stdout.split("\n").filter((line) => line.startsWith("{"));
    results = lines.map((line) => JSON.parse(line));
  });

  it("the process ends by itself, and needs no permission but to read", () => {
    expect(finished.code, finished.output).toBe(0);
    expect(results).toHaveLength(cases.length);
  });

  for (const { name } of cases) {
    it(name, () => {
      const result = results.find((one) => one.name === name);
      expect(result, "the case was not reported").toBeDefined();
      expect(result?.error).toBeUndefined();
    });
  }
});
