import { isLarger } from "../bytes.ts";
import { Heartbeat, type HeartbeatOwner, type PingOutcome } from "../connection/heartbeat.ts";
import { ScheduledTask } from "../connection/scheduler.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { Frame, Socket, SocketHandler } from "../socket/socket.ts";
import { Flood } from "./flood.ts";
import type { HubMember } from "./hub.ts";
import { RecentMistakes } from "./recent-mistakes.ts";
import { CLOSE_TIMEOUT_MS, type SessionOwner } from "./session-owner.ts";

/** How often within the stall timeout a queue is looked at: progress counts from the look that saw it. */
const LOOKS = 5;

/**
 * One accepted peer, whatever it speaks. It is its own timer, and what few sessions need (topics, mistakes, a flood)
 * is made when it is needed: at ten thousand sockets each object is memory. A protocol extends it with fields of its
 * own, and its server is the {@linkcode SessionOwner}.
 *
 * It is open until one side closes; then the owner is told `sessionEnded`, once, and nothing goes in or out. The
 * socket may stay a little longer: `sessionGone` follows once it is closed, or was given up.
 */
export class Session extends ScheduledTask implements SocketHandler, HeartbeatOwner, HubMember {
  /** Its id, as the protocol gave it. */
  readonly id: string;
  /** What `sendSpliced` puts behind a shared head. */
  tail = "";
  /** What it is in; a {@linkcode Hub} keeps it. */
  topics: Set<string> | undefined;
  protected readonly owner: SessionOwner;
  readonly #socket: Socket;
  #state: "open" | "closing" | "gone" = "open";
  #heartbeat: Heartbeat | undefined;
  #flood: Flood | undefined;
  #mistakes: RecentMistakes | undefined;
  /** When its bucket of messages is full again. */
  #fullAt = 0;
  /** What waited in the socket when it was looked at last, and since when none of it went. */
  #queued = 0;
  #stuckSince = 0;
  #untold: CloseCause | undefined;

  constructor(owner: SessionOwner, id: string, socket: Socket) {
    super();
    this.owner = owner;
    this.id = id;
    this.#socket = socket;
  }

  /** Whether neither side closed it. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** Bytes that the transport has not written yet. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** Begins to ping; `share` (0 to 1) of the interval passes before the first. */
  startHeartbeat(share = 1): void {
    const { heartbeat, scheduler } = this.owner;
    if (!this.open || heartbeat === undefined) return;
    this.#heartbeat ??= new Heartbeat(heartbeat, scheduler, this);
    this.#heartbeat.start(share);
  }

  /** What the protocol takes for a sign of life arrived; nothing else is one. */
  heard(): void {
    this.#heartbeat?.heard();
  }

  /** What it just said was an answer that this side waited for: that costs nothing of its rate. */
  refund(): void {
    this.#fullAt = this.owner.rate.giveBack(this.#fullAt);
  }

  /** One more frame that made no sense: whether it was the last that is borne. */
  mistake(): boolean {
    this.#mistakes ??= new RecentMistakes();
    return this.#mistakes.add(this.owner.scheduler.clock.now(), this.owner.limits.maxMistakes);
  }

