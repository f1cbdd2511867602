import { systemClock } from "@holdfast/core";
import type { ChannelServer } from "@holdfast/core/channels";
import { messageOf } from "@holdfast/core/socket";
import { type Command, Option } from "commander";
import { Activity } from "../channels/activity.ts";
import { introduction } from "../channels/introduction.ts";
import { type OpenedStore, openStore } from "../channels/open-store.ts";
import { type ChannelsFlags, channelServer, listen } from "../channels/serving.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { count, plural } from "../output/units.ts";
import { EXIT } from "./exit-codes.ts";
import { integer, seconds } from "./number-options.ts";
import { origins } from "./origin-option.ts";
import { onSignals } from "./signals.ts";
import { tokenOption } from "./token-option.ts";
import { asUsage, optionError } from "./usage-error.ts";

const HELP = `
What it serves
  GET, POST /<channel>/emit     an event in; the answer says who got it
  WebSocket /<channel>/listen   the events out
  GET /<channel>/history        what was emitted; /<channel>/members: who is there
  GET /healthz, /metrics        for whoever runs it

Who may come
  Without --token everybody who reaches the port. With it, who has it: as
  "Authorization: Bearer <secret>", from a browser's WebSocket as subprotocol,
  and as ?token= only with --token-in-query, since addresses end up in logs.
  It is what /metrics asks for, too. Browser pages come from the origins that
  --origin names, and from nowhere else. Behind a proxy all peers have its
  address: raise --connections-per-address.

The end
  SIGINT and SIGTERM let nobody in any more, answer the emits that wait, and
  spread the leaving of the listeners over --drain; they resume elsewhere, or
  here when it is back. A second signal ends it at once.

Exit codes
  0  ended as asked
  2  bad usage
  3  the port cannot be taken, or the store cannot be used`;

/** Adds `holdfast channels`; `done` is told the exit code. */
export function addChannelsCommand(program: Command, output: Output, done: (code: number) => void): void {
  const whole = (flags: string, what: string, fallback: number, max = 1_000_000_000): Option =>
    new Option(flags, what).argParser(integer(1, max)).default(fallback);
  program
    .command("channels")
    .summary("serve channels: emit over HTTP, listen over WebSocket")
    .description(
      "Serves channels: what is emitted into one over HTTP reaches everybody who listens to it over a WebSocket, " +
        "with presence, acknowledgements and history.",
    )
    .addOption(
      new Option("--port <n>", "port; 0 takes a free one").argParser(integer(0, 65_535)).default(8080),
    )
    .option("--host <name>", "host name or address to bind; 0.0.0.0 for all of them", "127.0.0.1")
    .option("--store <where>", "keep history in memory, or in this SQLite file", "memory")
    .addOption(tokenOption("the bearer token of those who may emit and listen"))
    .option("--token-in-query", "take the token from ?token=, too")
    .addOption(
      new Option(
        "--origin <origin>",
        'where pages may come from, such as https://app.example, or "*"; repeatable',
      )
        .argParser(origins)
        .default([], "none"),
    )
    .addOption(whole("--max-message-bytes <n>", "largest payload", 65_536))
    .addOption(whole("--messages-per-second <n>", "of one listener; twice as many at once", 50, 1_000_000))
    .addOption(whole("--connections-per-address <n>", "listeners of one IP address", 20))
    .addOption(whole("--max-connections <n>", "TCP connections in all", 10_000))
    .addOption(whole("--history-events <n>", "events that a channel keeps; 4 MiB at most", 1_000))
    .addOption(
      new Option("--history-age <seconds>", "how long it keeps them")
        .argParser(seconds(0.001))
        .default(3_600_000, "3600"),
    )
    .addOption(
      new Option("--ack-timeout <seconds>", "how long an emit waits for acknowledgements")
        .argParser(seconds(0.001))
        .default(5_000, "5"),
    )
    .option("--metrics", "serve /metrics", true)
    .option("--no-metrics", "do not serve /metrics")
    .addOption(
      new Option("--drain <seconds>", "over how long listeners leave at the end")
        .argParser(seconds(0))
        .default(5_000, "5"),
    )
    .addHelpText("after", HELP)
    .action(async (flags: ChannelsFlags) => done(await runChannels(flags, output)));
}

async function runChannels(flags: ChannelsFlags, output: Output): Promise<number> {
  let opened: OpenedStore;
  try {
    opened = await openStore(flags.store);
  } catch (error) {
    if (error instanceof TypeError) throw optionError(error);
    output.note(`error: ${cannotKeep(flags, error)}`);
    return EXIT.cannotListen;
  }
  const { store, problem } = opened;
  try {
    const server = asUsage(() => channelServer(flags, store));
    const activity = new Activity(server, systemClock, (line) => output.note(line));
    const listener = await listen(server, flags).catch(async (error: unknown) => {
      await server.close();
      output.note(`error: ${cannotListen(flags, error)}`);
      return EXIT.cannotListen;
    });
    if (typeof listener === "number") return listener;
    const asked = toldToEnd();
    for (const line of introduction(listener.address, flags)) output.note(line);
    if (problem !== undefined) output.note(`Degraded: ${printable(problem)}`);
    await asked;
    output.note(`Draining: ${plural(server.stats().clients, "listener")} to leave`);
    await server.drain({ overMs: flags.drain });
    await listener.close();
    activity.end();
    output.note(total(server));
    return EXIT.ok;
  } finally {
    await store?.close();
  }
}

function cannotKeep({ store }: ChannelsFlags, error: unknown): string {
  const message = messageOf(error);
  // What a store says names its file.
  const what = message.includes(store) ? "" : `cannot keep history in ${printable(store)}: `;
  return `${what}${printable(message)}`;
}

function cannotListen({ host, port }: ChannelsFlags, error: unknown): string {
  const taken = (error as { code?: unknown } | null)?.code === "EADDRINUSE";
  const hint = taken ? ": --port 0 takes a free one" : "";
  return `cannot listen on ${printable(host)}:${port}: ${printable(messageOf(error))}${hint}`;
}

/** Resolves at a signal. */
function toldToEnd(): Promise<void> {
  return new Promise((resolve) => void onSignals(() => resolve()));
}

function total(server: ChannelServer): string {
  const { emitted, delivered, acked } = server.stats();
  const deliveries = `${count(delivered)} ${delivered === 1 ? "delivery" : "deliveries"}`;
  return `Ended: ${plural(emitted, "event")}, ${deliveries}, ${plural(acked, "acknowledgement")}`;
}
