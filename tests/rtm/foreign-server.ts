import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A client message as it came, parsed. */
export type Said = { type: string; [field: string]: unknown };

/** One socket a bot opened to the foreign server, with all that it said there. */
export interface Peer {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: WebSocket;
  readonly said: Said[];
  say(message: object | string | Uint8Array): void;
}

/**
 * An RTM server that shares no code with Holdfast: `ws` on `node:http`, driven by a test. It hands out
 * single-use addresses, answers pings, and does what it is told besides.
 */
export class ForeignServer {
  /** Global sockets in the order of opening. */
  readonly globals: Peer[] = [];
  /** Team sockets in the order of opening, by team. */
  readonly teams = new Map<string, Peer[]>();
  /** Upgrades that were refused, by status. */
  readonly refusals: number[] = [];
  /** The most sockets of one team that were open at once. */
  mostSockets = 0;
  /** The scheme of the team addresses. */
  scheme = "ws";
  /** Whether a new socket is greeted with `hello`. */
  greets = true;
  /** Whether new global connections are refused with 500. */
  refuseGlobals = false;
  /** Whether a ping is answered. */
  answersPings = true;
  /** Called for `team.connect`; by default it answers with a fresh single-use address. */
  onAsk: (team: number | string, times: number) => void = (team) => this.giveAddress(team);
  /** Called for each new team socket, after `hello`. */
  onTeam: (team: number | string, peer: Peer) => void = () => {};
  readonly #asks = new Map<number | string, number>();
  readonly #tokens = new Map<string, number | string>();
  readonly #http: Server;
  readonly #waiting = new Set<() => void>();

  private constructor() {
    const sockets = new WebSocketServer({ noServer: true });
    this.#http = createServer();
    this.#http.on("upgrade", (request, raw, head) => {
      const path = request.url ?? "/";
      const team = this.#tokens.get(path);
      this.#tokens.delete(path);
      if (path === "/global" ? this.refuseGlobals : team === undefined) {
        const status = path === "/global" ? 500 : 403;
        this.refusals.push(status);
        raw.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        this.#look();
        return;
      }
      sockets.handleUpgrade(request, raw, head, (socket) =>
        this.#welcome(path, request.headers, socket, team),
      );
    });
  }

  static async start(): Promise<ForeignServer> {
    const server = new ForeignServer();
    await new Promise<void>((resolve) => server.#http.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/global`;
  }

  get global(): Peer {
    const newest = this.globals.at(-1);
    if (newest === undefined) throw new Error("No global connection yet");
    return newest;
  }

  /** The newest socket of a team. */
  team(id: number | string): Peer | undefined {
    return this.teams.get(key(id))?.at(-1);
  }

  asks(id: number | string): number {
    return this.#asks.get(id) ?? 0;
  }

  /** A fresh address of a team, good once. */
  address(id: number | string): string {
    const path = `/connect/${randomUUID()}`;
    this.#tokens.set(path, id);
    return `${this.scheme}://127.0.0.1:${this.port}${path}`;
  }

  giveAddress(id: number | string, wsUrl = this.address(id)): void {
    this.global.say({ type: "team.connect", team_id: id, ws_url: wsUrl });
  }

  /** Resolves when the condition holds; looked at whenever a socket opens, closes or says something. */
  async until(what: string, condition: () => boolean, withinMs = 5_000): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        clearTimeout(deadline);
        resolve();
      };
      const deadline = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`Not within ${withinMs} ms: ${what}`));
      }, withinMs);
      this.#waiting.add(look);
    });
  }

  /** Asks for a healthcheck on the newest global connection and resolves with the rows. */
  async healthcheck(): Promise<unknown> {
    const peer = this.global;
    const before = peer.said.length;
    peer.say({ type: "healthcheck" });
    const answer = (): Said | undefined => peer.said.slice(before).find(({ type }) => type === "healthcheck");
    await this.until("a healthcheck", () => answer() !== undefined);
    return answer()?.stats;
  }

  async stop(): Promise<void> {
    for (const { socket } of [...this.globals, ...[...this.teams.values()].flat()]) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #welcome(
    path: string,
    headers: IncomingHttpHeaders,
    socket: WebSocket,
    team: number | string | undefined,
  ): void {
    const peer: Peer = {
      ...{ path, headers, socket, said: [] },
      say: (message) =>
        socket.send(
          typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message),
        ),
    };
    socket.on("error", () => {});
    socket.on("close", () => this.#look());
    socket.on("message", (data) => {
      this.#hear(peer, JSON.parse(String(data)), team);
      this.#look();
    });
    if (team === undefined) this.globals.push(peer);
    else {
      const peers = this.teams.get(key(team)) ?? [];
      this.teams.set(key(team), [...peers, peer]);
      const open = [...peers, peer].filter((other) => other.socket.readyState === other.socket.OPEN);
      this.mostSockets = Math.max(this.mostSockets, open.length);
    }
    if (this.greets) peer.say({ type: "hello" });
    if (team !== undefined) this.onTeam(team, peer);
    this.#look();
  }

  #hear(peer: Peer, message: Said, team: number | string | undefined): void {
    peer.said.push(message);
    if (team !== undefined && message.type === "ping" && this.answersPings) {
      peer.say({ type: "pong", unique_id: message.unique_id });
    }
    if (team === undefined && message.type === "team.connect") {
      const id = message.team_id as number | string;
      this.#asks.set(id, this.asks(id) + 1);
      this.onAsk(id, this.asks(id));
    }
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** 1 and "1" are different teams. */
function key(id: number | string): string {
  return `${typeof id}:${id}`;
}
