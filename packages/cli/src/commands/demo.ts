import type { Command } from "commander";
import { Option } from "commander";
import { runDemo } from "../demo/run-demo.ts";
import type { Output } from "../output/output.ts";
import type { FaultRates } from "../rtm/fault-rates.ts";
import { addFaultOptions } from "./fault-options.ts";
import { decimal, integer, seconds } from "./number-options.ts";

/** What the demo is told. Times are in milliseconds. */
export interface DemoFlags extends FaultRates {
  readonly for: number;
  readonly teams: number;
  readonly rate: number;
  readonly seed?: number;
  readonly json?: true;
}

/** Enough to see every fault within a few seconds, and few enough that most teams are up at any moment. */
const FAULTS: FaultRates = { drop: 0.01, mute: 0.005, garbage: 0.02, refuse: 0.05, flap: 0.05 };

const HELP = `
  It starts "holdfast rtm" on a free port of the loopback and "holdfast bot"
  against it, each in a process of its own, the bot with a heartbeat of 2 s and
  1 s to answer. At the end, or with SIGINT or SIGTERM, comes the scorecard; a
  second signal ends everything at once. With --json stdout holds the
  scorecard as JSON and nothing else. The faults are those of "holdfast rtm".

Exit codes
  0  nothing lost, no duplicate sockets, and the healthcheck agrees
  1  something of that is not so
  2  bad usage`;

/** Adds `holdfast demo`; `done` is told the exit code. */
export function addDemoCommand(
  program: Command,
  entry: string,
  output: Output,
  done: (code: number) => void,
): void {
  const command = program
    .command("demo")
    .summary("a server with faults and a bot in one go")
    .description(
      "Shows what a bot goes through: a server with faults and a bot in one go, then the scorecard.",
    )
    .addOption(new Option("--for <seconds>", "how long").argParser(seconds(0)).default(30_000, "30"))
    .addOption(new Option("--teams <n>", "how many teams").argParser(integer(0, 100_000)).default(200))
    .addOption(
      new Option("--rate <n>", "messages a second over all teams")
        .argParser(decimal(0, 100_000))
        .default(400),
    )
    .addOption(new Option("--seed <n>", "repeats the random choices").argParser(integer(0, 2 ** 32 - 1)));
  addFaultOptions(command, FAULTS)
    .option("--json", "print the scorecard as JSON, and nothing else")
    .addHelpText("after", HELP)
    .action(async (flags: DemoFlags) => done(await runDemo(entry, flags, output)));
}
