import { Timer } from "../../connection/scheduler.ts";
import { Session } from "../../server/session.ts";
import type { SessionOwner } from "../../server/session-owner.ts";
import type { Socket } from "../../socket/socket.ts";
import { type CatchingUp, CatchUp, type Replayed } from "./catch-up.ts";
import { tailOf } from "./frames.ts";

/** How somebody wants to listen. */
export interface ListenRequest {
  readonly channel: string;
  /** JSON text, of at most 4 KiB. */
  readonly presence: string;
  /** The event to resume after. */
  readonly since: string | undefined;
  /** The peer's IP address. */
  readonly peer: string | undefined;
  /** How long it may stay, in milliseconds. */
  readonly leaveMs: number | undefined;
}

/** One who listens to a channel. */
export class Listener extends Session implements CatchingUp {
  readonly request: ListenRequest;
  /** What others see of it, as JSON text. */
  presence: string;
  /** Why it is leaving, in one sentence; where it is known before its end. */
  why: string | undefined;
  #latency = 0;
  /** When the ping was sent that is not answered yet. */
  #pingedAt: number | undefined;
  #catchUp: CatchUp | undefined;
  #replayed: Replayed | undefined;
  #leave: Timer | undefined;

  constructor(owner: SessionOwner, id: string, socket: Socket, request: ListenRequest) {
    super(owner, id, socket);
    this.request = request;
    this.presence = request.presence;
    this.tail = tailOf(id, 0);
  }

  get channel(): string {
    return this.request.channel;
  }

  /** The last ping's round trip in whole milliseconds, 0 before the first. */
  get latency(): number {
    return this.#latency;
  }

  override sendSpliced(head: string): boolean {
    if (this.#catchUp !== undefined) return this.open && this.#catchUp.hold(head);
    if (this.#replayed !== undefined && this.#wasReplayed(this.#replayed, head)) return false;
    return super.sendSpliced(head);
  }

  sendNow(head: string): boolean {
    return super.sendSpliced(head);
  }

  /** Sends what is said before a close: once CONNECTED is out it waits for nothing, for what waits is never sent then. */
  sendLast(head: string): boolean {
    return this.#catchUp?.begun === true ? this.sendNow(head) : this.sendSpliced(head);
  }

  /** From now on everything waits until history is there. */
  holdBack(): void {
    this.#catchUp = new CatchUp(this.owner.scheduler, this, this.owner.limits.maxQueueBytes);
  }

  /** History is there: it goes first, and what waited follows. */
  resume(connected: string, history: readonly string[], severalServers: boolean): void {
    if (!this.open) return;
    this.startHeartbeat();
    const replayed = this.#catchUp?.begin(connected, history);
    if (severalServers) this.#replayed = replayed;
  }

  caughtUp(): void {
    this.#catchUp = undefined;
  }

  overwhelmed(characters: number): void {
    this.why = `Too slow: ${characters} characters came while history was read`;
    // In a later turn: a fan-out must not be interrupted.
    queueMicrotask(() => this.close(1013, this.why ?? ""));
  }

  /** A ping goes out now. */
  pinged(): void {
    this.#pingedAt = this.owner.scheduler.clock.now();
  }

  /** A `PONG` came; one that nobody asked for says nothing. */
  ponged(): void {
    if (this.#pingedAt === undefined) return;
    this.heard();
    this.refund();
    this.#latency = Math.round(this.owner.scheduler.clock.now() - this.#pingedAt);
    this.#pingedAt = undefined;
    this.tail = tailOf(this.id, this.#latency);
  }

  /** Its leave ends so long from now. */
  leaveIn(ms: number, expired: () => void): void {
    this.#leave = new Timer({ onTimer: expired });
    this.owner.scheduler.arm(this.#leave, ms);
  }

  /** It is no peer any more: its timers go. */
  ended(): void {
    this.#catchUp?.stop();
    if (this.#leave !== undefined) this.owner.scheduler.disarm(this.#leave);
  }

  #wasReplayed(replayed: Replayed, head: string): boolean {
    if (this.owner.scheduler.clock.now() >= replayed.until) this.#replayed = undefined;
    return replayed.has(head);
  }
}
