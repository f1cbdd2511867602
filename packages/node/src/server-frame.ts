/** How a frame of RFC 6455, section 5.2, begins: final and unmasked, as a server sends. */
const TEXT = 0x81;
const BINARY = 0x82;

const NO_BYTES: Buffer = Buffer.alloc(0);

/** What was encoded last. A server tells many sockets one text in a row: it is encoded for the first of them. */
class Latest {
  #text = "";
  #bytes = NO_BYTES;
  readonly #encode: (text: string) => Buffer;

  constructor(encode: (text: string) => Buffer) {
    this.#encode = encode;
  }

  of(text: string): Buffer {
    if (text !== this.#text) {
      // In a row means in this turn: kept on, a large one would be memory for nothing.
      if (this.#text === "") queueMicrotask(() => this.#forget());
      this.#text = text;
      this.#bytes = this.#encode(text);
    }
    return this.#bytes;
  }

  #forget(): void {
    this.#text = "";
    this.#bytes = NO_BYTES;
  }
}

const latestFrame = new Latest((text) => textFrame(NO_BYTES, text));
const latestHead = new Latest((text) => Buffer.from(text));

/** A text as a frame, which nobody may change: the next socket may be sent the same bytes. */
export function frameOfText(text: string): Buffer {
  return text === "" ? Buffer.of(TEXT, 0) : latestFrame.of(text);
}

/** Two texts as one frame, of which the first is encoded once for many sockets. */
export function frameOfParts(head: string, tail: string): Buffer {
  // A pair of surrogates that the cut tore apart is one character, and not two that cannot be encoded.
  return endsTorn(head) ? frameOfText(head + tail) : textFrame(latestHead.of(head), tail);
}

/** Bytes as a frame: a copy, since the caller's may change before the system takes them. */
export function frameOfBytes(bytes: Uint8Array): Buffer {
  const frame = emptyFrame(BINARY, bytes.length);
  frame.set(bytes, frame.length - bytes.length);
  return frame;
}

function textFrame(head: Buffer, tail: string): Buffer {
  const tailLength = Buffer.byteLength(tail);
  const length = head.length + tailLength;
  const frame = emptyFrame(TEXT, length);
  frame.set(head, frame.length - length);
  frame.write(tail, frame.length - tailLength);
  return frame;
}

/** A frame whose payload is still to be written, at its end. */
function emptyFrame(first: number, length: number): Buffer {
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extended + length);
  frame[0] = first;
  frame[1] = extended === 0 ? length : extended === 2 ? 126 : 127;
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  return frame;
}

function endsTorn(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
