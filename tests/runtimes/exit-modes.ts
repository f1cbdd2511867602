import { type Connection, createConnection } from "@holdfast/core";
import { pass } from "../contract/expect.ts";
import type { Runtime } from "./bench.ts";
import { type ProbeClient, type ProbeServer, probeProtocol } from "./probe-protocol.ts";
import { nowMs } from "./seen.ts";

/** Where a connection stands when it is closed, and its process has nothing else to do. */
export type ExitMode = "ready" | "waiting" | "dialing" | "mute";

/** The lines that say when all was closed, and when the process found that it has nothing left to do. */
export interface Marks {
  readonly closedAtMs?: number;
  readonly exitAtMs?: number;
}

/** A mark as a line. */
export function mark(which: keyof Marks): string {
  return JSON.stringify({ [which]: nowMs() } satisfies Marks);
}

const modes: Readonly<Record<ExitMode, (connection: Connection<ProbeClient, ProbeServer>) => Promise<void>>> =
  {
    ready: async (connection) => {
      await connection.connect();
      // Node ends only once V8 has compiled what it began to, such as undici's parser in a process that has just started.
      await pass(500);
    },
    mute: (connection) => connection.connect(),
    waiting: (connection) =>
      new Promise((resolve) => {
        connection.on("disconnected", () => resolve());
        connection.connect().catch(() => {});
      }),
    dialing: (connection) =>
      new Promise((resolve) => {
        connection.connect().catch(() => {});
        // Long enough for the request to be on its way, and nothing ever comes of it.
        setTimeout(resolve, 100);
      }),
  };

/** Connects, closes, says so, and has nothing left to do. */
export async function closeAndEnd(
  runtime: Runtime,
  mode: ExitMode,
  address: string,
  say: (line: string) => void,
): Promise<void> {
  const connection = createConnection<ProbeClient, ProbeServer>({
    protocol: probeProtocol,
    socket: runtime.socket(),
    url: `${address}/exit`,
    readyOn: "hello",
    backoff: () => 60_000,
    // A peer that answers has the usual time for it.
    ...(mode === "mute" && { closeTimeoutMs: 100 }),
  });
  await modes[mode](connection);
  await connection.close();
  say(mark("closedAtMs"));
}
