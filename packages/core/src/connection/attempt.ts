import { messageOf } from "../errors.ts";
import { type CloseCause, causeOfRejection } from "../socket/close-cause.ts";
import type { Frame, Socket, SocketFactory, SocketHandler } from "../socket/socket.ts";
import type { Destination } from "./destination.ts";

/** What an attempt needs of the connection it belongs to. */
export interface AttemptOwner {
  /** The address of this attempt and what goes with it; may reject. */
  destination(attempt: Attempt, signal: AbortSignal): Promise<Destination>;
  /**
   * Calls `dial`, which must not throw, in the very instant when it is this attempt's turn; never, when it is abandoned
   * before: a promise later a stall may have brought it nearer to the next one.
   */
  turn(attempt: Attempt, dial: () => Promise<Socket>): Promise<Socket>;
  attemptOpened(attempt: Attempt): void;
  attemptHeard(attempt: Attempt, frame: Frame | undefined): void;
  attemptLost(attempt: Attempt, cause: CloseCause): void;
}

/** What is left of attempts that were abandoned, over all connections of a manager. */
export interface Leftovers {
  /** Sockets that were closed and could not be dropped, and have not ended yet. */
  abandoned: number;
  /** Frames that came from attempts that were already abandoned. */
  lateFrames: number;
}

/** How many frames may come between the opening of a socket and its promise's reaction. */
const MAX_EARLY = 4096;

/**
 * One dial and the socket that came of it. It has an identity, owns its socket, and can be abandoned at any
 * moment: from then on nothing it says reaches the connection, and a socket that opens late is dropped.
 */
export class Attempt implements SocketHandler {
  /** The identity that the lifecycle knows it by. */
  readonly id: number;
  #owner: AttemptOwner | undefined;
  readonly #leftovers: Leftovers;
  #socket: Socket | undefined;
  #dial: AbortController | undefined = new AbortController();
  #early: Frame[] | undefined;
  #ended: CloseCause | undefined;
  #counted = false;

  constructor(id: number, owner: AttemptOwner, leftovers: Leftovers) {
    this.id = id;
    this.#owner = owner;
    this.#leftovers = leftovers;
  }

  /** The connection it belongs to, as long as it is not abandoned. */
  get owner(): AttemptOwner | undefined {
    return this.#owner;
  }

  /** The open socket, as long as the attempt is not abandoned. */
  get socket(): Socket | undefined {
    return this.#owner === undefined ? undefined : this.#socket;
  }

  /** Finds the address and dials it. What comes of it is told to the owner. */
  async dial(factory: SocketFactory): Promise<void> {
    const { signal } = this.#dial as AbortController;
    try {
      const destination = await this.#owner?.destination(this, signal);
      if (destination === undefined || this.#owner === undefined) return;
      const { address, options } = destination;
      this.#opened(await this.#owner.turn(this, async () => factory(address, this, { ...options, signal })));
    } catch (error) {
      this.#dial = undefined;
      this.#owner?.attemptLost(this, causeOfRejection(error));
    }
  }

  /** Hands a frame to the socket; false when it takes none any more. */
  send(frame: Frame): boolean {
    try {
      return this.socket?.send(frame) === true;
    } catch {
      return false;
    }
  }

  /** Begins to close the socket; what still arrives is still told. */
  close(code: number, reason: string): void {
    try {
      this.#socket?.close(code, reason);
    } catch (error) {
      const message = `Close failed: ${messageOf(error)}`;
      this.#owner?.attemptLost(this, { kind: "abnormal", message, error });
    }
  }

  /** Lets go of it at once. */
  abandon(): void {
    this.#owner = undefined;
    this.#early = undefined;
    this.#dial?.abort();
    this.#dial = undefined;
    if (this.#socket !== undefined && this.#ended === undefined) this.#drop(this.#socket);
  }

  onFrame(frame: Frame): void {
    if (this.#owner === undefined) this.#leftovers.lateFrames++;
    else if (this.#socket !== undefined && this.#early === undefined) this.#owner.attemptHeard(this, frame);
    else this.#keep(frame);
  }

  #keep(frame: Frame): void {
    this.#early ??= [];
    if (this.#early.length < MAX_EARLY) this.#early.push(frame);
    else this.#leftovers.lateFrames++;
  }

  onPong(): void {
    if (this.#socket !== undefined) this.#owner?.attemptHeard(this, undefined);
  }

  onClose(cause: CloseCause): void {
    if (this.#ended !== undefined) return;
    this.#ended = cause;
    if (this.#counted) this.#leftovers.abandoned--;
    if (this.#socket !== undefined && this.#early === undefined) this.#owner?.attemptLost(this, cause);
  }

  #opened(socket: Socket): void {
    this.#socket = socket;
    this.#dial = undefined;
    if (this.#owner === undefined) {
      if (this.#ended === undefined) this.#drop(socket);
      return;
    }
    const early = this.#early;
    this.#owner.attemptOpened(this);
    for (const frame of early ?? []) this.#owner?.attemptHeard(this, frame);
    this.#early = undefined;
    if (this.#ended !== undefined) this.#owner?.attemptLost(this, this.#ended);
  }

  #drop(socket: Socket): void {
    try {
      if (socket.terminate !== undefined) return socket.terminate();
      this.#counted = true;
      this.#leftovers.abandoned++;
      socket.close();
    } catch {
      // It is abandoned: nothing that it does matters any more.
    }
  }
}
