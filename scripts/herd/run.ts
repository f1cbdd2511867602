import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { killAll, start } from "../command-line/children.ts";
import type { HerdFlags } from "./flags.ts";
import type { BotPlan, HerdMessage, PartReport } from "./messages.ts";

/** The programs of the two processes. */
export interface HerdFiles {
  readonly server: string;
  readonly bot: string;
}

/** What one run came to. */
export interface HerdRun {
  readonly up: PartReport;
  readonly back: PartReport;
  /** Teams that the healthcheck of the second server calls connected. */
  readonly claimed: number;
  /** Unhandled rejections and uncaught exceptions. */
  readonly stray: number;
  /** From `closed` to the end of the process, in milliseconds. */
  readonly exitMs: number;
  /** What does not hold, one line each. */
  readonly problems: readonly string[];
}

/** Twice the time that so many dials take at the least, and then some. */
const limitMs = ({ teams, rate }: HerdFlags): number => 60_000 + (4 * 1000 * teams) / rate;

/** All teams up, the server killed and another one on its port, all teams back, goodbye. */
export async function runOnce(flags: HerdFlags, files: HerdFiles): Promise<HerdRun> {
  const { teams, rate, concurrency, downMs, profile } = flags;
  const limit = setTimeout(killAll, limitMs(flags));
  try {
    const first = start(files.server, [String(teams), "0"]);
    const { address } = await message(first, "listening");
    const plan: BotPlan = { url: `${address}/global`, teams, rate, concurrency };
    const bot = start(files.bot, [JSON.stringify(plan)], profiling(profile));
    const { part: up } = await message(bot, "up");
    // What the start has left to do is not the loss.
    await pause(1_000);
    const backAgain = message(bot, "back");
    first.kill("SIGKILL");
    await pause(downMs);
    const second = start(files.server, [String(teams), new URL(address).port]);
    const { part: back } = await backAgain;
    const closing = message(bot, "closed").then((closed) => ({ ...closed, at: performance.now() }));
    const exiting = once(bot, "exit").then(() => performance.now());
    second.send("finish");
    const { claim } = await message(second, "claim");
    const { stray, at } = await closing;
    const exitMs = (await exiting) - at;
    const claimed = claim.filter(({ connected }) => connected).length;
    const run = { up, back, claimed, stray, exitMs };
    return { ...run, problems: problemsOf(run, flags) };
  } finally {
    clearTimeout(limit);
    killAll();
  }
}

function problemsOf(run: Omit<HerdRun, "problems">, flags: HerdFlags): string[] {
  const { up, back, claimed, stray, exitMs } = run;
  const { teams, rate, maxStallMs } = flags;
  const share = Math.ceil(rate / 10);
  const problem = (holds: boolean, text: string): string[] => (holds ? [] : [text]);
  return [
    ...problem(Math.max(up.mostDials, back.mostDials) <= share, `more than ${share} dials in 100 ms`),
    ...problem(back.globalFirst, "a team was back before the global connection"),
    ...problem(claimed === teams, `the healthcheck calls ${claimed} of ${teams} teams connected`),
    ...problem(back.stalls.worstMs <= maxStallMs, `a stall of ${back.stalls.worstMs.toFixed(1)} ms`),
    ...problem(stray === 0, `${stray} errors that nobody heard`),
    ...problem(exitMs <= 100, `the process ended ${exitMs.toFixed(0)} ms after closed`),
  ];
}

function profiling(folder: string | undefined): string[] {
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

/** The child's message of this kind; rejects when it ends before. */
function message<Kind extends HerdMessage["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<HerdMessage, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    child.on("message", (said: HerdMessage) => {
      if (said.kind === kind) resolve(said as Extract<HerdMessage, { kind: Kind }>);
    });
    child.once("exit", (code, signal) =>
      reject(new Error(`A process ended (${code ?? signal}) before ${kind}`)),
    );
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
