import {
  Heartbeat,
  type HeartbeatOwner,
  type HeartbeatPace,
  type PingOutcome,
} from "../connection/heartbeat.ts";
import { Replies, type ReplyOptions } from "../connection/replies.ts";
import { type Scheduler, Timer } from "../connection/scheduler.ts";
import { HoldfastError } from "../errors.ts";
import type { Receiver } from "../protocol/receiver.ts";
import type { Frame, Socket, SocketHandler } from "../socket/socket.ts";
import type { TeamId, TeamStats } from "./messages.ts";
import type { RtmClient } from "./server-options.ts";

/** What a session needs of the server it belongs to. */
export interface SessionOwner {
  readonly scheduler: Scheduler;
  readonly heartbeat: HeartbeatPace | undefined;
  readonly maxBufferedBytes: number;
  readonly healthcheckTimeoutMs: number;
  readonly receiver: Receiver<Session>;
  sessionEnded(session: Session): void;
  sessionDropped(session: Session, why: string): void;
}

/** One accepted socket: what it says goes to the server's receiver, and it must not go mute or stop reading. */
export class Session implements SocketHandler, HeartbeatOwner {
  /** The team, or `undefined` for a global connection. */
  readonly teamId: TeamId | undefined;
  protected readonly owner: SessionOwner;
  readonly #socket: Socket;
  readonly #heartbeat: Heartbeat | undefined;
  #farewell: Timer | undefined;
  #open = true;

  constructor(owner: SessionOwner, socket: Socket, teamId?: TeamId) {
    this.owner = owner;
    this.#socket = socket;
    this.teamId = teamId;
    if (owner.heartbeat === undefined) return;
    this.#heartbeat = new Heartbeat(owner.heartbeat, owner.scheduler, this);
    this.#heartbeat.start(1);
  }

  /** Whether the socket has not ended. */
  get open(): boolean {
    return this.#open;
  }

  /** Hands over a frame; a client that does not read is dropped. Returns whether the socket took it. */
  send(frame: Frame): boolean {
    if (!this.#open) return false;
    if (this.#socket.bufferedAmount > this.owner.maxBufferedBytes) {
      this.drop("it did not read what it was sent");
      return false;
    }
    return this.#socket.send(frame);
  }

  /** Begins to close. */
  close(code: number, reason: string): void {
    if (this.#open) this.#socket.close(code, reason);
  }

  /** Drops the socket, or closes it where the runtime cannot drop one. */
  drop(why: string): void {
    if (!this.#open) return;
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close(1000, why);
    this.#end();
    this.owner.sessionDropped(this, why);
  }

  /** Gives the client this long to close, in milliseconds, and then drops it. */
  dropAfter(delayMs: number, why: string): void {
    if (!this.#open || this.#farewell !== undefined) return;
    this.#farewell = new Timer({ onTimer: () => this.drop(why) });
    this.owner.scheduler.arm(this.#farewell, delayMs);
  }

  onFrame(frame: Frame): void {
    this.#heartbeat?.heard();
    if (this.#open) this.owner.receiver.receive(this, frame);
  }

  onPong(): void {
    this.#heartbeat?.heard();
  }

  onClose(): void {
    this.#end();
  }

  sendPing(): PingOutcome {
    if (this.#socket.ping === undefined) return "unable";
    this.#socket.ping();
    return "sent";
  }

  onMute(message: string): void {
    this.drop(message);
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#heartbeat?.stop();
    if (this.#farewell !== undefined) this.owner.scheduler.disarm(this.#farewell);
    this.owner.sessionEnded(this);
  }
}

/** A global connection. */
export class GlobalSession extends Session implements RtmClient {
  readonly id: number;
  readonly #replies: Replies;
  #asked: Promise<TeamStats[]> | undefined;

  constructor(owner: SessionOwner, socket: Socket, id: number) {
    super(owner, socket);
    this.id = id;
    this.#replies = new Replies(owner.scheduler);
  }

  healthcheck({
    timeoutMs = this.owner.healthcheckTimeoutMs,
    signal,
  }: ReplyOptions = {}): Promise<TeamStats[]> {
    if (this.#asked !== undefined) return this.#asked;
    const asked = this.#replies.expect<TeamStats[]>("healthcheck", timeoutMs, signal).finally(() => {
      this.#asked = undefined;
    });
    asked.catch(() => {});
    this.#asked = asked;
    if (!this.send(JSON.stringify({ type: "healthcheck" }))) this.#fail("its socket is closing");
    return asked;
  }

  /** An answer; one that nobody asked for is ignored. */
  answered(stats: TeamStats[]): void {
    this.#replies.resolve("healthcheck", stats);
  }

  override onClose(): void {
    super.onClose();
    this.#fail("its connection ended");
  }

  override drop(why: string): void {
    super.drop(why);
    this.#fail(why);
  }

  #fail(why: string): void {
    this.#replies.failAll(
      new HoldfastError("connection-lost", `Client ${this.id} gave no healthcheck: ${why}`),
    );
  }
}
