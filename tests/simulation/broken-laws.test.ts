import { describe, expect, test } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands, run } from "../support/run.ts";
import { inPairs, isCaught, type LawTried, tryLaw, UNBROKEN } from "./broken-copy.ts";
import { BROKEN_LAWS, type BrokenLaw } from "./laws.ts";

/** All copies are tried, whichever test is the first to wait for that. */
const TIMEOUT_MS = 300_000;

describe("each copy of core is tried", { timeout: TIMEOUT_MS }, () => {
  const copies = [UNBROKEN, ...BROKEN_LAWS];
  const tried = inPairs(copies, (law) => tryLaw(law).catch((error: Error) => error));
  const outcomeOf = async (law: BrokenLaw): Promise<LawTried> => {
    const outcome = (await tried)[copies.indexOf(law)];
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error("not tried");
    return outcome;
  };

  test("core as it is passes the exploration and the simulation", async () => {
    expect(await outcomeOf(UNBROKEN)).toEqual({});
  });

  test.each(BROKEN_LAWS.map((law) => [law.law, law] as const))("caught: %s", async (_, law) => {
    const outcome = await outcomeOf(law);
    expect(isCaught(law, outcome), JSON.stringify(outcome)).toBe(true);
  });
});

test("a breakage that finds nothing to break is a failure", async () => {
  const breakages = [{ file: "clock.ts", find: "no such text", replace: "" }];
  await expect(tryLaw({ ...UNBROKEN, breakages })).rejects.toThrow(
    'Breaking "none" failed: clock.ts has 0 times, and not once: no such text',
  );
});

test.each([
  ["--help", 0, "Usage: npm run broken-laws"],
  ["--bogus", 2, "error: Unknown option --bogus"],
  ["all", 2, "error: Unexpected argument: got all"],
])("the command tries nothing for %s", async (arg, code, says) => {
  const args = ["--import", "tsx", "-C", "@holdfast/source", "tests/simulation/broken-laws.ts", arg];
  const finished = await run(commands.node, args, { cwd: ROOT });
  expect(finished.code).toBe(code);
  expect(finished.output).toContain(says);
});
