import type { Clock, Random, TimerHandle } from "@holdfast/core";
import type { TeamId } from "@holdfast/core/rtm";
import { pick } from "./pick.ts";

/** What traffic needs. */
export interface TrafficOptions {
  /** Messages a second over all teams. */
  readonly rate: number;
  readonly teams: readonly TeamId[];
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Runs a task after the transport has read what the kernel has for it, and in the same turn of the loop. What
   * was read last decides which sockets are open; sending right after that, a socket that its client has closed
   * takes nothing, even if this process stalled meanwhile.
   */
  readonly afterReading: (task: () => void) => void;
  send(teamId: TeamId, text: string): void;
}

const TICK_MS = 20;
/** After a stall at most this much is made up for, in seconds. */
const MAX_ELAPSED = 1;

/** About every fifth has `props` in it; some only look as if they had. */
const TEXTS: readonly string[] = [
  "props for the deploy",
  "big props to the night shift",
  "unpropsed, and still counted",
  "the build is green again",
  "who broke the build?",
  "lunch?",
  "Props with a capital are none",
  "PROPS in capitals are none",
  "prop s apart are none",
  "shipping it now",
  "rolling back",
  "déjà vu: the same alert",
  "naïve café ☕ says hi",
  "deploy finished in 42 s",
  "standup in five minutes",
];

/** Messages to random teams at a steady rate. */
export class Traffic {
  readonly #options: TrafficOptions;
  #timer: TimerHandle | undefined;
  #tickedAt = 0;
  #owed = 0;
  #count = 0;
  #running = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running || this.#options.teams.length === 0) return;
    this.#running = true;
    this.#tickedAt = this.#options.clock.now();
    this.#arm();
  }

  /** Nothing is sent after this. */
  stop(): void {
    this.#running = false;
    this.#options.clock.clearTimer(this.#timer);
  }

  #arm(): void {
    this.#timer = this.#options.clock.setTimer(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const { clock, rate, afterReading } = this.#options;
    const now = clock.now();
    this.#owed += rate * Math.min(MAX_ELAPSED, (now - this.#tickedAt) / 1000);
    this.#tickedAt = now;
    afterReading(() => this.#send());
    this.#arm();
  }

  #send(): void {
    const { teams, random, send } = this.#options;
    for (; this.#running && this.#owed >= 1; this.#owed--) {
      send(pick(teams, random), `${pick(TEXTS, random)} #${++this.#count}`);
    }
  }
}
