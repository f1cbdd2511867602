import type { HoldfastError } from "@holdfast/core";
import { type EmitAnswer, type EmitRequestOptions, emit } from "@holdfast/core/channels";
import { type Command, Option } from "commander";
import { emitFailure } from "../channels/emit-failure.ts";
import { arrived, emitText, type Meant } from "../channels/emit-text.ts";
import { inexactInteger } from "../channels/inexact-integer.ts";
import { readAll } from "../channels/read-stdin.ts";
import type { Output } from "../output/output.ts";
import { fit, printable, printableJson } from "../output/printable.ts";
import { type ChannelAddress, channelAddress } from "./channel-address.ts";
import { EXIT } from "./exit-codes.ts";
import { jsonArgument } from "./json-argument.ts";
import { seconds } from "./number-options.ts";
import { exitCodeOf, onSignals } from "./signals.ts";
import { tokenOption } from "./token-option.ts";
import { optionError, usageError } from "./usage-error.ts";

interface EmitFlags {
  readonly clients?: number | readonly string[];
  readonly requireAck?: true;
  readonly timeout: number;
  readonly token?: string;
  readonly idempotencyKey?: string;
  readonly json?: true;
}

const HELP = `
  It is tried again twice when the server is busy or not there, and delivered
  once all the same: each run has an idempotency key, its own or the one given.

  With --json stdout holds one object: code, which is "delivered" (also to
  nobody: see delivered) or says what went wrong, eventId, delivered,
  acknowledged, stored and status, and acked, missing and left where the server
  told of them; if it failed code, status and error. What the wire calls eventID
  is eventId here.

Exit codes
  0  everybody it was meant for has it; with --require-ack: has acknowledged it
  1  somebody has not, or nobody listens
  2  bad usage
  3  the server could not be reached, or failed
  4  the server refused it
  130, 143  interrupted by SIGINT, SIGTERM; it may have been delivered`;

const JSON_HINT = [
  "In a shell, single quotes outside and double quotes inside:",
  `  npx holdfast emit http://localhost:8080/news '{"hello":"world"}'`,
  `A text alone needs both: '"hello"'. With - the payload comes from stdin.`,
];

/** Adds `holdfast emit`; `done` is told the exit code. */
export function addEmitCommand(program: Command, output: Output, done: (code: number) => void): void {
  program
    .command("emit")
    .summary("emit an event into a channel")
    .description("Emits an event into a channel, and says who got it.")
    .argument(
      "<url>",
      "the channel's address, such as http://localhost:8080/news; also ws, wss, https",
      channelAddress(["clients", "require-ack"]),
    )
    .argument("<json>", `the payload, such as '{"hello":"world"}'; - reads it from stdin`)
    .addOption(
      new Option("--clients <who>", "so many at random, or these ids with commas in between").argParser(
        clients,
      ),
    )
    .option("--require-ack", "wait until everybody has acknowledged it")
    .addOption(
      new Option("--timeout <seconds>", "how long to wait for the server's answer")
        .argParser(seconds(0.001))
        .default(15_000, "15"),
    )
    .addOption(tokenOption("the bearer token, where the server asks for one"))
    .option(
      "--idempotency-key <key>",
      "deliver it once, however often it is run with this key within ten minutes",
    )
    .option("--json", "print what became of it as JSON")
    .addHelpText("after", HELP)
    .action(async (address: ChannelAddress, json: string, flags: EmitFlags) =>
      done(await runEmit(address, json, flags, output)),
    );
}

async function runEmit(
  address: ChannelAddress,
  json: string,
  flags: EmitFlags,
  output: Output,
): Promise<number> {
  const payload = payloadOf(json === "-" ? await readAll(process.stdin) : json);
  const { clients, token, idempotencyKey } = flags;
  const requireAck = flags.requireAck === true;
  let status: number | undefined;
  let interruptedBy: NodeJS.Signals | undefined;
  const interruption = new AbortController();
  const stopHearing = onSignals((signal) => {
    interruptedBy = signal;
    interruption.abort();
  });
  const options: EmitRequestOptions = {
    ...{ channel: address.channel, requireAck, timeoutMs: flags.timeout, signal: interruption.signal },
    ...(clients !== undefined && { clients }),
    ...(token !== undefined && { token }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    fetch: async (url, init) => {
      status = undefined;
      const response = await fetch(url, init);
      status = response.status;
      return response;
    },
  };
  try {
    return tell(
      await emit(address.url, payload, options),
      { channel: address.channel, requireAck, clients },
      flags,
      output,
    );
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw optionError(error);
    const failure = emitFailure(error as HoldfastError, status, requireAck);
    const { code, message } = failure;
    if (flags.json) output.line(printableJson({ code, status: status ?? null, error: message }));
    if (code !== "aborted" || interruptedBy === undefined) {
      output.note(`error: ${printable(message)}`);
      return failure.exitCode;
    }
    output.note(message);
    return exitCodeOf(interruptedBy);
  } finally {
    stopHearing();
  }
}

function tell(answer: EmitAnswer, meant: Meant, { json }: EmitFlags, output: Output): number {
  output.line(json ? printableJson(answer) : emitText(answer, meant, output.colours));
  return arrived(answer, meant) ? EXIT.ok : EXIT.failed;
}

function payloadOf(text: string): unknown {
  const payload = jsonArgument("argument json", text, JSON_HINT);
  const isEmpty = payload === null || (typeof payload === "object" && Object.keys(payload).length === 0);
  if (isEmpty && !Array.isArray(payload))
    throw usageError(`argument json is no event: ${printableJson(payload)} is empty`);
  const changed = inexactInteger(text);
  if (changed === undefined) return payload;
  throw usageError(`argument json holds a number that would arrive as another: ${fit(changed, 80)}`, [
    `As a text it arrives as it is: "${fit(changed, 80)}"`,
  ]);
}

/** A count, or ids. */
function clients(text: string): number | readonly string[] {
  return /^\d+$/.test(text) ? Number(text) : text.split(",").map((id) => id.trim());
}
