/**
 * Newline framing for byte streams: one frame a line, UTF-8, ended by `\n`; a `\r` before it is dropped, and
 * so are empty lines. The text of a frame must not hold a line break: JSON never does.
 */
export class LineDecoder {
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not come; grows by doubling, so that single bytes cost no more than many. */
  #rest = new Uint8Array(0);
  #length = 0;
  #refused = false;

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
    for (
      let end = bytes.indexOf(NEWLINE);
      end !== -1 && !this.#refused;
      end = bytes.indexOf(NEWLINE, start)
    ) {
      const line = this.#complete(bytes.subarray(start, end));
      start = end + 1;
      if (line.length > this.#maxBytes) this.#refused = true;
      else if (line.length > 0) onLine(decode(line));
    }
    if (!this.#refused) this.#keep(bytes.subarray(start));
    return !this.#refused;
  }

  /** The whole line, without its `\r`. */
  #complete(end: Uint8Array): Uint8Array {
    let line = end;
    if (this.#length > 0) {
      this.#append(end);
      line = this.#rest.subarray(0, this.#length);
      this.#rest = new Uint8Array(0);
      this.#length = 0;
    }
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  }

  #keep(part: Uint8Array): void {
    this.#append(part);
    // The line's own ending may hold one byte more: a `\r`, which is not counted.
    const ending = Number(this.#rest[this.#length - 1] === CARRIAGE_RETURN);
    if (this.#length - ending <= this.#maxBytes) return;
    this.#refused = true;
    this.#rest = new Uint8Array(0);
  }

  /** Copies: what is kept must neither pin nor be changed by the reader's buffer. */
  #append(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#rest.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#rest.length));
      larger.set(this.#rest.subarray(0, this.#length));
      this.#rest = larger;
    }
    this.#rest.set(part, this.#length);
    this.#length = length;
  }
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

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
  for (const [index, byte] of frame.entries()) line[index] = byte === NEWLINE ? SPACE : byte;
  line[frame.length] = NEWLINE;
  return line;
}
