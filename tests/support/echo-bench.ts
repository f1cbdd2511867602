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
