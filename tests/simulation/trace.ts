/** 2^40 + 0x1b3, the 64-bit prime of FNV-1a: its low part; the high part is a shift by 40 bits. */
const PRIME_LOW = 0x1b3;
const TWO_32 = 0x1_0000_0000;

/** FNV-1a over 64 bits, as two halves of 32: a hash that is the same wherever numbers are. */
export class Fnv1a {
  #high = 0xcbf29ce4;
  #low = 0x84222325;

  /** Takes in a text, each UTF-16 unit as one step. */
  add(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const low = (this.#low ^ text.charCodeAt(at)) >>> 0;
      const product = low * PRIME_LOW;
      const carried = this.#high * PRIME_LOW + Math.floor(product / TWO_32) + ((low << 8) >>> 0);
      this.#low = (product % TWO_32) >>> 0;
      this.#high = (carried % TWO_32) >>> 0;
    }
  }

  /** Sixteen hexadecimal digits. */
  get hex(): string {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(8, "0")).join("");
  }
}

/** How many of the latest lines are kept. */
const KEPT = 24;

/** What happened, line by line: only a hash of all of it and the latest lines are kept. */
export class Trace {
  /** How many lines there were. */
  lines = 0;
  readonly #hash = new Fnv1a();
  readonly #latest: string[] = [];
  readonly #now: () => number;
  #ended = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sixteen hexadecimal digits. */
  get hash(): string {
    return this.#hash.hex;
  }

  /** The latest lines, the newest last. */
  get latest(): readonly string[] {
    return this.#latest;
  }

  /** What comes now is of no interest any more. */
  end(): void {
    this.#ended = true;
  }

  /** Notes what happened to whom. Never a token: they are not of the seed. */
  note(what: string, whom: unknown = ""): void {
    if (this.#ended) return;
    const line = `${this.#now()} ${what} ${typeof whom === "string" ? `"${whom}"` : whom}`;
    this.lines++;
    this.#hash.add(`${line}\n`);
    this.#latest.push(line);
    if (this.#latest.length > KEPT) this.#latest.shift();
  }
}
