import type { ChannelHealth, ChannelServerStats } from "@holdfast/core/channels";
import { createManualClock, type ManualClock } from "@holdfast/core/testing";
import { createHttpService, type HttpService, type HttpServiceOptions } from "@holdfast/http";

/** A service before a server that says what it is told to. */
export interface Served {
  readonly clock: ManualClock;
  readonly service: HttpService;
  /** What the server was asked, and the peer it was told of. */
  readonly asked: [string, string | undefined][];
  /** How often it was asked for its health. */
  looks: number;
  health: () => Promise<ChannelHealth>;
  answer: (request: Request) => Promise<Response>;
}

/** All works. */
export const FINE: ChannelHealth = {
  status: "ok",
  backplane: { ok: true, roundTripMs: 2 },
  store: { ok: true },
};

/** The store does not. */
export const FULL: ChannelHealth = {
  status: "degraded",
  backplane: { ok: true, roundTripMs: 2 },
  store: { ok: false, error: "Using the store /srv/history.db failed: the disk is full" },
};

const STATS: ChannelServerStats = {
  channels: 3,
  clients: 40,
  pendingAcks: 5,
  emitted: 600,
  delivered: 7_000,
  acked: 800,
  ignoredAcks: 9,
  invalid: 10,
  unknown: 11,
  rateLimited: 12,
  slow: 13,
  forgottenKeys: 0,
  pingTimeouts: 14,
  refused: 15,
  timers: 16,
};

/** Makes one. */
export function served(options: Partial<HttpServiceOptions> = {}): Served {
  const clock = createManualClock();
  const asked: Served["asked"] = [];
  const server: HttpServiceOptions["server"] = {
    fetch: (request, peer) => {
      const { pathname, search } = new URL(request.url);
      asked.push([`${request.method} ${pathname}${search}`, peer]);
      return made.answer(request);
    },
    health: () => {
      made.looks += 1;
      return made.health();
    },
    stats: () => STATS,
  };
  const made: Served = {
    clock,
    service: createHttpService({ server, clock, ...options }),
    asked,
    looks: 0,
    health: async () => FINE,
    answer: async () => Response.json({ success: true }, { status: 200 }),
  };
  return made;
}

/** Asks, without a peer. */
export function ask(
  { service }: Served,
  path: string,
  init: RequestInit = {},
  peer?: string,
): Promise<Response> {
  return service.fetch(new Request(`http://127.0.0.1:8080${path}`, init), peer);
}

/** The lines of Prometheus' text that are no comment. */
export async function figures(served: Served, init: RequestInit = {}): Promise<string[]> {
  const text = await (await ask(served, "/metrics", init)).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
