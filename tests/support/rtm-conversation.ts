import { readFile, writeFile } from "node:fs/promises";
import { createRtmServer } from "@holdfast/core/rtm";
import { listenWebSocket } from "@holdfast/node";
import type { Finished } from "./run.ts";

/** What became of a bot program. */
export interface BotRun {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Starts the program; gives it on as the run's `onOutput`. */
export type StartProgram = (file: string, onOutput: (text: string) => void) => Promise<Finished>;

/**
 * Runs a copy of tests/consumers/bot.ts against a server on a free port of this machine: one team, one message,
 * a healthcheck that must count it, goodbye. The program has to end by itself.
 */
export async function runBotAgainstServer(file: string, start: StartProgram): Promise<BotRun> {
  let address = "";
  const server = createRtmServer({ url: () => address });
  const listener = await listenWebSocket({ accept: server.accept, port: 0 });
  address = listener.address;
  try {
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("ws://localhost:8080", address));

    server.addTeam(7);
    const connected = server.once("team.connected");
    let hear = (): void => {};
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const running = start(file, (output) => output.includes("hello") && hear());
    // A program that ends before it has heard its message says why.
    const tooEarly = running.then(({ output }) => Promise.reject(new Error(output)));
    await Promise.race([connected, tooEarly]);
    server.send(7, "hello");
    await Promise.race([heard, tooEarly]);
    tooEarly.catch(() => {});
    const stats = await server.healthcheck();
    if (stats[0]?.message_count !== 1) throw new Error(`The bot counted wrong: ${JSON.stringify(stats)}`);
    await server.goodbye();
    const { code, output } = await running;
    return { code, lines: output.split("\n") };
  } finally {
    await server.close();
    await listener.close();
  }
}
