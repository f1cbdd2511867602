/**
 * Newline framing for byte streams: one frame a line, UTF-8, ended by `\n`; a `\r` before it is dropped, and
 * so are empty lines. The text of a frame must not hold a line break: JSON never does.
 */
export class LineDecoder {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /**
   * A decoder for one stream.
   *
   * @param maxBytes The longest line taken, in bytes without its ending.
   */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes and hands over every line they complete. A line that is not UTF-8 is handed over as
   * bytes, so that the reader can report it. Returns false, and takes nothing more, when a line is too long.
   */
  push(bytes: Uint8Array, onLine: (line: string | Uint8Array) => void): boolean {
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      if (!this.#keep(bytes.subarray(start, end))) return false;
      start = end + 1;
      const line = this.#take();
      if (line.length > 0) onLine(decode(line));
    }
    // What is kept must not pin, nor be changed by, the reader's buffer; `slice` of a Node Buffer copies nothing.
    return start === bytes.length || this.#keep(new Uint8Array(bytes.subarray(start)));
  }

  #keep(part: Uint8Array): boolean {
    if (part.length > 0) {
      this.#bytes += part.length;
      this.#parts.push(part);
    }
    // The line's own ending may hold one byte more: a `\r`, which is not counted.
    const last = this.#parts.at(-1)?.at(-1);
    return this.#bytes - Number(last === CARRIAGE_RETURN) <= this.#maxBytes;
  }

  #take(): Uint8Array {
    let line: Uint8Array = this.#parts[0] ?? new Uint8Array(0);
    if (this.#parts.length > 1) {
      line = new Uint8Array(this.#bytes);
      let offset = 0;
      for (const part of this.#parts) {
        line.set(part, offset);
        offset += part.length;
      }
    }
    this.#parts = [];
    this.#bytes = 0;
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  }
}

const CARRIAGE_RETURN = 13;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(line: Uint8Array): string | Uint8Array {
  try {
    return strict.decode(line);
  } catch {
    return new Uint8Array(line);
  }
}

const encoder = new TextEncoder();

/** A frame as one line of bytes. Line breaks in text, which would split it, become spaces. */
export function encodeLine(frame: string | Uint8Array): Uint8Array {
  if (typeof frame === "string") return encoder.encode(`${frame.replace(/[\r\n]+/g, " ")}\n`);
  const line = new Uint8Array(frame.length + 1);
  for (let index = 0; index < frame.length; index++)
    line[index] = frame[index] === 10 ? 32 : (frame[index] as number);
  line[frame.length] = 10;
  return line;
}
