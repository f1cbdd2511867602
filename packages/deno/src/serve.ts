import type { Acceptor, HttpListener } from "@holdfast/core";
import {
  ACCEPT_TIMEOUT_MS,
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  functionOption,
  guardedAcceptor,
  listeningAddress,
  OVERLOADED,
  peerAddress,
  SERVED_MESSAGE_BYTES,
} from "@holdfast/core/socket";
import { answerOf, type Fetch, refusal } from "./http-half.ts";
import { type UpgradeSettings, upgraded } from "./upgrades.ts";

/** Where and how to serve HTTP and WebSockets on one port. */
export interface ServeOptions {
  /** The port; 0 takes one that is free. */
  port: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
  /** Answers what is no upgrade. @default 426 to everything */
  fetch?: Fetch;
  /** Looks at each peer that asks for an upgrade, and refuses or welcomes it. */
  accept: Acceptor;
  /** Subprotocols that are spoken here: the first one offered that is among them is echoed, and no other. @default [] */
  protocols?: readonly string[];
  /** A larger message ends its connection with close code 4009, in bytes. @default 65536 */
  maxMessageBytes?: number;
  /** Not kept by Deno, which takes any number: a program moves between runtimes by its import line alone. @default 128 */
  maxFragments?: number;
  /**
   * Open WebSockets and requests under way at once; what comes over it is answered with 503 and Retry-After. Deno does
   * not show connections that have asked for nothing yet. @default 10000
   */
  maxConnections?: number;
  /**
   * How long the peer may take to answer a close before the connection counts as ended, in milliseconds.
   * @default 1000
   */
  closeTimeoutMs?: number;
  /** How long `accept` may take before the peer is answered with 503, in milliseconds. @default 10000 */
  acceptTimeoutMs?: number;
}

/**
 * Serves HTTP and WebSockets on one port with Deno's own server, for peers that are trusted: it takes unmasked frames,
 * reads a message of up to 64 MiB before its size is looked at, waits for slow requests, cannot drop a connection,
 * sends none of the close codes from 1001 to 1015 (they become 4001 to 4015), and loses what a peer sends between this
 * side's close and its answer. A peer that falls silent is pinged after 30 s. For the open internet, take `serve` of
 * `npm:@holdfast/node`: it runs on Deno too, has the same name and options, and none of these faults.
 *
 * @throws {RangeError} for an option out of its bounds, and rejects with Deno's error where the port cannot be
 * taken.
 * @example
 * ```ts
 * import { serve } from "@holdfast/deno";
 *
 * const server = await serve({
 *   port: 0,
 *   fetch: (request) => new Response(`You asked for ${new URL(request.url).pathname}`),
 *   accept: () => (socket) => ({ onFrame: (frame) => socket.send(frame), onClose: () => {} }),
 * });
 * await server.close();
 * ```
 */
export async function serve(options: ServeOptions): Promise<HttpListener> {
  const { host = "127.0.0.1", port, fetch } = options;
  if (fetch !== undefined) functionOption("fetch", fetch);
  atLeastOne("maxFragments", options.maxFragments);
  const maxConnections = atLeastOne("maxConnections", options.maxConnections) ?? 10_000;
  const ending = new AbortController();
  let open = 0;
  const settings: UpgradeSettings = {
    accept: guardedAcceptor(options.accept),
    protocols: [...(options.protocols ?? [])],
    maxMessageBytes: atLeastOne("maxMessageBytes", options.maxMessageBytes) ?? SERVED_MESSAGE_BYTES,
    closeTimeoutMs: atLeastOne("closeTimeoutMs", options.closeTimeoutMs) ?? CLOSE_TIMEOUT_MS,
    acceptTimeoutMs: atLeastOne("acceptTimeoutMs", options.acceptTimeoutMs) ?? ACCEPT_TIMEOUT_MS,
    ending: ending.signal,
    opened: () => {
      open++;
      return () => open--;
    },
  };
  const answer = (request: Request, peer: string | undefined): Response | Promise<Response> => {
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket")
      return upgraded(request, peer, settings);
    if (fetch !== undefined) return answerOf(fetch, request, peer);
    return refusal({ status: 426, reason: "Upgrade Required", headers: { Upgrade: "websocket" } });
  };
  // Deno waits for the answers that are under way, also of connections that it ended.
  const unanswered = new Set<(response: Response) => void>();
  const counted = (request: Request, peer: string | undefined): Promise<Response> =>
    new Promise((resolve) => {
      const done = (response: Response): void => {
        if (unanswered.delete(done)) open--;
        resolve(response);
      };
      open++;
      unanswered.add(done);
      void Promise.resolve(answer(request, peer)).then(done);
    });
  const server = Deno.serve({ port, hostname: host, onListen: () => {} }, (request, { remoteAddr }) =>
    open < maxConnections ? counted(request, peerAddress(remoteAddr.hostname)) : refusal(OVERLOADED),
  );
  let closing = Promise.resolve();
  const taken = server.addr.port;
  return {
    address: listeningAddress("ws", host, taken),
    httpAddress: listeningAddress("http", host, taken),
    port: taken,
    close() {
      if (!ending.signal.aborted) {
        ending.abort();
        for (const done of [...unanswered]) done(refusal(OVERLOADED));
        // Ends the upgraded connections too: with code 1001, and without waiting for an answer. The other way that Deno
        // has, to abort its server, leaves WebSockets that failed, and the process with them.
        closing = server.shutdown();
      }
      return closing;
    },
  };
}
