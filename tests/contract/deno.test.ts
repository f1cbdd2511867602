import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands, type Finished, run } from "../support/run.ts";
import { denoListeners, denoSubjects } from "./deno-subjects.ts";
import { pass } from "./expect.ts";
import { nodeFaultServer } from "./fault-server-node.ts";
import { listenerContract } from "./listener-contract.ts";
import { type CaseResult, socketContract } from "./socket-contract.ts";

const inDeno = (program: string, ...args: string[]): Promise<Finished> =>
  run(commands.deno, ["run", "--allow-all", `tests/contract/${program}`, ...args], {
    cwd: ROOT,
    env: { DENO_NO_UPDATE_CHECK: "1" },
  });

/** What the runner is to report, by subject: it works the same lists off in the same order. */
const expected = [
  ...denoSubjects.map(({ features }) => ({ subject: features.name, names: named(socketContract(features)) })),
  ...denoListeners.map((listener) => ({ subject: listener.name, names: named(listenerContract(listener)) })),
];

function named(cases: readonly { readonly name: string }[]): string[] {
  return cases.map(({ name }) => name);
}

describe("the contract under Deno", () => {
  let finished: Finished;
  let results: CaseResult[] = [];

  beforeAll(async () => {
    finished = await inDeno("deno-runner.ts");
    results = finished.stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as CaseResult);
  });

  it("C80 S33 the process ends by itself, and without an uncaught error", () => {
    expect(finished.code, finished.output).toBe(0);
    expect(results).toHaveLength(expected.flatMap(({ names }) => names).length);
  });

  for (const { subject, names } of expected) {
    describe(subject, () => {
      for (const name of names) {
        it(name, () => {
          const result = results.find((one) => one.subject === subject && one.name === name);
          expect(result, "the case was not reported").toBeDefined();
          expect(result?.error).toBeUndefined();
        });
      }
    });
  }
});

describe("a Deno process whose peer never answers its close", () => {
  it("C80 ends by itself about a second later, over tcp()", async () => {
    const server = await nodeFaultServer("tcp", "mute");
    try {
      expect((await inDeno("deno-exit.ts", server.address)).code).toBe(0);
      expect([server.asked, server.open]).toEqual([1, 0]);
    } finally {
      await server.close();
    }
  });

  it("deviation: C80 stays until the peer ends the connection, over webSocket()", async () => {
    const server = await nodeFaultServer("ws", "mute");
    try {
      let over = false;
      const ended = inDeno("deno-exit.ts", server.address).finally(() => {
        over = true;
      });
      await server.until("the dial", () => server.asked === 1, 20_000);
      await pass(3_000);
      expect([over, server.open]).toEqual([false, 1]);
      server.dropAll();
      expect((await ended).code).toBe(0);
    } finally {
      await server.close();
    }
  });
});
