import { describe, expect, test } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands, type Finished, run as runCommand } from "../support/run.ts";
import { freshSeeds, parseCommandLine } from "./command-line.ts";
import { explore } from "./explore.ts";
import { type FaultEvent, isStall, planOf } from "./fault-plan.ts";
import { REGRESSIONS } from "./regressions.ts";
import { failureText } from "./report.ts";
import { run } from "./run.ts";
import type { RunOptions } from "./settings.ts";
import { Violation } from "./violation.ts";

const FRESH_SEEDS = 60;
const FRESH: Omit<RunOptions, "seed"> = { teams: 20, faultsMs: 180_000 };

/** @throws {Error} that says how to see it again. */
async function pass(options: RunOptions, plan: readonly FaultEvent[] = planOf(options)): Promise<void> {
  const { failure } = await explore(options, plan);
  if (failure !== undefined) throw new Error(failureText(options, failure));
}

const main = "tests/simulation/main.ts";
const onNode = (...args: string[]): Promise<Finished> =>
  runCommand(commands.node, ["--import", "tsx", "-C", "@holdfast/source", main, ...args], { cwd: ROOT });
const onDeno = (...args: string[]): Promise<Finished> =>
  runCommand(commands.deno, ["run", "--no-prompt", main, ...args], { cwd: ROOT });

describe("C1 C6 C8 C9 C15 C27 C38 C39 C44 C46 C47 C63 C64 C75 C76 C77 C79 C84 every invariant holds", () => {
  const seeds = freshSeeds(FRESH_SEEDS);
  console.info(
    `simulation: ${FRESH.teams} teams, ${FRESH.faultsMs / 1_000} s, fresh seeds ${seeds.join(" ")}`,
  );
  test.each(seeds)("with the fresh seed %i", (seed) => pass({ ...FRESH, seed }));
});

describe("a plan of a single kind of faults", () => {
  const stallsOf = (options: RunOptions): FaultEvent[] => planOf(options).filter(({ kind }) => isStall(kind));
  test.each(freshSeeds(6))(
    "C30 C31 C32 stalls and sleeps alone lose no connection: seed %i",
    async (seed) => {
      const options = { ...FRESH, seed };
      await pass(options, stallsOf(options));
    },
  );

  test("C40 without faults every message arrives, and nothing is dialled twice", async () => {
    const options = { ...FRESH, seed: 1 };
    const { violation, figures } = await run(options, []);
    expect(violation).toBeUndefined();
    expect(figures).toMatchObject({ dials: FRESH.teams + 1, reconnects: 0, backMs: 0 });
    expect([figures.delivered, figures.counted]).toEqual([figures.sent, figures.sent]);
  });
});

test("what was found once stays fixed", async () => {
  for (const regression of REGRESSIONS) await pass(regression);
});

describe("a seed repeats its run", () => {
  const [seed = 0] = freshSeeds(1);
  const args = ["--seed", String(seed), "--teams", "10", "--hours", "0.05", "--quiet"];

  test(`on Node twice, in this process, and on Deno: seed ${seed}`, async () => {
    const options = { seed, teams: 10, faultsMs: 180_000 };
    const here = [await run(options, planOf(options)), await run(options, planOf(options))];
    const there = await Promise.all([onNode(...args), onDeno(...args)]);
    const line = `seed ${seed} ${here[0]?.hash}\n`;
    expect(here.map(({ hash }) => hash)).toEqual([here[0]?.hash, here[0]?.hash]);
    expect(there.map(({ stdout }) => stdout)).toEqual([line, line]);
    const other = { ...options, seed: seed ^ 1 };
    expect((await run(other, planOf(other))).hash).not.toBe(here[0]?.hash);
  });
});

describe("the command", () => {
  test.each([
    ["Node", onNode],
    ["Deno", onDeno],
  ])("on %s says what happened, and ends with 0", async (_, command) => {
    const { code, stdout } = await command("--seed", "7", "--teams", "5", "--hours", "0.02");
    expect(code).toBe(0);
    for (const name of ["faults", "messages", "dials", "longest outage", "all back", "simulated", "trace"]) {
      expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
    }
  });

  test("runs only the faults it is told to", async () => {
    const { stdout } = await onNode("--seed", "7", "--teams", "5", "--hours", "0.02", "--only", "none");
    expect(stdout).toMatch(/^faults +none$/m);
  });

  test("explains itself, and what it cannot take", async () => {
    const [help, bad] = await Promise.all([onNode("--help"), onNode("--teams", "0")]);
    expect(help).toMatchObject({ code: 0 });
    expect(help.stdout).toContain("Usage: npm run simulate");
    expect(help.stdout).toMatch(/drop +connections are lost\n/);
    expect(help.stdout).toMatch(/^ {2}2 {2}bad usage$/m);
    expect(bad.code).toBe(2);
    expect(bad.output).toContain("--teams must be a whole number from 1 to 100000: got 0");
  });

  test.each([
    [["--seed", "-1"], "--seed"],
    [["--seed", "4294967296"], "--seed must be a whole number from 0 to 4294967295: got 4294967296"],
    [["--teams", "1.5"], "--teams must be a whole number from 1 to 100000: got 1.5"],
    [["--hours", "0"], "--hours must be a number from 0.001 to 1000: got 0"],
    [["--hours", "NaN"], "--hours must be a number from 0.001 to 1000: got NaN"],
    [["--teams", "-5"], "--teams must be a whole number from 1 to 100000: got -5"],
    [["--seed", "7", "--seed", "8"], "--seed is given twice"],
    [["--seed", "--quiet"], "--seed needs a value"],
    [["--quiet=1"], "--quiet takes no value: got 1"],
    [["--seeds", "x"], "--seeds must be a whole number from 1 to 1000000: got x"],
    [["--seed", "1", "--seeds", "2"], "--seed and --seeds exclude each other"],
    [["--only", "1"], "--only needs the --seed whose plan it is of"],
    [["--seed", "1", "--only", "1,x"], /^--only must be a whole number from 0 to \d+: got x$/],
    [["--seed", "1", "--only", "1,99999"], /^--only must be a whole number from 0 to \d+: got 99999$/],
    [["more"], "more"],
  ])("does not take %j", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});

test("a violation is told with its seed, the shortest plan, the end of the trace and the command", async () => {
  const options = { seed: 5, teams: 3, faultsMs: 120_000 };
  const plan = planOf(options);
  const [first, last] = [plan[1], plan.at(-1)];
  const { failure } = await explore(options, plan, async (given, shorter) => {
    const outcome = await run(given, []);
    if (![first, last].every((event) => event !== undefined && shorter.includes(event))) return outcome;
    return { ...outcome, violation: new Violation("one-socket", "4 has 2 live sockets") };
  });
  if (failure === undefined) throw new Error("It did not fail");
  expect(failure.plan).toEqual([first, last]);
  const text = failureText(options, failure);
  expect(text).toContain("Violated: one-socket (a team never has two live sockets)\n  4 has 2 live sockets");
  expect(text).toContain(`The shortest plan found has 2 of ${plan.length} faults:`);
  expect(text).toContain(
    `Again: npm run simulate -- --seed 5 --teams 3 --hours ${1 / 30} --only 1,${last?.id}`,
  );
  const lines = text.split("\n");
  const trace = lines.slice(lines.indexOf("The end of its trace:") + 1, -1);
  expect(trace).toEqual(failure.outcome.latest.slice(-20).map((line) => `  ${line}`));
});
