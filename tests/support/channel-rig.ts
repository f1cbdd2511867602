import { createChannelServer } from "../../packages/core/src/channels/server/server.ts";
import type {
  ChannelServer,
  ChannelServerOptions,
} from "../../packages/core/src/channels/server/server-options.ts";
import type { CloseCause } from "../../packages/core/src/socket/close-cause.ts";
import type { Incoming } from "../../packages/core/src/socket/listener.ts";
import type { Socket, SocketHandler } from "../../packages/core/src/socket/socket.ts";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  type TestNetwork,
} from "../../packages/core/src/testing/mod.ts";

/** A frame that a listener heard. */
export interface Heard {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it as it pleases
  readonly payload: any;
  readonly eventID: string;
  readonly clientID: string;
  readonly latency: number;
  readonly requires_ack?: boolean;
  readonly replayed?: boolean;
  readonly recovered?: boolean;
}

/** One who listens in memory, frame by frame. It answers nothing by itself. */
export interface RawListener {
  readonly socket: Socket;
  readonly heard: Heard[];
  readonly id: string;
  ended: CloseCause | undefined;
  say(message: object | string | Uint8Array): void;
  of(type: string): Heard[];
  ack(eventId: string): void;
}

/** An answer of the HTTP half. */
export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it as it pleases
  readonly body: any;
  readonly headers: Headers;
}

/** A channel server on a manual clock and a network in memory. */
export interface ChannelRig {
  readonly clock: ManualClock;
  readonly network: TestNetwork;
  readonly server: ChannelServer;
  listen(channel?: string, query?: string, headers?: Record<string, string>): Promise<RawListener>;
  emit(pathAndQuery: string, init?: RequestInit): Promise<Answered>;
  /** Emits, and gives the answer that is still to come once the event is on its way. */
  emitting(pathAndQuery: string, init?: RequestInit): Promise<{ eventId: string; answer: Promise<Answered> }>;
}

export function channelRig(
  options: ChannelServerOptions = {},
  shared: { clock?: ManualClock; network?: TestNetwork; host?: string } = {},
): ChannelRig {
  const clock = shared.clock ?? createManualClock();
  const network = shared.network ?? createTestNetwork({ clock });
  const host = shared.host ?? "server";
  const server = createChannelServer({ clock, ...options });
  network.listen(`ws://${host}`, server.accept);
  const emit = async (path: string, init?: RequestInit): Promise<Answered> => {
    const response = await server.fetch(new Request(`http://${host}${path}`, init), "192.0.2.9");
    const text = await response.text();
    return {
      ...{ status: response.status, headers: response.headers },
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
  return {
    ...{ clock, network, server, emit },
    async listen(channel = "news", query = "", headers = {}) {
      const heard: Heard[] = [];
      const handler = {
        onFrame: (frame: string | Uint8Array) => void heard.push(JSON.parse(String(frame)) as Heard),
        onClose: (cause: CloseCause) => {
          listener.ended = cause;
        },
      };
      const signal = new AbortController().signal;
      const dialling = network.socket(`ws://${host}/${channel}/listen${query}`, handler, { signal, headers });
      dialling.catch(() => {});
      await clock.advance(5);
      const socket = await dialling;
      const listener: RawListener = {
        ...{ socket, heard, ended: undefined },
        get id() {
          return heard[0]?.clientID ?? "";
        },
        say: (message) =>
          void socket.send(
            typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message),
          ),
        of: (type) => heard.filter((frame) => frame.type === type),
        ack: (eventID) => void socket.send(JSON.stringify({ type: "ACK", payload: { eventID } })),
      };
      return listener;
    },
    async emitting(path, init) {
      const sent = server.once("emitted");
      const answer = emit(path, init);
      const { eventId } = await sent;
      await clock.advance(2);
      return { eventId, answer };
    },
  };
}

/** What an upgrade asks, for a door that is knocked at without a network. */
export function knock(path: string, headers: Record<string, string> = {}, peer?: string): Incoming {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { path, header: (name) => lower.get(name.toLowerCase()), ...(peer !== undefined && { peer }) };
}

/** Lets a socket of a test's own in, whose parts are said; the rest does nothing. */
export async function enter(
  server: ChannelServer,
  parts: Partial<Socket>,
  path = "/news/listen",
): Promise<{ readonly handler: SocketHandler }> {
  const answer = await server.accept(knock(path));
  if (typeof answer !== "function") throw new Error(answer.reason);
  const socket = { bufferedAmount: 0, send: () => true, close: () => {}, terminate: () => {} };
  // By their descriptors: a part may be a getter.
  return {
    handler: answer(Object.defineProperties(socket, Object.getOwnPropertyDescriptors(parts)) as Socket),
  };
}
