import { connect } from "node:net";

const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** A client frame whose mask is zero: nothing is to be masked, and a server unmasks it as any other. */
export function clientFrame(payload, opcode = 1) {
  const bytes = Buffer.from(payload);
  if (bytes.length > 125) throw new RangeError(`Frame must be at most 125 bytes: got ${bytes.length}`);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}

/**
 * A WebSocket client that costs next to nothing, so that it is the server that is measured: it finds where the frames
 * are, and decodes none of them.
 */
export class LightSocket {
  /** Events that it heard. */
  heard = 0;
  #stream;
  #onFrame;
  #rest;
  #upgraded = false;

  /** @param onFrame Called with the socket, and where a text frame's payload is: bytes, from, to. */
  constructor(address, path, onFrame) {
    const { hostname, port } = new URL(address);
    this.#onFrame = onFrame;
    this.#stream = connect(Number(port), hostname, () =>
      this.#stream.write(
        `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      ),
    );
    this.#stream.setNoDelay(true);
    this.#stream.on("data", (chunk) => this.#read(chunk));
    this.#stream.on("error", () => {});
  }

  write(frame) {
    this.#stream.write(frame);
  }

  /** Reads no more. */
  deafen() {
    this.#stream.pause();
  }

  #read(chunk) {
    let bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#upgraded) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end !== -1 && !bytes.latin1Slice(0, 12).endsWith(" 101"))
        throw new Error(`Upgrade was refused: ${bytes.latin1Slice(0, 200)}`);
      this.#upgraded = end !== -1;
      if (this.#upgraded) bytes = bytes.subarray(end + 4);
    }
    const read = this.#upgraded ? this.#walk(bytes) : 0;
    this.#rest = read === bytes.length ? undefined : bytes.subarray(read);
  }

  /** Hands over the whole frames; returns where the first that is not whole begins. */
  #walk(bytes) {
    let at = 0;
    while (at + 2 <= bytes.length) {
      let size = bytes[at + 1];
      let from = at + 2;
      if (size === 126) {
        from += 2;
        if (from > bytes.length) break;
        size = bytes.readUInt16BE(at + 2);
      } else if (size === 127) {
        from += 8;
        if (from > bytes.length) break;
        size = Number(bytes.readBigUInt64BE(at + 2));
      }
      const to = from + size;
      if (to > bytes.length) break;
      this.#take(bytes[at] & 15, bytes, from, to);
      at = to;
    }
    return at;
  }

  #take(opcode, bytes, from, to) {
    if (opcode === PING) this.write(clientFrame(bytes.subarray(from, to), PONG));
    else if (opcode === CLOSE) this.#stream.end(clientFrame(bytes.subarray(from, to), CLOSE));
    else this.#onFrame(this, bytes, from, to);
  }
}
