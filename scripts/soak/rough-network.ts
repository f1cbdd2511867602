import { connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "@holdfast/core";
import { pick } from "../../packages/cli/src/rtm/pick.ts";

/** What a dial can meet on the way. */
const ROUGH = [
  "never answered",
  "429 or 503",
  "no upgrade",
  "reset",
  "ended",
  "byte by byte",
  "byte by byte",
] as const;

const BUSY = ["429 Too Many Requests", "503 Service Unavailable"] as const;
const NO_UPGRADE = ["200 OK", "302 Found", "401 Unauthorized", "403 Forbidden", "404 Not Found"] as const;

/** How many bytes of an answer come one by one, a millisecond apart: the upgrade and the hello. */
const SLOW_BYTES = 200;

/** A TCP detour to the server, whose dials meet what a bad network has for them; `/global` gets through. */
export class RoughNetwork {
  /** How often each thing happened. */
  readonly counts: Record<(typeof ROUGH)[number] | "global muted", number> = {
    ...{
      "never answered": 0,
      "429 or 503": 0,
      "no upgrade": 0,
      reset: 0,
      ended: 0,
      "byte by byte": 0,
      "global muted": 0,
    },
  };
  readonly #random: Random;
  readonly #portOf: () => number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Global connections that frames still pass through: what mutes each. */
  readonly #globals = new Set<() => void>();
  /** What is still to be met before anything is met again: a short soak must not leave one out by chance. */
  #bag: (typeof ROUGH)[number][] = [];
  #calm = false;

  /** @param portOf The server's port. */
  constructor(random: Random, portOf: () => number) {
    this.#random = random;
    this.#portOf = portOf;
    this.#server = createServer({ noDelay: true }, (client) => this.#meet(client));
  }

  /** Opens it; resolves with the address to dial. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        const { port } = this.#server.address() as { port: number };
        resolve(`ws://127.0.0.1:${port}`);
      });
    });
  }

  /** Makes one global connection half-open: nothing passes any more, no ping, no pong, and nobody is told. Returns whether there was one. */
  muteGlobal(): boolean {
    for (const mute of this.#globals) {
      this.#globals.delete(mute);
      this.counts["global muted"]++;
      mute();
      return true;
    }
    return false;
  }

  /** From now on every dial gets through. */
  calm(): void {
    this.#calm = true;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #meet(client: Socket): void {
    this.#keep(client);
    client.once("data", (request: Buffer) => {
      const isGlobal = request.toString("latin1").startsWith("GET /global");
      if (isGlobal || this.#calm) return this.#forward(client, request, isGlobal, false);
      const rough = this.#draw();
      this.counts[rough]++;
      if (rough === "429 or 503") answer(client, pick(BUSY, this.#random), "Retry-After: 1\r\n");
      else if (rough === "no upgrade") answer(client, pick(NO_UPGRADE, this.#random), "Location: /\r\n");
      else if (rough === "reset") client.resetAndDestroy();
      else if (rough === "ended") client.end();
      else if (rough === "byte by byte") this.#forward(client, request, false, true);
      else client.resume();
    });
  }

  #draw(): (typeof ROUGH)[number] {
    if (this.#bag.length === 0) this.#bag = [...ROUGH];
    const drawn = pick(this.#bag, this.#random);
    this.#bag.splice(this.#bag.indexOf(drawn), 1);
    return drawn;
  }

  #forward(client: Socket, request: Buffer, isGlobal: boolean, slow: boolean): void {
    const server = connect({ port: this.#portOf(), host: "127.0.0.1", noDelay: true });
    this.#keep(server);
    let muted = false;
    const mute = (): void => {
      muted = true;
      client.unpipe();
      server.unpipe();
      // Read and thrown away: that the client has ended it must still be seen.
      client.resume();
      server.resume();
    };
    if (isGlobal) this.#globals.add(mute);
    client.on("close", () => {
      this.#globals.delete(mute);
      server.destroy();
    });
    server.on("close", () => {
      this.#globals.delete(mute);
      if (!muted) client.end();
    });
    server.write(request);
    client.pipe(server);
    if (slow) dripThenPipe(server, client);
    else server.pipe(client);
  }
}

function answer(client: Socket, status: string, header: string): void {
  client.end(`HTTP/1.1 ${status}\r\n${header}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** One byte at a time at first, and in order. */
function dripThenPipe(from: Socket, to: Socket): void {
  let dripped = 0;
  const next = (): void => {
    if (from.destroyed || to.destroyed) return;
    if (dripped >= SLOW_BYTES) return void from.pipe(to);
    const byte: Buffer | null = from.read(1);
    if (byte === null) return void from.once("readable", next);
    dripped++;
    to.write(byte);
    setTimeout(next, 1);
  };
  next();
}
