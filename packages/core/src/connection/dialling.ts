import { type Clock, systemClock } from "../clock.ts";
import { clip } from "../errors.ts";
import type { Leftovers } from "./attempt.ts";
import { DialGate, type DialLimits } from "./dial-gate.ts";
import { HostNames } from "./host-names.ts";
import { Scheduler } from "./scheduler.ts";

/** One gate and one scheduler, shared by everything that dials on behalf of one program. */
export interface Dialling {
  /** Connections that wait for a slot. */
  readonly waiting: number;
  /** Attempts under way. */
  readonly dialing: number;
  /** Timers armed. */
  readonly timers: number;
}

/** What there is to say about a dialling. */
export interface DiallingOptions {
  /** Whose time paces the dials and drives the timers. @default the host's monotonic clock */
  clock?: Clock;
  /** How fast to dial. @default 200 a second, 100 at once */
  dials?: DialLimits;
}

/** A {@linkcode Dialling} with its parts, for the rooms that work with them. */
export class SharedDialling implements Dialling {
  readonly scheduler: Scheduler;
  readonly gate: DialGate;
  readonly leftovers: Leftovers = { abandoned: 0, lateFrames: 0 };
  readonly hosts: HostNames = new HostNames();

  /** @throws {RangeError | TypeError} for an option out of its bounds. */
  constructor({ clock, dials }: DiallingOptions) {
    this.scheduler = new Scheduler(clockOption(clock));
    this.gate = new DialGate(this.scheduler, dials);
  }

  get waiting(): number {
    return this.gate.waiting;
  }

  get dialing(): number {
    return this.gate.dialing;
  }

  get timers(): number {
    return this.scheduler.size;
  }
}

/**
 * One gate and one scheduler for several connections and managers: they dial at one pace, and are one program to
 * a host that says "later".
 *
 * @throws {RangeError | TypeError} for an option out of its bounds.
 * @example
 * ```ts
 * import { createConnectionManager, createDialling, webSocket } from "@holdfast/core";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * const dialling = createDialling({ dials: { rate: 50, concurrency: 20 } });
 * const manage = (host: string) =>
 *   createConnectionManager({
 *     protocol: teamProtocol,
 *     socket: webSocket(),
 *     url: (team: number) => `ws://${host}/team/${team}`,
 *     dialling,
 *   });
 * const [first, second] = [manage("localhost:8080"), manage("localhost:8081")];
 * ```
 */
export function createDialling(options: DiallingOptions = {}): Dialling {
  return new SharedDialling(options);
}

/** The dialling that options ask for: a shared one, or one of their own. @throws {TypeError | RangeError} */
export function diallingOption(options: DiallingOptions & { dialling?: Dialling }): SharedDialling {
  const { dialling } = options;
  if (dialling === undefined) return new SharedDialling(options);
  // By its parts and not by `instanceof`: two copies of this package can be loaded.
  const shared = dialling as SharedDialling;
  if (shared.gate === undefined || shared.scheduler === undefined) {
    throw new TypeError(`Option dialling must come from createDialling: got ${clip(dialling, 80)}`);
  }
  return shared;
}

function clockOption(clock: Clock | undefined): Clock {
  if (clock === undefined) return systemClock;
  if (
    typeof clock !== "object" ||
    clock === null ||
    typeof clock.now !== "function" ||
    typeof clock.setTimer !== "function"
  ) {
    throw new TypeError(`Option clock must have now, setTimer and clearTimer: got ${clip(clock, 80)}`);
  }
  return clock;
}
