/**
 * What a peer does wrong: `silent` never answers the dial; `mute` opens and then never says or answers anything;
 * `sever` opens and drops the connection; `close-left-open` sends a close frame with 4444 and leaves TCP open;
 * `close-empty` sends a close frame without a code, and ends.
 */
export type Fault = "silent" | "mute" | "sever" | "close-left-open" | "close-empty";

/** A server of such peers. */
export interface FaultServer {
  /** The address to dial. */
  readonly address: string;
  /** Dials that were seen whole. */
  readonly asked: number;
  /** TCP connections that the dialler has not ended. */
  readonly open: number;
  /** Resolves once the condition holds; fails after so many milliseconds. */
  until(what: string, holds: () => boolean, ms?: number): Promise<void>;
  /** Drops every connection, without a word. */
  dropAll(): void;
  /** Stops listening, and drops every connection. */
  close(): Promise<void>;
}

/** What a runtime lends a fault peer of its TCP connection. */
export interface Wire {
  write(bytes: Uint8Array): void;
  drop(): void;
}

/** The bytes of RFC 6455 by hand, or of lines, with one fault. */
export class FaultPeer {
  readonly #fault: Fault;
  readonly #wire: Wire;
  readonly #onAsked: () => void;
  #request = "";

  constructor(fault: Fault, wire: Wire, onAsked: () => void) {
    this.#fault = fault;
    this.#wire = wire;
    this.#onAsked = onAsked;
  }

  /** For transports without a handshake: TCP is open, and so is the socket. */
  openAtOnce(): void {
    this.#onAsked();
    if (this.#fault === "sever") this.#wire.drop();
  }

  /** Bytes of the handshake; what comes after it is not read. */
  async received(bytes: Uint8Array): Promise<void> {
    if (this.#request.endsWith("\r\n\r\n")) return;
    this.#request += new TextDecoder().decode(bytes);
    if (!this.#request.endsWith("\r\n\r\n")) return;
    if (this.#fault === "silent") return this.#onAsked();
    this.#wire.write(new TextEncoder().encode(await upgradeAnswer(this.#request)));
    this.#onAsked();
    if (this.#fault === "close-left-open") this.#wire.write(Uint8Array.of(0x88, 2, 4444 >> 8, 4444 & 255));
    if (this.#fault === "close-empty") this.#wire.write(Uint8Array.of(0x88, 0));
    if (this.#fault === "close-empty" || this.#fault === "sever") this.#wire.drop();
  }
}

/** RFC 6455, section 4.2.2. */
async function upgradeAnswer(request: string): Promise<string> {
  const key = /^sec-websocket-key: *(.*)\r$/im.exec(request)?.[1] ?? "";
  const bytes = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  const accept = btoa(String.fromCharCode(...digest));
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}
