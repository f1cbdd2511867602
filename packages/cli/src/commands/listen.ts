import { createInterface } from "node:readline";
import { createChannelClient } from "@holdfast/node";
import { type Command, Option } from "commander";
import { isRefusal, listenFailure } from "../channels/listen-failure.ts";
import { jsonView } from "../channels/listen-json.ts";
import { linesView } from "../channels/listen-lines.ts";
import { Listening } from "../channels/listening.ts";
import type { Output } from "../output/output.ts";
import { fit, printable } from "../output/printable.ts";
import { type ChannelAddress, channelAddress } from "./channel-address.ts";
import { EXIT } from "./exit-codes.ts";
import { jsonArgument } from "./json-argument.ts";
import { integer, seconds } from "./number-options.ts";
import { onSignals } from "./signals.ts";
import { tokenOption } from "./token-option.ts";
import { asUsage, usageError } from "./usage-error.ts";

interface ListenFlags {
  readonly json?: true;
  readonly ack: "auto" | "manual";
  readonly presence?: unknown;
  readonly since?: string;
  readonly token?: string;
  readonly for?: number;
  readonly count?: number;
}

const HELP = `
Output
  One line for each event: the time, the end of the event's id, the payload.
  Who comes and goes, lost connections and gaps stand in between. With --json
  one line of JSON each, {"event","at",...}: "data" with eventId, payload,
  requiresAck and replayed; "connected", "disconnected", "gap", "joined",
  "updated", "left", "refused", "invalid", "unknown", "dropped", "error",
  "acked", "notice", "omitted"; the last is "closed", with the cause, since and
  totals. What the wire calls eventID and clientID is eventId and clientId here.
  Control characters of what came over the wire are written out, never printed.

Acknowledging
  Where the caller waits for it. auto does it once the line is written. manual
  leaves it to stdin: an empty line, which is Enter, acknowledges the oldest
  event that waits; an event's id, or the end of it, that one.

Reconnecting
  It comes back by itself, resumes after the last event, and says where
  something may be lost. Only what the server refuses ends it.

Exit codes
  0  ended as asked: --count, --for, a signal
  1  --for or a signal came before --count events did
  2  bad usage
  3  the server could not be reached, or was too busy to let anybody in
  4  the server refused: no such path, or the token does not cover it`;

const PRESENCE_HINT = [`In a shell: --presence '{"username":"Cerulean"}'`];

/** Adds `holdfast listen`; `done` is told the exit code. */
export function addListenCommand(program: Command, output: Output, done: (code: number) => void): void {
  program
    .command("listen")
    .summary("listen to a channel")
    .description("Listens to a channel and prints what is emitted into it, until it is told to end.")
    .argument(
      "<url>",
      "the channel's address, such as http://localhost:8080/news; also ws, wss, https",
      channelAddress(["since", "presence"]),
    )
    .option("--json", "print one JSON line for each event")
    .addOption(
      new Option("--ack <who>", "who acknowledges events").choices(["auto", "manual"]).default("auto"),
    )
    .addOption(
      new Option("--presence <json>", "what others see of this listener").argParser((text) =>
        jsonArgument("option --presence", text, PRESENCE_HINT),
      ),
    )
    .addOption(new Option("--since <eventID>", "first what came after this event").argParser(eventId))
    .addOption(tokenOption("the bearer token, where the server asks for one"))
    .addOption(new Option("--for <seconds>", "end after this time").argParser(seconds(0)))
    .addOption(new Option("--count <n>", "end after so many events").argParser(integer(1, 1_000_000_000)))
    .addHelpText("after", HELP)
    .action(async (address: ChannelAddress, flags: ListenFlags) =>
      done(await runListen(address, flags, output)),
    );
}

async function runListen(address: ChannelAddress, flags: ListenFlags, output: Output): Promise<number> {
  const { presence, since, token, ack } = flags;
  const client = asUsage(() =>
    createChannelClient({
      ...{ url: address.url, channel: address.channel },
      ...(presence !== undefined && { presence }),
      ...(since !== undefined && { since }),
      ...(token !== undefined && { token }),
      ack: "manual",
      isFinal: isRefusal,
      // Somebody watches: a minute between two tries would look like none.
      backoff: { maxMs: 10_000 },
    }),
  );
  const manual = ack === "manual";
  const view = flags.json ? jsonView(output) : linesView(output, { manual });
  const listening = new Listening(client, view, { ack, count: flags.count });
  const close = (): void => void client.close();
  const timer = flags.for === undefined ? undefined : setTimeout(close, flags.for);
  onSignals(close);
  output.onGone(close);
  if (!flags.json) view.notice(`listening to ${address.shown}`);
  const stopAnswers = manual ? readAnswers(listening) : () => {};
  // Why it failed is told by `closed`.
  client.connect().catch(() => {});
  const cause = await client.closed;
  clearTimeout(timer);
  stopAnswers();
  listening.end(cause);
  const failure = listenFailure(cause, listening);
  if (failure !== undefined) output.note(`error: ${printable(failure.message)}`);
  return failure?.exitCode ?? EXIT.ok;
}

function readAnswers(listening: Listening): () => void {
  const lines = createInterface({ input: process.stdin });
  let stopped = false;
  lines.on("line", (line) => {
    if (!stopped) listening.answer(fit(line, 300));
  });
  lines.on("close", () => {
    if (!stopped) listening.noMoreAnswers();
  });
  return () => {
    stopped = true;
    lines.close();
    // A pipe that stays open would keep the process.
    process.stdin.destroy();
  };
}

function eventId(text: string): string {
  if (/^evt_[\x21-\x7e]{1,196}$/.test(text)) return text;
  throw usageError(`option --since must be an event id, evt_ and more: got ${fit(text, 80) || "nothing"}`);
}
