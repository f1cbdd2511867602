import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { until } from "./raw-peer.ts";

/** One client as the foreign server sees it. */
export interface ForeignPeer {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly socket: WebSocket;
  /** What it said, parsed. */
  readonly said: Record<string, unknown>[];
  /** Resolves with the code that it closed with. */
  readonly closed: Promise<number>;
  /** Says a frame: an object, or text as it is. */
  say(frame: object | string): void;
}

/** A channel server that shares no code with Holdfast: `ws` on `node:http`. It says what a test has it say. */
export class ForeignServer {
  readonly peers: ForeignPeer[] = [];
  /** What each new peer hears at once. */
  greeting: readonly (object | string)[] = [];
  readonly #http: Server = createServer();
  readonly #sockets = new WebSocketServer({ server: this.#http });

  private constructor() {
    this.#sockets.on("connection", (socket, { url = "/", headers }) => {
      const said: ForeignPeer["said"] = [];
      socket.on("message", (data) => said.push(JSON.parse(String(data))));
      const closed = new Promise<number>((resolve) => socket.once("close", resolve));
      const say = (frame: object | string): void =>
        socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
      const peer = { url: new URL(url, "ws://foreign"), headers, socket, said, closed, say };
      this.peers.push(peer);
      for (const frame of this.greeting) say(frame);
    });
  }

  static async start(): Promise<ForeignServer> {
    const server = new ForeignServer();
    await new Promise<void>((resolve) => server.#http.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** The peer of this number, from 0, once it is there. */
  async peer(index: number): Promise<ForeignPeer> {
    await until(`connection ${index}`, () => this.peers.length > index, 30_000);
    return this.peers[index] as ForeignPeer;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.peers) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
