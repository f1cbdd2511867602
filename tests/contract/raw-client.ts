import { Watch } from "./recorder.ts";

/** What a runtime lends a raw client of its TCP connection. */
export interface RawWire {
  write(bytes: Uint8Array): void;
  endHalf(): void;
  drop(): void;
  /** Reads no more: what the other side sends fills the buffers of the system. */
  stopReading(): void;
}

/** A TCP client that speaks bytes: what no well-behaved socket would say. */
export class RawClient extends Watch {
  /** Whether the other side ended or dropped the connection. */
  ended = false;
  readonly #wire: RawWire;
  readonly #received: number[] = [];

  constructor(wire: RawWire) {
    super();
    this.#wire = wire;
  }

  /** How many bytes came. */
  get length(): number {
    return this.#received.length;
  }

  /** What came, as text: one character a byte. */
  get text(): string {
    return this.#received.map((byte) => String.fromCharCode(byte)).join("");
  }

  /** The close code of the first close frame that came after the HTTP answer. */
  get closeCode(): number | undefined {
    const bytes = this.#received.slice(this.text.indexOf("\r\n\r\n") + 4);
    for (let at = 0; at + 1 < bytes.length; ) {
      const short = bytes[at + 1] as number;
      const payload = at + (short === 126 ? 4 : 2);
      const length = short === 126 ? ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0) : short;
      if (bytes[at] === 0x88) return ((bytes[payload] ?? 0) << 8) | (bytes[payload + 1] ?? 0);
      at = payload + length;
    }
    return undefined;
  }

  /** Sends text, or bytes. */
  send(...parts: (string | Uint8Array)[]): void {
    const bytes = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
    this.#wire.write(Uint8Array.from(bytes.flatMap((part) => [...part])));
  }

  /** Ends this half of the connection, and goes on reading. */
  endHalf(): void {
    this.#wire.endHalf();
  }

  /** Reads no more, for good. */
  stopReading(): void {
    this.#wire.stopReading();
  }

  /** Drops the connection with a reset, where the runtime can. */
  drop(): void {
    this.#wire.drop();
  }

  /** To be called by the runtime's part. */
  received(bytes: Uint8Array): void {
    for (const byte of bytes) this.#received.push(byte);
    this.changed();
  }

  /** To be called by the runtime's part. */
  onEnd(): void {
    this.ended = true;
    this.changed();
  }
}

/** Opens a raw connection to a port of the loopback. */
export type DialRaw = (port: number) => Promise<RawClient>;

/** The headers of an upgrade; a header that is given replaces the usual one, and `undefined` leaves it out. */
export function upgradeRequest(headers: Record<string, string | undefined> = {}): string {
  const all: Record<string, string | undefined> = {
    Host: "127.0.0.1",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** One frame of a client (RFC 6455, section 5.2), masked with zeros unless told otherwise. */
export function clientFrame(first: number, payload: string | Uint8Array, masked = true): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const mask = masked ? [0, 0, 0, 0] : [];
  return Uint8Array.from([first, (masked ? 0x80 : 0) | bytes.length, ...mask, ...bytes]);
}
