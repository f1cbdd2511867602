import { systemClock } from "@holdfast/core";
import type { Bot, BotClosed } from "@holdfast/core/rtm";
import { printableAddress } from "@holdfast/core/socket";
import { createBot } from "@holdfast/node";
import { type Command, Option } from "commander";
import { printJson } from "../bot/json-lines.ts";
import { drawLive } from "../bot/live-view.ts";
import { Monitor } from "../bot/monitor.ts";
import { printLines } from "../bot/plain-lines.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { EXIT } from "./exit-codes.ts";
import { decimal, integer, seconds } from "./number-options.ts";
import { onSignals } from "./signals.ts";
import { webSocketAddress } from "./web-socket-address.ts";

interface BotFlags {
  readonly json?: true;
  readonly live: boolean;
  readonly for?: number;
  readonly heartbeatInterval: number;
  readonly heartbeatTimeout: number;
  readonly dialRate: number;
  readonly dialConcurrency: number;
}

const HELP = `
Output
  A live view on a terminal, plain lines where stdout is none. With --json one
  line for each event, {"event","at",...}; the last is "closed", with the
  reason and totals. Control characters of what came over the wire are written
  out, never printed.

Signals
  SIGINT and SIGTERM close every connection; a second one ends it at once.

Exit codes
  0  ended as asked, after it was connected: goodbye, --for, a signal
  1  the global connection ended for a final cause, or never came to be
  2  bad usage`;

/** Adds `holdfast bot`; `done` is told the exit code. */
export function addBotCommand(program: Command, output: Output, done: (code: number) => void): void {
  program
    .command("bot")
    .summary("run a bot and watch it")
    .description("Runs an RTM bot: it joins every team the server announces and keeps all connections alive.")
    .argument(
      "<url>",
      "the global connection's address, such as ws://localhost:8080/global",
      webSocketAddress("argument url"),
    )
    .option("--json", "print one JSON line for each event")
    .option("--no-live", "print plain lines on a terminal, too")
    .addOption(new Option("--for <seconds>", "close after this time").argParser(seconds(0)))
    .addOption(
      new Option("--heartbeat-interval <seconds>", "how often each connection is pinged")
        .argParser(seconds(0.01))
        .default(30_000, "30"),
    )
    .addOption(
      new Option("--heartbeat-timeout <seconds>", "how long a sign of life may take after a ping")
        .argParser(seconds(0.01))
        .default(10_000, "10"),
    )
    .addOption(
      new Option("--dial-rate <n>", "dials a second").argParser(decimal(0.001, 1_000_000)).default(200),
    )
    .addOption(
      new Option("--dial-concurrency <n>", "dials under way at once")
        .argParser(integer(1, 1_000_000))
        .default(100),
    )
    .addHelpText("after", HELP)
    .action(async (url: string, flags: BotFlags) => done(await runBot(url, flags, output)));
}

async function runBot(url: string, flags: BotFlags, output: Output): Promise<number> {
  const bot = createBot({
    url,
    heartbeat: { intervalMs: flags.heartbeatInterval, timeoutMs: flags.heartbeatTimeout },
    dials: { rate: flags.dialRate, concurrency: flags.dialConcurrency },
  });
  let everConnected = false;
  bot.on("global.connected", () => {
    everConnected = true;
  });
  const finish = show(bot, url, flags, output);
  const close = (): void => void bot.close();
  const timer = flags.for === undefined ? undefined : setTimeout(close, flags.for);
  onSignals(close);
  output.onGone(close);
  // Why a start failed is told by `closed`.
  bot.start().catch(() => {});
  const why = await bot.closed;
  clearTimeout(timer);
  finish(why);
  return exitCode(why, everConnected, output);
}

/** Shows the bot in the way that fits the flags and the terminal; what it returns shows its end. */
function show(bot: Bot, url: string, flags: BotFlags, output: Output): (why: BotClosed) => void {
  if (flags.json) return printJson(bot, output);
  const monitor = new Monitor(bot, systemClock);
  const finish =
    flags.live && output.canDraw
      ? drawLive(monitor, printableAddress(url), output, systemClock)
      : printLines(bot, monitor, output, systemClock);
  return (why) => {
    monitor.end(why);
    finish();
  };
}

function exitCode({ reason, cause }: BotClosed, everConnected: boolean, output: Output): number {
  if (reason === "failed") {
    output.note(`error: the global connection ended: ${printable(cause?.message ?? "no cause given")}`);
    return EXIT.failed;
  }
  if (everConnected) return EXIT.ok;
  output.note("error: the global connection never came to be");
  return EXIT.failed;
}
