import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import type { DemoFlags } from "../commands/demo.ts";
import { EXIT } from "../commands/exit-codes.ts";
import { onSignals } from "../commands/signals.ts";
import type { Output } from "../output/output.ts";
import { scorecardText } from "../output/scorecard-text.ts";
import { FAULT_KINDS } from "../rtm/fault-rates.ts";
import type { Scorecard } from "../rtm/scorecard.ts";

/** How long the bot may take to come to rest, in seconds: a heartbeat, and the longest backoff. */
const SETTLE_S = 60;

/** Runs a server and a bot, each in its own process, until the server has said goodbye; then the scorecard. */
export async function runDemo(entry: string, flags: DemoFlags, output: Output): Promise<number> {
  const children: ChildProcess[] = [];
  const killAll = (): void => {
    for (const child of children) child.kill("SIGKILL");
  };
  // Whatever ends this process, it leaves none behind.
  process.on("exit", killAll);
  const start = (args: readonly string[], stdio: SpawnOptions["stdio"]): ChildProcess => {
    // Each in a process group of its own: Ctrl-C reaches this process alone, which ends them in order.
    const child = spawn(process.execPath, [entry, ...args], { stdio, detached: true });
    children.push(child);
    return child;
  };

  const server = start(serverArguments(flags), ["ignore", "pipe", "pipe"]);
  onSignals(() => server.kill("SIGINT"), killAll);
  const ended = once(server, "close");
  const result = collect(server.stdout);
  const notes = collect(server.stderr);
  const address = await Promise.race([addressIn(notes), ended.then(() => undefined)]);
  if (address !== undefined) {
    const bot = start(botArguments(address, flags), ["ignore", flags.json ? "ignore" : "inherit", "inherit"]);
    // A bot that ends before its server leaves nothing to wait for.
    bot.once("exit", () => server.kill("SIGINT"));
    // Nor does the terminal tell it of a new size.
    const resized = (): void => void bot.kill("SIGWINCH");
    process.on("SIGWINCH", resized);
    await Promise.all([ended, once(bot, "exit")]);
    process.off("SIGWINCH", resized);
  }
  process.off("exit", killAll);
  return report(result.text, notes.text, flags, output);
}

function report(result: string, notes: string, flags: DemoFlags, output: Output): number {
  if (result === "") {
    output.note(`error: the server ended without a scorecard\n${notes}`);
    return EXIT.failed;
  }
  const card = JSON.parse(result) as Scorecard;
  output.line(flags.json ? result.trimEnd() : scorecardText(card, output.colours, output.columns));
  return card.passed ? EXIT.ok : EXIT.failed;
}

function serverArguments(flags: DemoFlags): string[] {
  const faults = FAULT_KINDS.map((kind) => `--${kind}=${flags[kind]}`);
  const seed = flags.seed === undefined ? [] : [`--seed=${flags.seed}`];
  const load = [`--teams=${flags.teams}`, `--rate=${flags.rate}`, "--healthcheck=5"];
  const times = [`--for=${flags.for / 1000}`, `--settle=${SETTLE_S}`];
  return ["rtm", "--port=0", "--json", ...load, ...times, ...faults, ...seed];
}

function botArguments(address: string, flags: DemoFlags): string[] {
  // Its own end is the server's goodbye; should the server be killed, it does not go on for ever.
  const atMost = flags.for / 1000 + 2 * SETTLE_S;
  return ["bot", address, "--heartbeat-interval=2", "--heartbeat-timeout=1", `--for=${atMost}`];
}

interface Collected {
  readonly text: string;
  onText(listener: () => void): void;
}

function collect(stream: NodeJS.ReadableStream | null): Collected {
  let text = "";
  const listeners: Array<() => void> = [];
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  });
  return {
    get text() {
      return text;
    },
    onText: (listener) => void listeners.push(listener),
  };
}

/** The address that a server tells on its stderr. */
function addressIn(notes: Collected): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const address = /^Listening on (\S+)/m.exec(notes.text)?.[1];
      if (address !== undefined) resolve(address);
    };
    notes.onText(look);
  });
}
