import type { Frame, Socket } from "../socket/socket.ts";
import { type Entry, Outbox } from "./outbox.ts";
import { Timer, type TimerOwner } from "./scheduler.ts";
import type { LinkSettings } from "./settings.ts";

/** What became of a message: handed to the socket, kept for later, or refused and not sent. */
export type SendOutcome = "sent" | "queued" | "rejected";

/** How a message is to be sent. */
export interface SendOptions {
  /** Goes to the socket past everything that is queued, and is never kept. @default false */
  urgent?: boolean;
  /** May be sent on the next connection when the one it was meant for is lost first. @default false */
  replay?: boolean;
}

/** An attempt with an open socket, and whether it has made the connection ready. */
export interface OpenAttempt {
  readonly attempt: { readonly id: number };
  readonly socket: Socket;
  readonly ready: boolean;
}

/** What a sender needs of its connection. */
export interface SenderOwner {
  readonly settings: LinkSettings;
  /** The attempt whose socket is open now. */
  readonly open: OpenAttempt | undefined;
  /** Whether messages may still be kept for later. */
  readonly ended: boolean;
  /** Hands a frame to the socket; false when it takes none. */
  write(frame: Frame): boolean;
  dropped(count: number, why: string): void;
}

/** How often a full transport buffer is looked at, in milliseconds. */
const DRAIN_MS = 20;
const ATTEMPT_GONE = "the connection they were meant for is gone";

/** The way out of one connection: straight to the socket while there is room, and else through a bounded outbox. */
export class Sender implements TimerOwner {
  readonly #owner: SenderOwner;
  #outbox: Outbox | undefined;
  #timer: Timer | undefined;

  constructor(owner: SenderOwner) {
    this.#owner = owner;
  }

  /** How many messages wait. */
  get queued(): number {
    return this.#outbox?.size ?? 0;
  }

  /** Sends a frame, or keeps it; `tag` is what a kept one can be withdrawn by. */
  send(frame: Frame, { replay = false }: SendOptions, tag?: object): SendOutcome {
    const { open, ended } = this.#owner;
    const { outbox } = this.#owner.settings;
    const ready = open?.ready === true;
    if (ready && this.queued === 0 && this.#hasRoom() && this.#owner.write(frame)) return "sent";
    if (ended || (!ready && outbox.policy === "reject")) return "rejected";
    this.#outbox ??= new Outbox(outbox);
    const gaveWay = this.#outbox.add(frame, ready && !replay ? open.attempt.id : 0, tag);
    if (gaveWay > 0) this.#owner.dropped(gaveWay, "the outbox was full");
    if (gaveWay < 0) return "rejected";
    if (ready) this.#drainLater();
    return "queued";
  }

  /** Sends what waits, in order, as far as the socket takes it. */
  drain(): void {
    const lost = this.#outbox?.flush((frame) => this.#hasRoom() && this.#owner.write(frame)) ?? 0;
    if (lost > 0) this.#owner.dropped(lost, ATTEMPT_GONE);
    if (this.queued > 0 && this.#owner.open?.ready) this.#drainLater();
  }

  /** The attempt is gone, and so is what was meant for it alone. */
  lose(attempt: number): void {
    if (this.#timer !== undefined) this.#owner.settings.scheduler.disarm(this.#timer);
    const unsent = this.#outbox?.forget(attempt) ?? 0;
    if (unsent > 0) this.#owner.dropped(unsent, ATTEMPT_GONE);
  }

  /** Gives away what waits for whichever connection is next. */
  handOver(): Entry[] {
    return this.#outbox?.takeReplayable() ?? [];
  }

  /** Takes over what waited on another link, and sends it as soon as it can. */
  adopt(entries: readonly Entry[]): void {
    this.#outbox ??= new Outbox(this.#owner.settings.outbox);
    const refused = entries.filter(({ frame, tag }) => (this.#outbox?.add(frame, 0, tag) ?? -1) < 0).length;
    if (refused > 0) this.#owner.dropped(refused, "the outbox was full");
    if (this.#owner.open?.ready) this.drain();
  }

  /** Takes back a frame that is still kept. */
  withdraw(tag: object): void {
    this.#outbox?.withdraw(tag);
  }

  /** The connection is closed for good. */
  close(): void {
    const unsent = this.#outbox?.clear() ?? 0;
    if (unsent > 0) this.#owner.dropped(unsent, "the connection was closed");
  }

  onTimer(): void {
    this.drain();
  }

  #hasRoom(): boolean {
    const buffered = this.#owner.open?.socket.bufferedAmount ?? Number.POSITIVE_INFINITY;
    return buffered <= this.#owner.settings.outbox.highWaterBytes;
  }

  #drainLater(): void {
    this.#timer ??= new Timer(this);
    if (!this.#timer.armed) this.#owner.settings.scheduler.arm(this.#timer, DRAIN_MS);
  }
}
