import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  defineProtocol,
  type Protocol,
  type Socket,
} from "@holdfast/core";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  type TestNetwork,
} from "@holdfast/core/testing";
import * as v from "valibot";

/** What a client of the echo protocol says. */
export interface EchoClient {
  say: { text: string };
  ask: { id: number };
}

/** What its server says. */
export interface EchoServer {
  hello: object;
  said: { text: string };
  answer: { id: number };
}

export type Echo = Connection<EchoClient, EchoServer>;

/** A small protocol with a greeting, a text either way, and a request with its reply. */
export const echo: Protocol<EchoClient, EchoServer> = defineProtocol({
  name: "echo",
  client: { say: v.object({ text: v.string() }), ask: v.object({ id: v.number() }) },
  server: { hello: v.object({}), said: v.object({ text: v.string() }), answer: v.object({ id: v.number() }) },
});

/** A test network with a server that keeps its sockets and what it hears, and connections to it. */
export class EchoBench {
  readonly clock: ManualClock = createManualClock();
  readonly network: TestNetwork = createTestNetwork({ clock: this.clock });
  /** The server's ends, newest last. */
  readonly peers: Socket[] = [];
  readonly heard: string[] = [];
  /** What connections of `connected` were told. */
  readonly said: string[] = [];
  /** The most sockets that were live while this was watched. */
  most = 0;

  constructor() {
    this.network.listen("ws://server", () => (socket) => {
      this.peers.push(socket);
      return { onFrame: (frame) => void this.heard.push(String(frame)), onClose: () => {} };
    });
  }

  /** A connection that is on its way. */
  connect(options: Partial<ConnectionOptions<EchoClient, EchoServer>> = {}): Echo {
    const { clock, network } = this;
    const defaults = {
      protocol: echo,
      socket: network.socket,
      url: "ws://server/echo",
      clock,
      random: () => 0.5,
    };
    const connection = createConnection<EchoClient, EchoServer>({ ...defaults, ...options });
    void connection.connect().catch(() => {});
    return connection;
  }

  /** A connection that was greeted and has proved itself, after a second; what it is told is kept in `said`. */
  async connected(options: Partial<ConnectionOptions<EchoClient, EchoServer>> = {}): Promise<Echo> {
    const connection = this.connect({ readyOn: "hello", stableAfterMs: 1_000, ...options });
    connection.messages.on("said", ({ text }) => void this.said.push(text));
    await this.clock.advance(10);
    this.say({ type: "hello" });
    await this.clock.advance(2_000);
    return connection;
  }

  /** Lets time pass in small steps, and keeps the largest number of live sockets in `most`. */
  async watch(ms: number): Promise<void> {
    for (let at = 0; at < ms; at++) {
      await this.clock.advance(1);
      this.most = Math.max(this.most, this.network.live());
    }
  }

  /** The server says a text on one of its sockets, by their order. */
  sayOn(peer: number, text: string): void {
    this.peers[peer]?.send(JSON.stringify({ type: "said", text }));
  }

  /** The server says something on its newest socket. */
  say(message: object): void {
    this.peers.at(-1)?.send(JSON.stringify(message));
  }
}

/** What a connection tells of its life, as words. */
export function trace(connection: Echo): string[] {
  const events: string[] = [];
  connection.on("connected", ({ connects }) => void events.push(`connected ${connects}`));
  connection.on("disconnected", ({ cause }) => void events.push(`disconnected ${cause.kind}`));
  connection.on("closed", ({ cause }) => void events.push(`closed ${cause.kind}`));
  return events;
}
