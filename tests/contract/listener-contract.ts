import type { Acceptor, SocketListener } from "@holdfast/core";
import { lineListenerCases } from "./cases/raw-lines.ts";
import { waitingCases } from "./cases/raw-waiting.ts";
import { webSocketListenerCases } from "./cases/raw-web-socket.ts";
import { within } from "./expect.ts";
import type { DialRaw } from "./raw-client.ts";

/** What cases tell a listener besides. */
export interface ListenerOptions {
  readonly acceptTimeoutMs?: number;
  /** For those whose framing is `web-socket`. */
  readonly protocols?: readonly string[];
}

/** A listener under the contract, and what dials it with raw bytes. */
export interface ListenerSubject {
  readonly name: string;
  readonly framing: "web-socket" | "lines";
  /** Whether it withstands peers that mean harm; where not, what it lets through is asserted. */
  readonly hardened: boolean;
  listen(accept: Acceptor, options?: ListenerOptions): Promise<SocketListener>;
  readonly dialRaw: DialRaw;
}

/** One promise of a listener, or one named deviation from it. */
export interface ListenerCase {
  readonly name: string;
  run(subject: ListenerSubject): Promise<void>;
}

const CASE_TIMEOUT_MS = 15_000;

/** What every listener must do with peers that do not speak as a `Socket` would. */
export function listenerContract({
  framing,
  hardened,
}: Pick<ListenerSubject, "framing" | "hardened">): readonly ListenerCase[] {
  const cases = [
    ...(framing === "lines" ? lineListenerCases() : webSocketListenerCases(hardened)),
    ...waitingCases(framing, hardened),
  ];
  return cases.map(({ name, run }) => ({
    name,
    run: (subject) => within(CASE_TIMEOUT_MS, "the case to end", run(subject)),
  }));
}
