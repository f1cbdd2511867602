import type { SocketListener } from "@holdfast/core";
import { type ChannelServer, createChannelServer } from "@holdfast/core/channels";
import type { Store } from "@holdfast/core/server";
import { serve } from "@holdfast/node";
import { oneToken } from "./one-token.ts";

/** What `holdfast channels` is told. Times are in milliseconds. */
export interface ChannelsFlags {
  readonly port: number;
  readonly host: string;
  readonly store: string;
  readonly token?: string;
  readonly tokenInQuery?: true;
  readonly origin: readonly string[];
  readonly maxMessageBytes: number;
  readonly messagesPerSecond: number;
  readonly connectionsPerAddress: number;
  readonly maxConnections: number;
  readonly historyEvents: number;
  readonly historyAge: number;
  readonly ackTimeout: number;
  readonly metrics: boolean;
  readonly drain: number;
}

/**
 * The server half, as the flags say.
 * @throws {TypeError | RangeError} for a flag that makes no sense.
 */
export function channelServer(flags: ChannelsFlags, store: Store | undefined): ChannelServer {
  const { token, messagesPerSecond } = flags;
  return createChannelServer({
    ...(token !== undefined && { authorize: oneToken(token) }),
    ...(store !== undefined && { store }),
    tokenInQuery: flags.tokenInQuery === true,
    origins: flags.origin,
    history: { maxEvents: flags.historyEvents, maxAgeMs: Math.ceil(flags.historyAge) },
    limits: {
      maxMessageBytes: flags.maxMessageBytes,
      messagesPerSecond,
      messageBurst: 2 * messagesPerSecond,
      connectionsPerAddress: flags.connectionsPerAddress,
    },
    ackTimeoutMs: flags.ackTimeout,
  });
}

/** Puts it on a port. Rejects with the system's error where the port cannot be taken. */
export async function listen(server: ChannelServer, flags: ChannelsFlags): Promise<SocketListener> {
  const { port, host, token, metrics, maxMessageBytes, maxConnections } = flags;
  // No other command needs it, and all would load it.
  const { createHttpService } = await import("@holdfast/http");
  const service = createHttpService({
    ...{ server, metrics, processMetrics: metrics },
    ...(token !== undefined && { token }),
  });
  return serve({
    ...{ port, host, maxMessageBytes, maxConnections },
    fetch: service.fetch,
    accept: server.accept,
    protocols: ["holdfast"],
  });
}
