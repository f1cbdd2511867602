import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands, type Finished, run } from "../support/run.ts";
import type { CaseResult } from "./socket-contract.ts";
import { storeContract } from "./store-contract.ts";
import { storeSubjects } from "./store-subjects.ts";

describe("the contract of stores on Node", () => {
  for (const subject of storeSubjects) {
    describe(subject.name, () => {
      for (const { name, run } of storeContract()) it(name, () => run(subject));
    });
  }
});

describe("the contract of stores under Deno", () => {
  let finished: Finished;
  let results: CaseResult[] = [];

  beforeAll(async () => {
    const options = { cwd: ROOT, env: { DENO_NO_UPDATE_CHECK: "1" } };
    finished = await run(commands.deno, ["run", "--allow-all", "tests/contract/store-deno.ts"], options);
    const lines = finished.stdout.split("\n").filter((line) => line.startsWith("{"));
    results = lines.map((line) => JSON.parse(line) as CaseResult);
  });

  it("the process ends by itself, and without an uncaught error", () => {
    expect(finished.code, finished.output).toBe(0);
    expect(results).toHaveLength(storeSubjects.length * storeContract().length);
  });

  for (const subject of storeSubjects) {
    describe(subject.name, () => {
      for (const { name } of storeContract()) {
        it(name, () => {
          const result = results.find((one) => one.subject === subject.name && one.name === name);
          expect(result, "the case was not reported").toBeDefined();
          expect(result?.error).toBeUndefined();
        });
      }
    });
  }
});
