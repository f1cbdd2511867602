import { ScheduledTask, type Scheduler } from "./scheduler.ts";

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

/** No time of a heartbeat. */
const NEVER = -(2 ** 30);

/** The longest step of the grid on which a crowd's pings and verdicts fall together, in milliseconds. */
const MAX_STEP_MS = 100;

/**
 * Finds out that a peer went mute, within `intervalMs + timeoutMs` of its last sign of life. The window opens
 * when a ping was sent, any inbound frame is a sign of life, and after a stall of our own the peer gets a new ping
 * and a new window.
 *
 * All times are rounded down to a grid whose step is a hundredth of the pace, 100 ms at most: thousands of heartbeats
 * wake the loop ten times a second then, and not once for each ping and each verdict.
 */
export class Heartbeat extends ScheduledTask {
  readonly #pace: HeartbeatPace;
  readonly #scheduler: Scheduler;
  readonly #owner: HeartbeatOwner;
  #running = false;
  #heard = false;
  #graces = 0;
  /** When the next ping is due. */
  #pingAt = 0;
  /** When the oldest window without a sign of life closes. */
  #verdictAt = NEVER;
  #windowMs = 0;

  constructor(pace: HeartbeatPace, scheduler: Scheduler, owner: HeartbeatOwner) {
    super();
    this.#pace = pace;
    this.#scheduler = scheduler;
    this.#owner = owner;
  }

  /** Begins; `share` (0 to 1) of the interval passes before the first ping, which spreads a crowd's pings. */
  start(share: number): void {
    this.#running = true;
    this.#graces = 0;
    this.#verdictAt = NEVER;
    this.#pingAt = this.#onGrid(share * this.#pace.intervalMs);
    this.#arm();
  }

  /** Ends; nothing of it is left. */
  stop(): void {
    this.#running = false;
    this.#scheduler.disarm(this);
  }

  /** A frame or a pong arrived. */
  heard(): void {
    this.#heard = true;
  }

  run(lateMs: number): void {
    const now = this.#scheduler.clock.now();
    if (this.#heard) {
      this.#verdictAt = NEVER;
      this.#graces = 0;
    }
    if (this.#verdictAt !== NEVER && now >= this.#verdictAt) {
      if (lateMs <= Math.min(STALL_MS, this.#windowMs / 2) || this.#graces >= MAX_GRACES) {
        return this.#owner.onMute(`No sign of life for ${this.#windowMs} ms`);
      }
      this.#graces++;
      this.#verdictAt = NEVER;
      this.#pingAt = Math.floor(now);
    }
    if (now >= this.#pingAt) this.#ping();
    if (this.#running) this.#arm();
  }

  #ping(): void {
    this.#heard = false;
    const outcome = this.#owner.sendPing();
    // Sending it may have led to the end of the connection.
    if (!this.#running) return;
    if (outcome === "refused") return this.#owner.onMute("The socket takes no more frames");
    const { intervalMs, timeoutMs, silenceMs } = this.#pace;
    this.#pingAt = this.#onGrid(intervalMs);
    const windowMs = outcome === "sent" ? timeoutMs : silenceMs;
    // Without a ping and a limit on silence there is no verdict.
    if (windowMs === undefined) return;
    const verdictAt = this.#onGrid(windowMs);
    // An older window that is still open may close first; one of silence need not.
    if (this.#verdictAt !== NEVER && this.#verdictAt <= verdictAt) return;
    this.#windowMs = windowMs;
    this.#verdictAt = verdictAt;
  }

  /** So long from now, or a little less. */
  #onGrid(delayMs: number): number {
    const { intervalMs, timeoutMs, silenceMs = timeoutMs } = this.#pace;
    const pace = Math.min(intervalMs, timeoutMs, silenceMs);
    const step = Math.max(1, Math.min(MAX_STEP_MS, Math.floor(pace / 100)));
    const now = this.#scheduler.clock.now();
    return Math.max(Math.ceil(now), Math.floor((now + delayMs) / step) * step);
  }

  #arm(): void {
    const { now } = this.#scheduler.clock;
    const at = this.#verdictAt === NEVER ? this.#pingAt : Math.min(this.#pingAt, this.#verdictAt);
    // Rounded here, and not after a second look at the clock, which would make it a millisecond more.
    this.#scheduler.arm(this, Math.floor(at - now()));
  }
}
