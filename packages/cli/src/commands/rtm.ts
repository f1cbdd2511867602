import { systemClock } from "@holdfast/core";
import { listenWebSocket } from "@holdfast/node";
import { type Command, Option } from "commander";
import type { Output } from "../output/output.ts";
import { printable, printableJson } from "../output/printable.ts";
import { scorecardText } from "../output/scorecard-text.ts";
import { type FaultRates, NO_FAULTS } from "../rtm/fault-rates.ts";
import { MAX_MESSAGE_BYTES, Simulation } from "../rtm/simulation.ts";
import { EXIT } from "./exit-codes.ts";
import { addFaultOptions, FAULT_HELP } from "./fault-options.ts";
import { decimal, integer, seconds } from "./number-options.ts";
import { onSignals } from "./signals.ts";
import { webSocketAddress } from "./web-socket-address.ts";

interface RtmFlags extends FaultRates {
  readonly port: number;
  readonly host: string;
  readonly url?: string;
  readonly teams: number;
  readonly rate: number;
  readonly healthcheck: number;
  readonly for?: number;
  readonly settle: number;
  readonly seed: number;
  readonly json?: true;
}

const HELP = `${FAULT_HELP}

The end
  It comes after --for, or with SIGINT or SIGTERM; a second signal forces it.
  Traffic and faults stop, and the client may come to rest: every team has a
  socket, every socket has answered a WebSocket ping, and two healthchecks in a
  row say the same. Then goodbye, and the scorecard.

  sent        messages that live, unmuted sockets took
  lost        what the client does not claim of them
  reconnects  from a fault to the team's next socket that does not flap
  duplicates  second sockets of a team whose older one still answers pings

  What happens is told on stderr, the scorecard on stdout.

Exit codes
  0  nothing lost, no duplicate sockets, and the healthcheck agrees
  1  something of that is not so, or no client came
  2  bad usage
  3  the port cannot be taken`;

/** Adds `holdfast rtm`; `done` is told the exit code. */
export function addRtmCommand(program: Command, output: Output, done: (code: number) => void): void {
  const command = program
    .command("rtm")
    .summary("serve the RTM protocol with simulated teams and faults, and score the client")
    .description(
      "Serves the RTM protocol with simulated teams and faults to whatever client connects to /global, and prints " +
        "a scorecard: for each team what it was sent against what the client's healthcheck claims.",
    )
    .addOption(
      new Option("--port <n>", "port; 0 takes a free one").argParser(integer(0, 65_535)).default(8080),
    )
    .option("--host <name>", "host name or address to bind", "127.0.0.1")
    .addOption(
      new Option("--url <url>", "where clients reach the server, if not where it listens").argParser(
        webSocketAddress("option --url"),
      ),
    )
    .addOption(new Option("--teams <n>", "how many teams").argParser(integer(0, 100_000)).default(10))
    .addOption(
      new Option("--rate <n>", "messages a second over all teams").argParser(decimal(0, 100_000)).default(10),
    )
    .addOption(
      new Option("--healthcheck <seconds>", "ask for a healthcheck this often; 0 for only at the end")
        .argParser(seconds(0))
        .default(10_000, "10"),
    )
    .addOption(new Option("--for <seconds>", "end after this time").argParser(seconds(0)))
    .addOption(
      new Option("--settle <seconds>", "how long the client may take to come to rest at the end")
        .argParser(seconds(0))
        .default(60_000, "60"),
    )
    .addOption(
      new Option("--seed <n>", "repeats the random choices")
        .argParser(integer(0, 2 ** 32 - 1))
        .default(Math.floor(Math.random() * 2 ** 32), "random"),
    );
  addFaultOptions(command, NO_FAULTS)
    .option("--json", "print the scorecard as JSON")
    .addHelpText("after", HELP)
    .action(async (flags: RtmFlags) => done(await runRtm(flags, output)));
}

async function runRtm(flags: RtmFlags, output: Output): Promise<number> {
  const { port, host, url, teams, rate, seed, drop, mute, garbage, refuse, flap } = flags;
  const simulation = new Simulation({
    ...{ teams, rate, seed, healthcheckMs: flags.healthcheck, settleMs: flags.settle },
    ...(url !== undefined && { url }),
    faults: { drop, mute, garbage, refuse, flap },
    listen: (accept) => listenWebSocket({ port, host, accept, maxMessageBytes: MAX_MESSAGE_BYTES }),
    clock: systemClock,
    afterReading: setImmediate,
    say: (line) => output.note(printable(line)),
  });
  let address: string;
  try {
    address = await simulation.start();
  } catch (error) {
    output.note(`error: cannot listen on ${printable(host)}:${port}: ${(error as Error).message}`);
    return EXIT.cannotListen;
  }
  output.note(`Listening on ${address} with ${teams} teams, seed ${seed}`);
  await toldToEnd(flags.for);
  const card = await simulation.finish();
  output.line(flags.json ? printableJson(card) : scorecardText(card, output.colours, output.columns));
  return card.passed ? EXIT.ok : EXIT.failed;
}

/** Resolves after this time, or at a signal. */
function toldToEnd(delayMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = delayMs === undefined ? undefined : setTimeout(resolve, delayMs);
    onSignals(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
