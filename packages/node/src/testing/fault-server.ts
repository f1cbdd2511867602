import { type AddressInfo, createServer } from "node:net";
import { listeningAddress } from "@holdfast/core/socket";
import { checkSteps, checkText, milliseconds, show, wholeNumber } from "./check-steps.ts";
import { ConnectionRecord, type FaultConnection } from "./connection-record.ts";
import { FaultPeer } from "./fault-peer.ts";
import type { FaultStep } from "./fault-step.ts";
import { Watch } from "./watch.ts";

/** How many connections are remembered, the latest; and how many may be open before more are dropped. */
const CONNECTIONS_KEPT = 1_000;
const MAX_OPEN = 10_000;

/** What a fault server does to a connection: a list for all of them, or a function that looks at each. */
export type FaultSteps = readonly FaultStep[] | ((connection: FaultConnection) => readonly FaultStep[]);

/** How a fault server behaves. */
export interface FaultServerOptions {
  /**
   * What is done to a connection, in order. A function is asked once the request is whole; should it throw, or give
   * what are no steps, the request is refused with 500 and the console is told.
   * @default [{ do: "upgrade" }], which is a proper peer
   */
  steps?: FaultSteps;
  /**
   * Answers a text message with text frames, while the connection is proper. Should it throw, the connection is
   * closed with 1011 and the console is told.
   * @default no answers
   */
  onText?: (text: string, connection: FaultConnection) => readonly string[] | undefined;
  /** The port. @default 0, which takes one that is free */
  port?: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
}

/** A WebSocket server on raw TCP that does to its diallers what it is told. */
export interface FaultServer extends AsyncDisposable {
  /** The address to dial, such as `ws://127.0.0.1:8080`. */
  readonly address: string;
  /** The last 1,000 connections, the oldest first; ended ones stay in it. */
  readonly connections: readonly FaultConnection[];
  /** How many TCP connections are open: neither has the dialler ended them, nor this side dropped them. */
  readonly open: number;
  /**
   * Resolves once the condition holds. It is looked at whenever this server has seen something: a connection, a
   * request, a text, a close frame, the end of a connection.
   *
   * @param what What is waited for, as a message names it.
   * @param holds The condition.
   * @param ms How long to wait, in milliseconds. @default 5000
   * @throws {Error} after that time, and when the server is closed meanwhile.
   */
  until(what: string, holds: () => boolean, ms?: number): Promise<void>;
  /**
   * From now on connections that are accepted meet these steps.
   *
   * @throws {TypeError | RangeError} for bad steps, naming the step and its value.
   */
  use(steps: FaultSteps): void;
  /**
   * Does these steps now to every WebSocket that is open, instead of what is left of its own.
   *
   * @returns To how many.
   * @throws {TypeError | RangeError} for bad steps, naming the step and its value.
   */
  inflict(steps: readonly FaultStep[]): number;
  /** Stops listening and drops every connection; resolves when nothing is left, mute peers or not. */
  close(): Promise<void>;
}

/**
 * A WebSocket server on raw TCP that misbehaves on command, to test what a client does about it. It listens on the
 * loopback, for tests only: it speaks no TLS and lets everybody in.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value; and rejects with the system's error
 * where the port cannot be taken.
 * @example
 * ```ts
 * import { createConnection, webSocket } from "@holdfast/node";
 * import { createFaultServer } from "@holdfast/node/testing";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * await using server = await createFaultServer({
 *   steps: [{ do: "refuse", status: 429, headers: { "retry-after": "60" } }],
 * });
 * await using team = createConnection({ protocol: teamProtocol, socket: webSocket(), url: server.address });
 * team.connect().catch(() => {});
 * await server.until("the dial", () => server.connections[0]?.path === "/");
 * ```
 */
export async function createFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Options of a fault server must be an object: got ${show(options)}`);
  }
  const { onText, port = 0, host = "127.0.0.1" } = options;
  wholeNumber("port", port, 0, 65_535);
  checkText("host", host);
  if (onText !== undefined && typeof onText !== "function") {
    throw new TypeError(`Option onText must be a function: got ${show(onText)}`);
  }
  let steps = checkedSteps(options.steps ?? [{ do: "upgrade" }]);

  const watch = new Watch();
  const peers = new Set<FaultPeer>();
  const connections: ConnectionRecord[] = [];
  let count = 0;
  // Half-open on purpose: the dialler's FIN is seen, and answered only where the steps say so.
  const server = createServer({ allowHalfOpen: true }, (stream) => {
    const met = steps;
    const record = new ConnectionRecord(++count);
    const peer = new FaultPeer(stream, record, {
      stepsFor: (connection) => (typeof met === "function" ? checkSteps("steps", met(connection)) : met),
      answersTo: (text, connection) => onText?.(text, connection),
      changed: () => watch.changed(),
      gone: (gone) => void peers.delete(gone),
    });
    peers.add(peer);
    connections.push(record);
    if (connections.length > CONNECTIONS_KEPT) connections.shift();
    watch.changed();
  });
  server.maxConnections = MAX_OPEN;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });
  // Later errors are of single connections that could not be accepted; the dialler sees them.
  server.on("error", () => {});
  const taken = (server.address() as AddressInfo).port;

  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    const stopped = new Promise((resolve) => server.close(resolve));
    await Promise.all([stopped, ...[...peers].map((peer) => peer.drop())]);
    watch.close();
  };
  const close = (): Promise<void> => {
    closed ??= closeAll();
    return closed;
  };

  return {
    address: listeningAddress("ws", host, taken),
    connections,
    get open() {
      return [...peers].filter(({ record }) => record.endedAtMs === undefined).length;
    },
    async until(what, holds, ms = 5_000) {
      milliseconds("ms", ms);
      return watch.until(what, holds, ms);
    },
    use(next) {
      steps = checkedSteps(next);
    },
    inflict(next) {
      const checked = checkSteps("steps", next, true);
      const open = [...peers].filter(({ isOpen }) => isOpen);
      for (const peer of open) peer.follow(checked);
      return open.length;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkedSteps(steps: FaultSteps): FaultSteps {
  return typeof steps === "function" ? steps : checkSteps("steps", steps);
}
