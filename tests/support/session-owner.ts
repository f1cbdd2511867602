import type { PingOutcome } from "../../packages/core/src/connection/heartbeat.ts";
import { Scheduler } from "../../packages/core/src/connection/scheduler.ts";
import { type ServerLimits, serverLimits } from "../../packages/core/src/server/limits.ts";
import { RateLimit } from "../../packages/core/src/server/rate-limit.ts";
import type { Session } from "../../packages/core/src/server/session.ts";
import type { SessionOwner } from "../../packages/core/src/server/session-owner.ts";
import type { CloseCause } from "../../packages/core/src/socket/close-cause.ts";
import type { Frame, Socket } from "../../packages/core/src/socket/socket.ts";
import type { ManualClock } from "../../packages/core/src/testing/mod.ts";

/** A socket whose queue a test fills and empties; it never says that it closed. */
export class FakeSocket implements Socket {
  bufferedAmount = 0;
  /** What of each frame the transport does not write at once. */
  keeps = false;
  readonly sent: Frame[] = [];
  readonly closes: Array<readonly [number | undefined, string | undefined]> = [];
  terminated = 0;

  send(frame: Frame): boolean {
    this.sent.push(frame);
    if (this.keeps) this.bufferedAmount += frame.length;
    return true;
  }

  close(code?: number, reason?: string): void {
    this.closes.push([code, reason]);
  }

  terminate(): void {
    this.terminated++;
  }
}

/** A runtime that cannot drop a socket. */
export class StubbornSocket extends FakeSocket {
  override terminate = undefined as unknown as () => void;
}

/** A server that notes what its sessions tell, and closes those that are mute. */
export class NotingOwner implements SessionOwner {
  readonly told: unknown[][] = [];
  /** Messages over the rate. */
  dropped = 0;
  readonly scheduler: Scheduler;
  readonly limits: ServerLimits;
  readonly heartbeat: SessionOwner["heartbeat"];
  readonly rate: RateLimit;

  constructor(clock: ManualClock, limits: Partial<ServerLimits> = {}) {
    this.scheduler = new Scheduler(clock);
    this.limits = serverLimits(limits);
    this.heartbeat = { intervalMs: this.limits.pingIntervalMs, timeoutMs: this.limits.pongTimeoutMs };
    this.rate = new RateLimit(this.limits.messagesPerSecond, this.limits.messageBurst);
  }

  /** What was told under a name. */
  of(name: string): unknown[][] {
    return this.told.filter(([told]) => told === name);
  }

  sessionFrame(_: Session, frame: Frame): void {
    this.told.push(["frame", frame]);
  }

  sessionPong(): void {
    this.told.push(["pong"]);
  }

  sessionPing(_: Session): PingOutcome {
    this.told.push(["ping"]);
    return "sent";
  }

  sessionMute(session: Session): void {
    this.told.push(["mute"]);
    session.close(4408, "No answer");
  }

  sessionDropped(): void {
    this.dropped++;
  }

  sessionFlooded(_: Session, dropped: number): void {
    this.told.push(["flooded", dropped]);
  }

  sessionEnded(_: Session, { kind, code }: CloseCause): void {
    this.told.push(["ended", kind, code]);
  }

  sessionGone(): void {
    this.told.push(["gone"]);
  }
}
