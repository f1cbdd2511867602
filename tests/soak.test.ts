import { seededRandom } from "@holdfast/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { mostInWindow } from "../scripts/herd/windows.ts";
import { judgeMemory } from "../scripts/soak/memory.ts";
import type { Sample } from "../scripts/soak/messages.ts";
import { type Point, risesOver, trendOf } from "../scripts/soak/trend.ts";
import type { SoakEvidence, Verdict } from "../scripts/soak/verdict.ts";
import { type Started, startProgram } from "./cli/holdfast.ts";

type Report = Verdict & SoakEvidence;

const soak = (...args: string[]): Started =>
  startProgram(process.execPath, ["scripts/soak.mjs", "--teams", "20", "--seed", "1", "--json", ...args]);

/** The names of the checks that failed, each with what it says. */
function failed(started: Started): Record<string, string> {
  const { checks } = JSON.parse(started.stdout) as Report;
  return Object.fromEntries(
    checks.filter(({ outcome }) => outcome === "failed").map(({ name, says }) => [name, says]),
  );
}

describe("a soak of 4 to 6 s", () => {
  const BROKEN = ["swallow", "repeat", "reject", "throw", "stay"] as const;
  const runs = new Map<string, Started>();
  const runOf = (name: string): Started => runs.get(name) as Started;

  // Side by side, for they wait more than they work, and one after the other at the end, where time is measured.
  beforeAll(async () => {
    runs.set("whole", soak("--for", "4"));
    for (const [index, name] of BROKEN.entries())
      runs.set(name, soak("--for", String(4.4 + 0.4 * index), "--break", name));
    await Promise.all(Array.from(runs.values(), ({ ended }) => ended));
  });

  test("passes with a bot that is whole, and says what it counted", async () => {
    const run = runOf("whole");
    expect([failed(run), await run.ended]).toEqual([{}, 0]);
    const { server, bot, exitMs, samples, checks } = JSON.parse(run.stdout) as Report;
    const sent = server?.card.messages.sent ?? 0;
    expect(sent).toBeGreaterThan(20);
    expect(server?.card.messages).toMatchObject({ claimed: sent, lost: 0, invented: 0 });
    expect(bot).toMatchObject({ reason: "goodbye", heard: { messages: sent } });
    expect(bot?.causes).not.toEqual({});
    expect(server?.disturbances.restarts).toBe(1);
    expect(exitMs).toBeLessThanOrEqual(100);
    expect(samples.length).toBeGreaterThan(10);
    const open = checks.filter(({ outcome }) => outcome === "not judged").map(({ name }) => name);
    expect(open).toEqual(expect.arrayContaining(["heap", "RSS"]));
  });

  test.each<[(typeof BROKEN)[number], Record<string, RegExp>]>([
    ["swallow", { counts: /1 lost, 0 invented.*1 message lost, in 1 team/ }],
    ["repeat", { counts: /0 lost, 1 invented.*1 message claimed that was never sent/ }],
    [
      "reject",
      { "errors, bot": /^1 unhandled rejection, 0 uncaught exceptions: Error: Rejected on purpose/ },
    ],
    ["throw", { "errors, bot": /^0 unhandled rejections, 1 uncaught exception: Error: Thrown on purpose/ }],
    ["stay", { exit: /^\d+ ms after closed \(goodbye\), by SIGKILL$/ }],
  ])("fails with a bot that is broken: %s", async (name, wrong) => {
    const run = runOf(name);
    expect(await run.ended).toBe(1);
    // A message too many may be found out by a healthcheck already, before the end.
    expect(failed(run)).toMatchObject(
      Object.fromEntries(Object.entries(wrong).map(([check, says]) => [check, expect.stringMatching(says)])),
    );
  });
});

test("Ctrl-C ends a soak in order, with its report", async () => {
  const run = soak("--for", "60");
  await run.wrote(/A soak of 20 teams/);
  run.child.kill("SIGINT");
  await run.ended;
  expect(JSON.parse(run.stdout)).toMatchObject({ ended: "early", bot: { reason: "goodbye" } });
});

test.each([
  ["soak", ["--for", "soon"], "--for must be a number"],
  ["soak", ["--break", "nothing"], "--break must be one of"],
  ["soak", ["--nonsense"], "--nonsense"],
  ["soak", ["--rate", "0"], "--rate must be a whole number from 1 to 100000: got 0"],
  ["soak", ["--teams", "1.5"], "--teams must be a whole number"],
  ["herd", ["--down", "-1"], "--down must be a whole number from 1 to 60000: got -1"],
  ["herd", ["--nonsense"], "--nonsense"],
])("%s %j is bad usage that names it", async (name, args, says) => {
  const run = startProgram(process.execPath, [`scripts/${name}.mjs`, ...args]);
  expect([await run.ended, run.stdout]).toEqual([2, ""]);
  expect(run.stderr).toContain(says);
});

describe("the trend of memory", () => {
  /** A figure that rises by so much a minute, under noise that hangs together from sample to sample. */
  function points(perMinute: number, noise: number, memory: number, seed: number): Point[] {
    const random = seededRandom(seed);
    let drift = 0;
    return Array.from({ length: 120 }, (_, index) => {
      drift = memory * drift + (random() - 0.5) * noise;
      return { atMs: index * 500, value: 10_000 + (perMinute * index) / 120 + drift };
    });
  }

  test("is exact without noise, and nothing for a handful of samples", () => {
    const { perMinute, standardError } = trendOf(points(600, 0, 0, 1)) ?? {};
    expect(perMinute).toBeCloseTo(600, 6);
    expect(standardError).toBeCloseTo(0, 6);
    expect(trendOf(points(600, 0, 0, 1).slice(0, 7))).toBeUndefined();
  });

  test("finds a rise through noise, and takes noise for one in less than one run of ten", () => {
    let found = 0;
    let mistaken = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const [rising, flat] = [points(600, 300, 0.5, seed), points(0, 300, 0.5, seed)].map(trendOf);
      if (rising && risesOver(rising, 100)) found++;
      if (flat && risesOver(flat, 0)) mistaken++;
    }
    expect(found).toBeGreaterThan(190);
    expect(mistaken).toBeLessThan(20);
  });

  const samples = (heapPerMinute: number, connected: number): Sample[] =>
    points(heapPerMinute, 50, 0.5, 1).map(({ atMs, value }) => {
      return { atMs, heap: value * 1024, rss: 80e6, connected };
    });

  test("fails a heap that rises above its bound, and the RSS beside it passes", () => {
    expect(judgeMemory(samples(9_000, 100), 100, 60_000)).toMatchObject({
      ...{ heap: { passed: false, boundKb: 2_048 }, rss: { passed: true } },
    });
    expect(judgeMemory(samples(1_000, 100), 100, 60_000).heap?.passed).toBe(true);
  });

  test("is not judged by samples from the warm-up, or of a crowd on its way back", () => {
    expect(judgeMemory(samples(9_000, 79), 100, 60_000).heap).toBeUndefined();
    const late = judgeMemory(samples(0, 100), 100, 60_000).heap;
    expect(late?.trend.points).toBe(80);
  });
});

test("the most dials in any window, wherever it begins", () => {
  expect(mostInWindow([], 100)).toBe(0);
  expect(mostInWindow([0, 100, 200, 300], 100)).toBe(1);
  expect(mostInWindow([0, 60, 90, 110, 150, 300], 100)).toBe(4);
});
