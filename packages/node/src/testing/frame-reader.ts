import { OPCODE } from "./frame.ts";

/** A longer message of the dialler is a breach. */
export const MAX_MESSAGE_BYTES: number = 1_048_576;

/** What a frame reader tells. None of it may throw. */
export interface FrameHandler {
  onText(text: string): void;
  onPing(payload: Uint8Array): void;
  /** Nothing follows. */
  onClose(code: number | undefined): void;
  /** The dialler broke the protocol; the code says how. Nothing follows. */
  onBreach(code: number): void;
}

/** A frame whose head was read. */
interface Begun {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly mask: readonly number[];
  readonly into: Bytes;
  /** How many bytes of its payload are still to come. */
  left: number;
  /** How many bytes have come. */
  read: number;
}

/** Reads what a dialler sends after its request: masked frames (RFC 6455, section 5), in whatever pieces. */
export class FrameReader {
  readonly #handler: FrameHandler;
  #head: number[] = [];
  #frame: Begun | undefined;
  #message = new Bytes();
  /** The opcode of the message that is being read, fragments included. */
  #kind: number | undefined;
  #isOver = false;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** The next bytes. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#isOver) {
      if (this.#frame === undefined) {
        this.#head.push(bytes[at++] ?? 0);
        this.#frame = this.#begun();
      } else {
        at += this.#take(this.#frame, bytes.subarray(at));
      }
      if (this.#frame?.left === 0) this.#finish(this.#frame);
    }
  }

  /** The frame, once its head is whole. */
  #begun(): Begun | undefined {
    const [first = 0, second, ...rest] = this.#head;
    if (second === undefined) return undefined;
    const opcode = first & 0x0f;
    const isFinal = (first & 0x80) !== 0;
    const isControl = opcode >= 8;
    const size = second & 0x7f;
    const isData = opcode <= OPCODE.binary;
    const continues = opcode === OPCODE.continuation;
    if ((first & 0x70) !== 0 || (second & 0x80) === 0) return this.#breach(1002);
    if (!isData && (opcode < OPCODE.close || opcode > OPCODE.pong)) return this.#breach(1002);
    if (isControl && (!isFinal || size > 125)) return this.#breach(1002);
    if (isData && continues === (this.#kind === undefined)) return this.#breach(1002);

    const sizeBytes = size === 126 ? 2 : size === 127 ? 8 : 0;
    if (rest.length < sizeBytes + 4) return undefined;
    const left = sizeBytes === 0 ? size : rest.slice(0, sizeBytes).reduce((sum, byte) => sum * 256 + byte, 0);
    if (isData && left + this.#message.length > MAX_MESSAGE_BYTES) return this.#breach(1009);
    if (isData && !continues) this.#kind = opcode;
    this.#head = [];
    const into = isControl ? new Bytes() : this.#message;
    return { opcode, isFinal, mask: rest.slice(sizeBytes, sizeBytes + 4), into, left, read: 0 };
  }

  /** Reads payload; returns how many bytes it took. */
  #take(frame: Begun, bytes: Uint8Array): number {
    const taken = bytes.slice(0, frame.left);
    // `slice` copies: the bytes may be the stream's own.
    for (let i = 0; i < taken.length; i++) {
      taken[i] = (taken[i] ?? 0) ^ (frame.mask[(frame.read + i) % 4] ?? 0);
    }
    frame.into.append(taken);
    frame.read += taken.length;
    frame.left -= taken.length;
    return taken.length;
  }

  #finish({ opcode, isFinal, into }: Begun): void {
    this.#frame = undefined;
    if (opcode === OPCODE.pong) return;
    if (opcode === OPCODE.ping) return this.#handler.onPing(into.all());
    if (opcode === OPCODE.close) return this.#close(into.all());
    if (!isFinal) return;
    const isText = this.#kind === OPCODE.text;
    this.#kind = undefined;
    this.#message = new Bytes();
    if (!isText) return;
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(into.all());
    } catch {
      this.#breach(1007);
      return;
    }
    this.#handler.onText(text);
  }

  #close(payload: Uint8Array): void {
    const [high, low] = payload;
    if (high !== undefined && low === undefined) return this.#breach(1002);
    this.#isOver = true;
    this.#handler.onClose(high === undefined || low === undefined ? undefined : high * 256 + low);
  }

  #breach(code: number): undefined {
    this.#isOver = true;
    this.#handler.onBreach(code);
    return undefined;
  }
}

/** Bytes that come in pieces of any size: one buffer that doubles, and not a list of pieces. */
class Bytes {
  #buffer = new Uint8Array();
  length = 0;

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, this.#buffer.length * 2));
      larger.set(this.all());
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.length);
    this.length = length;
  }

  all(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }
}
