import type { Clock } from "@holdfast/core";
import type { ChannelHealth } from "@holdfast/core/channels";

/** Looks at whether all parts work: for several who ask at once, and not more often than it is told to. */
export class HealthLook {
  readonly #health: () => Promise<ChannelHealth>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #intervalMs: number;
  #answer: Promise<ChannelHealth> | undefined;
  #until = 0;

  constructor(health: () => Promise<ChannelHealth>, clock: Clock, timeoutMs: number, intervalMs: number) {
    this.#health = health;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#intervalMs = intervalMs;
  }

  /** Never rejects, and is there in time. */
  now(): Promise<ChannelHealth> {
    if (this.#answer !== undefined && this.#clock.now() < this.#until) return this.#answer;
    // While one look is under way there is no other.
    this.#until = Number.POSITIVE_INFINITY;
    this.#answer = this.#look().finally(() => {
      this.#until = this.#clock.now() + this.#intervalMs;
    });
    return this.#answer;
  }

  async #look(): Promise<ChannelHealth> {
    let timer: unknown;
    const late = new Promise<ChannelHealth>((resolve) => {
      const tell = (): void => resolve(unknown(`no answer within ${this.#timeoutMs} ms`));
      timer = this.#clock.setTimer(tell, this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#health(), late]);
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error));
    } finally {
      this.#clock.clearTimer(timer);
    }
  }
}

function unknown(error: string): ChannelHealth {
  return { status: "degraded", backplane: { ok: false, error }, store: { ok: false, error } };
}
