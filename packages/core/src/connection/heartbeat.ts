import { type Scheduler, Timer, type TimerOwner } from "./scheduler.ts";

/**
 * What became of a ping: `sent`; `unable`, because neither the protocol nor the transport has one; `refused`,
 * because the socket takes nothing any more.
 */
export type PingOutcome = "sent" | "unable" | "refused";

/** What a heartbeat needs of its owner. */
export interface HeartbeatOwner {
  /** Sends a ping, past anything that is queued. */
  sendPing(): PingOutcome;
  /** The peer is as good as gone; `message` says why. */
  onMute(message: string): void;
}

/** The pace of a heartbeat, shared by all connections of a manager. */
export interface HeartbeatPace {
  /** A ping is sent this often, in milliseconds. */
  readonly intervalMs: number;
  /** Any frame or pong must come within this time of a ping, in milliseconds. */
  readonly timeoutMs: number;
  /** Where no ping can be sent: any frame must come within this time, in milliseconds. Without it, no verdict. */
  readonly silenceMs?: number | undefined;
}

/** A timer this late proves that our own loop stalled, and nothing about the peer. */
export const STALL_MS = 1_000;

/** How many times in a row a stall may postpone the verdict: a loop that always stalls must not hide a dead peer. */
const MAX_GRACES = 3;

/**
 * Finds out that a peer went mute, within `intervalMs + timeoutMs` of its last sign of life. The window opens
 * when a ping was sent, any inbound frame is a sign of life, and after a stall of our own the peer gets a new ping
 * and a new window.
 */
export class Heartbeat implements TimerOwner {
  readonly #pace: HeartbeatPace;
  readonly #scheduler: Scheduler;
  readonly #owner: HeartbeatOwner;
  readonly #timer = new Timer(this);
  #running = false;
  #heard = false;
  #graces = 0;
  /** When the next ping is due. */
  #pingAt = 0;
  /** When the oldest window without a sign of life closes; `Infinity` while none is open. */
  #verdictAt = Number.POSITIVE_INFINITY;
  #windowMs = 0;

  constructor(pace: HeartbeatPace, scheduler: Scheduler, owner: HeartbeatOwner) {
    this.#pace = pace;
    this.#scheduler = scheduler;
    this.#owner = owner;
  }

  /** Begins; `share` (0 to 1) of the interval passes before the first ping, which spreads a crowd's pings. */
  start(share: number): void {
    this.#running = true;
    this.#graces = 0;
    this.#verdictAt = Number.POSITIVE_INFINITY;
    this.#pingAt = this.#scheduler.clock.now() + share * this.#pace.intervalMs;
    this.#arm();
  }

  /** Ends; nothing of it is left. */
  stop(): void {
    this.#running = false;
    this.#scheduler.disarm(this.#timer);
  }

  /** A frame or a pong arrived. */
  heard(): void {
    this.#heard = true;
  }

  onTimer(_timer: Timer, lateMs: number): void {
    const now = this.#scheduler.clock.now();
    if (this.#heard) {
      this.#verdictAt = Number.POSITIVE_INFINITY;
      this.#graces = 0;
    }
    if (now >= this.#verdictAt) {
      if (lateMs <= Math.min(STALL_MS, this.#windowMs / 2) || this.#graces >= MAX_GRACES) {
        return this.#owner.onMute(`No sign of life for ${this.#windowMs} ms`);
      }
      this.#graces++;
      this.#verdictAt = Number.POSITIVE_INFINITY;
      this.#pingAt = now;
    }
    if (now >= this.#pingAt) this.#ping(now);
    if (this.#running) this.#arm();
  }

  #ping(now: number): void {
    this.#heard = false;
    const outcome = this.#owner.sendPing();
    // Sending it may have led to the end of the connection.
    if (!this.#running) return;
    if (outcome === "refused") return this.#owner.onMute("The socket takes no more frames");
    const { intervalMs, timeoutMs, silenceMs = Number.POSITIVE_INFINITY } = this.#pace;
    this.#pingAt = now + intervalMs;
    this.#windowMs = outcome === "sent" ? timeoutMs : silenceMs;
    this.#verdictAt = Math.min(this.#verdictAt, now + this.#windowMs);
  }

  #arm(): void {
    this.#scheduler.arm(this.#timer, Math.min(this.#pingAt, this.#verdictAt) - this.#scheduler.clock.now());
  }
}
