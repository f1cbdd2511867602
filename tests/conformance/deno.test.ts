import { beforeAll, describe, expect, it } from "vitest";
import type { CaseResult } from "../contract/socket-contract.ts";
import { ROOT } from "../support/packages.ts";
import { commands, type Finished, run } from "../support/run.ts";
import { denoServers } from "./deno-servers.ts";
import { serverCases } from "./server-cases.ts";

describe("serving under Deno", () => {
  let finished: Finished;
  let results: CaseResult[] = [];

  beforeAll(async () => {
    finished = await run(commands.deno, ["run", "--allow-all", "tests/conformance/deno-conformance.ts"], {
      cwd: ROOT,
      env: { DENO_NO_UPDATE_CHECK: "1" },
    });
    results = finished.stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as CaseResult);
  });

  it("S33 the process ends by itself, and without an uncaught error", () => {
    expect(finished.code, finished.output).toBe(0);
  });

  for (const subject of denoServers) {
    describe(subject.name, () => {
      for (const { name } of serverCases(subject)) {
        it(name, () => {
          const result = results.find((one) => one.subject === subject.name && one.name === name);
          expect(result, "the case was not reported").toBeDefined();
          expect(result?.error).toBeUndefined();
        });
      }
    });
  }
});
