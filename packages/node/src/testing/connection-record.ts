/** How many texts of a connection are kept, and how many bytes of them: the latest. */
const TEXTS_KEPT = 1_000;
const TEXT_BYTES_KEPT = 262_144;

/** One connection as a fault server saw it; it changes as more is seen. */
export interface FaultConnection {
  /** Path and query as they were asked for; `""` until the request is whole. */
  readonly path: string;
  /** The request's headers, by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Counts the connections of this server, from 1. */
  readonly number: number;
  /** When TCP was accepted, as `performance.now()` tells it. */
  readonly openedAtMs: number;
  /** When the dialler ended TCP, or the connection was gone; `undefined` while it is open. */
  readonly endedAtMs: number | undefined;
  /**
   * How the dialler ended TCP; `undefined` while it has not. A RST that comes together with bytes is a `fin` on Node
   * before 24: that is how the runtime tells it.
   */
  readonly endedBy: "fin" | "reset" | undefined;
  /** Text messages of the dialler: the last 1,000, and of these no more than 256 KiB or one. */
  readonly texts: readonly string[];
  /** How many text messages the dialler has sent. */
  readonly textCount: number;
  /** The code of the dialler's close frame; `undefined` while there was none, or it had no code. */
  readonly closeCode: number | undefined;
}

/** What is written down of a connection. */
export class ConnectionRecord implements FaultConnection {
  readonly number: number;
  readonly openedAtMs: number = performance.now();
  readonly texts: string[] = [];
  path = "";
  headers: ReadonlyMap<string, string> = new Map();
  endedAtMs: number | undefined;
  endedBy: "fin" | "reset" | undefined;
  textCount = 0;
  closeCode: number | undefined;
  #textBytes = 0;

  constructor(number: number) {
    this.number = number;
  }

  /** A text message came. */
  addText(text: string): void {
    this.textCount++;
    this.texts.push(text);
    this.#textBytes += Buffer.byteLength(text);
    while (this.texts.length > TEXTS_KEPT || (this.#textBytes > TEXT_BYTES_KEPT && this.texts.length > 1)) {
      this.#textBytes -= Buffer.byteLength(this.texts.shift() ?? "");
    }
  }

  /** The dialler ended TCP, or it is gone in another way. The first end is the one that counts. */
  end(endedBy?: "fin" | "reset"): void {
    if (this.endedAtMs !== undefined) return;
    this.endedAtMs = performance.now();
    this.endedBy = endedBy;
  }
}
