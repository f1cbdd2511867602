import { monitorEventLoopDelay } from "node:perf_hooks";

/** What became of the loop in a stretch of time. */
export interface Stalls {
  /** The longest time the loop was not free, in milliseconds. */
  readonly worstMs: number;
  /**
   * The most processor time this process used between two looks 1 ms apart or more: what a stall is without the time in
   * which the machine was busy with something else.
   */
  readonly worstBusyMs: number;
}

/** Watches the loop from now until it is asked. */
export class StallWatch {
  readonly #loop = monitorEventLoopDelay({ resolution: 1 });
  readonly #look: NodeJS.Timeout;
  #used = usedMs();
  #worstBusyMs = 0;

  constructor() {
    this.#loop.enable();
    this.#look = setInterval(() => {
      const used = usedMs();
      this.#worstBusyMs = Math.max(this.#worstBusyMs, used - this.#used);
      this.#used = used;
    }, 1);
  }

  end(): Stalls {
    this.#loop.disable();
    clearInterval(this.#look);
    return { worstMs: this.#loop.max / 1e6, worstBusyMs: this.#worstBusyMs };
  }
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
