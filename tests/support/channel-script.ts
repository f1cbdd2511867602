import type { ChannelClient, ChannelClientEvents, ChannelClientOptions } from "@holdfast/core/channels";
import { createChannelClient } from "@holdfast/core/channels";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  type TestNetwork,
} from "@holdfast/core/testing";

/** One listener as a scripted server sees it. */
export interface ScriptedPeer {
  /** Path and query of its upgrade. */
  readonly path: string;
  header(name: string): string | undefined;
  /** What it said, decoded. */
  readonly said: unknown[];
  /** Says a frame: an object, or text as it is. */
  say(frame: object | string): void;
  close(code: number, reason?: string): void;
}

/** What a scripted server is told. */
export interface Script {
  /** What each peer is greeted with, by its number from 0. @default CONNECTED with `client_<n>` and `evt_c<n>` */
  greet?: (index: number, peer: ScriptedPeer) => readonly (object | string)[];
}

/** A channel client and a server that a test speaks for. */
export interface Scripted<Payload> {
  readonly clock: ManualClock;
  readonly network: TestNetwork;
  readonly client: ChannelClient<Payload>;
  readonly peers: readonly ScriptedPeer[];
  /** The latest peer. */
  peer(): ScriptedPeer;
  /** What was told, in order: `[name, payload]`. */
  readonly told: [name: string, payload: unknown][];
  /** What was told of one kind. */
  all<Name extends keyof ChannelClientEvents<Payload>>(name: Name): ChannelClientEvents<Payload>[Name][];
}

const NAMES = ["event", "connected", "gap", "joined", "updated", "left", "disconnected", "refused"] as const;
const MORE_NAMES = ["invalid", "unknown", "dropped", "closed", "error"] as const;

/** CONNECTED as our server says it. */
export function connected(index: number, more: object = {}): object {
  return {
    type: "CONNECTED",
    payload: { members: [] },
    eventID: `evt_c${index}`,
    clientID: `client_${index}`,
    latency: 0,
    ...more,
  };
}

/** DATA as our server says it. */
export function data(eventID: string, payload: unknown, more: object = {}): object {
  return { type: "DATA", payload, eventID, requires_ack: false, clientID: "client_0", latency: 0, ...more };
}

/** A client in memory, on a manual clock, before it connects. */
export function scripted<Payload = unknown>(
  options: Partial<ChannelClientOptions<Payload>> = {},
  { greet = (index) => [connected(index)] }: Script = {},
): Scripted<Payload> {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const peers: ScriptedPeer[] = [];
  network.listen("ws://server", (incoming) => (socket) => {
    const peer: ScriptedPeer = {
      path: incoming.path,
      header: (name) => incoming.header(name),
      said: [],
      say: (frame) => void socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
      close: (code, reason) => socket.close(code, reason),
    };
    const index = peers.push(peer) - 1;
    for (const frame of greet(index, peer)) peer.say(frame);
    return { onFrame: (frame) => void peer.said.push(JSON.parse(String(frame))), onClose: () => {} };
  });
  const client = createChannelClient<Payload>({
    url: "ws://server",
    channel: "news",
    socket: network.socket,
    clock,
    random: () => 0.5,
    ...options,
  });
  const told: [string, unknown][] = [];
  for (const name of [...NAMES, ...MORE_NAMES]) client.on(name, (payload) => void told.push([name, payload]));
  return {
    ...{ clock, network, client, peers, told },
    peer: () => {
      const peer = peers.at(-1);
      if (peer === undefined) throw new Error("Nobody has connected yet");
      return peer;
    },
    all: (name) => told.filter(([is]) => is === name).map(([, payload]) => payload) as never,
  };
}
