import type { Duplex } from "node:stream";
import type { Frame } from "@holdfast/core";
import { sanitiseServerClose } from "@holdfast/core/socket";
import { WebSocket } from "ws";
import { corkForTurn, turnOfLoop, uncorkNow } from "./corked-streams.ts";
import type { HeardWebSocket } from "./heard-web-socket.ts";
import type { OpenSockets } from "./open-sockets.ts";
import { frameOfBytes, frameOfParts, frameOfText } from "./server-frame.ts";
import { WsSocket } from "./ws-socket.ts";

/** How much is held back for the end of a turn. */
const MAX_HELD_BYTES = 262_144;

/**
 * An accepted WebSocket of `ws`. Its data frames are written here, whole and to the stream of the upgrade: ws would write
 * head and payload of each apart, and encode a text anew for each socket. Nothing is compressed, so that the order of
 * these frames and of the control frames that ws writes is that of the calls.
 */
export class AcceptedSocket extends WsSocket {
  readonly #webSocket: HeardWebSocket;
  readonly #stream: Duplex;
  readonly #among: OpenSockets;
  /** The turn in which it was written to last. */
  #wroteIn = -1;

  /**
   * @param webSocket An open one. `handler` must be set in the same turn.
   * @param stream What the `upgrade` event gave.
   * @param among Where it is kept as long as it has not ended.
   */
  constructor(webSocket: HeardWebSocket, stream: Duplex, among: OpenSockets) {
    super(webSocket);
    this.#webSocket = webSocket;
    this.#stream = stream;
    this.#among = among;
    among.add(this);
  }

  /** All of it waits in the stream: nothing is compressed, and what ws writes goes there too. */
  override get bufferedAmount(): number {
    return this.#stream.writableLength;
  }

  override send(frame: Frame): boolean {
    return (
      this.#canWrite && this.#write(typeof frame === "string" ? frameOfText(frame) : frameOfBytes(frame))
    );
  }

  sendParts(head: string, tail: string): boolean {
    return this.#canWrite && this.#write(frameOfParts(head, tail));
  }

  override terminate(): void {
    // What was sent in this turn was sent before the drop.
    uncorkNow(this.#stream);
    super.terminate();
  }

  protected override sendable(code?: number, reason?: string): { code: number; reason: string } {
    return sanitiseServerClose(code, reason);
  }

  protected override ending(): void {
    this.#among.delete(this);
  }

  get #canWrite(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN && this.#stream.writable;
  }

  #write(frame: Buffer): true {
    const turn = turnOfLoop();
    // The first of a turn goes at once; should others follow, they go together.
    if (this.#wroteIn === turn) corkForTurn(this.#stream);
    this.#wroteIn = turn;
    this.#stream.write(frame);
    // Until the system has it, it counts as what a slow reader leaves: a burst in one turn is this side's doing.
    if (this.#stream.writableLength > MAX_HELD_BYTES) uncorkNow(this.#stream);
    return true;
  }
}