  /** Sends a head that many share, with the tail of its own; as `send` otherwise. */
  sendSpliced(head: string): boolean {
    if (!this.#mayTake()) return false;
    const took = this.#socket.sendParts?.(head, this.tail) ?? this.#socket.send(head + this.tail);
    this.#watchQueue();
    return took;
  }

  /**
   * Hands over a frame; returns whether the socket took it. It never calls the owner from inside, so that a fan-out is
   * not interrupted: that a peer is too slow is told in a later turn.
   */
  send(frame: Frame): boolean {
    if (!this.#mayTake()) return false;
    const took = this.#socket.send(frame);
    this.#watchQueue();
    return took;
  }

  /** Closes with any code; a peer that does not answer is dropped 2 s later. */
  close(code: number, reason: string): void {
    if (this.#state !== "open") return;
    this.#beginClose(code, reason);
    this.owner.sessionEnded(this, closedHere(code, reason));
  }

  /** Drops the socket at once; where the runtime cannot, it is closed and forgotten. */
  drop(code: number, reason: string): void {
    if (this.#state === "gone") return;
    const wasOpen = this.open;
    if (this.#socket.terminate !== undefined) this.#socket.terminate();
    else if (wasOpen) this.#socket.close(code, reason);
    this.#end(wasOpen ? closedHere(code, reason) : undefined);
  }

  onFrame(frame: Frame): void {
    if (this.#state !== "open") return;
    const { limits, rate, scheduler } = this.owner;
    const now = scheduler.clock.now();
    const fullAt = rate.take(this.#fullAt, now);
    if (fullAt === undefined) return this.#flooded(now);
    // A flood that is over is told to its end with the next message that is taken.
    if (this.#flood?.mayTell(now)) this.#tellFlood(this.#flood);
    this.#fullAt = fullAt;
    if (isLarger(frame, limits.maxMessageBytes)) {
      return this.close(1009, `A message may have ${limits.maxMessageBytes} bytes`);
    }
    this.owner.sessionFrame(this, frame);
  }

  onPong(): void {
    if (this.open) this.owner.sessionPong?.(this);
  }

  onClose(cause: CloseCause): void {
    this.#end(this.open ? cause : undefined);
  }

  /** Its heartbeat asks for a ping. */
  sendPing(): PingOutcome {
    return this.owner.sessionPing(this);
  }

  /** Its heartbeat got no answer. */
  onMute(message: string): void {
    if (this.open) this.owner.sessionMute(this, message);
  }

  /** Its timer: the end of a close, or the next look at what waits. */
  run(): void {
    if (this.#state === "closing") return this.drop(1000, "");
    if (this.#state === "open") this.#lookWhetherStuck();
  }

  #flooded(now: number): void {
    this.#flood ??= new Flood();
    const verdict = this.#flood.drop(now);
    this.owner.sessionDropped(this);
    if (verdict === "bear") return;
    this.#tellFlood(this.#flood);
    if (verdict === "end") this.close(1008, "Too many messages, for too long");
  }

  #tellFlood(flood: Flood): void {
    const dropped = flood.takeDropped();
    if (dropped > 0) this.owner.sessionFlooded(this, dropped);
  }

  /** Whether it is open, and not too slow. */
  #mayTake(): boolean {
    if (this.#state !== "open") return false;
    this.#lookAtQueue();
    if (this.#queued <= this.owner.limits.maxQueueBytes) return true;
    this.#tooSlow(`${this.#queued} bytes wait for it`);
    return false;
  }

  /** What went since the last look proves that the peer reads: only our own sends make it more. */
  #lookAtQueue(): void {
    const queued = this.#socket.bufferedAmount;
    if (queued < this.#queued) this.#stuckSince = Math.floor(this.owner.scheduler.clock.now());
    this.#queued = queued;
  }

  /** After a send: from the moment that something waits, the peer's reading is watched. */
  #watchQueue(): void {
    const queued = this.#socket.bufferedAmount;
    const began = this.#queued === 0 && queued > 0;
    this.#queued = queued;
    if (!began) return;
    const { scheduler, limits } = this.owner;
    this.#stuckSince = Math.floor(scheduler.clock.now());
    if (!this.armed) scheduler.arm(this, limits.stallTimeoutMs / LOOKS);
  }

  #lookWhetherStuck(): void {
    this.#lookAtQueue();
    if (this.#queued === 0) return;
    const { scheduler, limits } = this.owner;
    const stuckMs = scheduler.clock.now() - this.#stuckSince;
    if (stuckMs >= limits.stallTimeoutMs)
      this.#tooSlow(`nothing of what waits went for ${limits.stallTimeoutMs} ms`);
    else scheduler.arm(this, Math.min(limits.stallTimeoutMs / LOOKS, limits.stallTimeoutMs - stuckMs));
  }

  #tooSlow(how: string): void {
    const reason = `Too slow: ${how}`;
    this.#beginClose(1013, reason);
    this.#untold = closedHere(1013, reason);
    queueMicrotask(() => this.#tellEnd());
  }

  /** Tells an end that was found out inside a send; at the latest before the socket is gone. */
  #tellEnd(): void {
    const cause = this.#untold;
    this.#untold = undefined;
    if (cause !== undefined) this.owner.sessionEnded(this, cause);
  }

  #beginClose(code: number, reason: string): void {
    this.#state = "closing";
    this.#heartbeat?.stop();
    this.#socket.close(code, reason);
    this.owner.scheduler.arm(this, CLOSE_TIMEOUT_MS);
  }

  #end(cause: CloseCause | undefined): void {
    if (this.#state === "gone") return;
    this.#state = "gone";
    this.#heartbeat?.stop();
    this.owner.scheduler.disarm(this);
    if (this.#flood !== undefined) this.#tellFlood(this.#flood);
    this.#untold ??= cause;
    this.#tellEnd();
    this.owner.sessionGone(this);
  }
}

function closedHere(code: number, reason: string): CloseCause {
  return { kind: "local", message: `Closed with ${code}: ${reason}`, code, reason };
}
