import type { Clock } from "@holdfast/core";
import type { ChannelServer } from "@holdfast/core/channels";

/** What an operator may ask, and who may. */
export interface HttpServiceOptions {
  /** What all other paths go to, and what the answers tell of. */
  server: Pick<ChannelServer, "fetch" | "health" | "stats">;
  /** Whether `/metrics` is there. @default true */
  metrics?: boolean;
  /** Whether it also tells of the process: memory, CPU, the event loop. @default false */
  processMetrics?: boolean;
  /** The bearer token that `/metrics` asks for. Who has it is also told by `/healthz` why something fails. @default none */
  token?: string;
  /** How long `/healthz` waits for the backplane and the store, in milliseconds. @default 2000 */
  healthTimeoutMs?: number;
  /** How long an answer of `/healthz` holds for those who ask again, in milliseconds: each look writes to the store. @default 1000 */
  healthIntervalMs?: number;
  /** What the waits are measured by. @default the system's */
  clock?: Clock;
}

/** Something to be served. */
export interface HttpService {
  /** A WHATWG request in, a response out. Never rejects. `peer` is the caller's IP address. */
  readonly fetch: (request: Request, peer?: string) => Promise<Response>;
}
