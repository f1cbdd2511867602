import { endInOrder, killAll } from "../command-line/children.ts";
import { runCommand } from "../command-line/command.ts";
import { HELP, type HerdFlags, herdFlags } from "./flags.ts";
import { type HerdFiles, type HerdRun, runOnce } from "./run.ts";

/** Runs a herd as often as it is told and prints what came of it; resolves with the exit code. */
export function runHerd(args: readonly string[], files: HerdFiles): Promise<number> {
  return runCommand(args, { help: HELP, read: herdFlags, run: (flags) => runAll(flags, files) });
}

async function runAll(flags: HerdFlags, files: HerdFiles): Promise<number> {
  let stopped = false;
  const quiet = endInOrder(() => {
    stopped = true;
    killAll();
  });
  const runs: HerdRun[] = [];
  const say = (text: string): void => {
    if (!flags.json) console.log(text);
  };
  const { teams, rate, concurrency, downMs } = flags;
  say(`${teams} teams, ${rate} dials a second, ${concurrency} at once, server gone for ${downMs} ms`);
  try {
    while (runs.length < flags.runs && !stopped) {
      const run = await runOnce(flags, files);
      runs.push(run);
      say(line(run, runs.length));
    }
  } catch (error) {
    console.error(stopped ? "stopped" : `error: ${(error as Error).message}`);
    return 1;
  } finally {
    quiet();
  }
  const passed = runs.every(({ problems }) => problems.length === 0);
  if (flags.json) console.log(JSON.stringify({ passed, flags, runs, figures: figures(runs) }));
  else console.log(summary(runs, passed));
  if (flags.profile !== undefined) say(`Processor profiles of the bot: ${flags.profile}`);
  return passed ? 0 : 1;
}

function line({ back, exitMs, problems }: HerdRun, number: number): string {
  const { stalls, mostDials, seconds, globalFirst } = back;
  const first = globalFirst ? "global first" : "global NOT first";
  const held = problems.length === 0 ? "✓" : `✗ ${problems.join("; ")}`;
  return `  run ${number}: back in ${seconds.toFixed(1)} s, longest stall ${stalls.worstMs.toFixed(1)} ms (${stalls.worstBusyMs.toFixed(1)} ms of processor time), at most ${mostDials} dials in 100 ms, ${first}, exit ${exitMs.toFixed(0)} ms  ${held}`;
}

/** Of each figure the least, the median and the most. */
function figures(runs: readonly HerdRun[]): Record<string, readonly number[]> {
  const of = (figure: (run: HerdRun) => number): number[] => {
    const sorted = runs.map(figure).toSorted((a, b) => a - b);
    return [sorted[0] ?? 0, sorted[(sorted.length - 1) >> 1] ?? 0, sorted.at(-1) ?? 0];
  };
  return {
    "longest stall in loss and return, ms": of(({ back }) => back.stalls.worstMs),
    "the same by processor time, ms": of(({ back }) => back.stalls.worstBusyMs),
    "longest stall while starting, ms": of(({ up }) => up.stalls.worstMs),
    "most dials in 100 ms": of(({ up, back }) => Math.max(up.mostDials, back.mostDials)),
    "until all are back, s": of(({ back }) => back.seconds),
    "until all were up, s": of(({ up }) => up.seconds),
    "exit after closed, ms": of(({ exitMs }) => exitMs),
  };
}

function summary(runs: readonly HerdRun[], passed: boolean): string {
  const rows = Object.entries(figures(runs)).map(([name, values]) => {
    // Dials are counted, everything else is measured.
    const [least, median, most] = values.map((value) => value.toFixed(name.startsWith("most dials") ? 0 : 1));
    return `  ${name.padEnd(38)} median ${median}, from ${least} to ${most}`;
  });
  const last = passed ? "✓ every bar holds" : "✗ not every bar holds";
  return ["", ...(runs.length > 1 ? [...rows, ""] : []), last].join("\n");
}
