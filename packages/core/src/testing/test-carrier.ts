import type { Clock } from "../clock.ts";
import type { Deliver } from "../socket/memory.ts";
import type { MemoryCarrier } from "../socket/memory-network.ts";

/** The way of a delivery: from the dialler to the listener, or back. */
export type Way = "there" | "back";

/** One delivery, for which a latency is asked: a dial, its answer, a frame, a ping, a close. */
export interface Delivery {
  /** The address that was dialled. */
  readonly address: string;
  /** Towards the listener, or back. */
  readonly way: Way;
}

/** What carriers share: the clock, the latency, and the figures. */
export interface CarrierOptions {
  readonly clock: Clock;
  readonly latencyMs: number | ((delivery: Delivery) => number);
  readonly counts: { delivered: number; lost: number };
  /** Is given each dial when it reaches the listener: the first delivery there. */
  readonly arrived: (address: string, dial: () => void) => void;
}

/** Carries what one dial and its connection deliver: each way in order, with its latency, until it is muted. */
export class TestCarrier implements MemoryCarrier {
  readonly there: Deliver;
  readonly back: Deliver;
  /** The ways in which nothing arrives any more. */
  readonly muted: Set<Way> = new Set();
  readonly #options: CarrierOptions;

  constructor(options: CarrierOptions, address: string) {
    this.#options = options;
    const there = this.#lane({ address, way: "there" });
    let dialled = false;
    this.there = (task) => {
      there(dialled ? task : () => options.arrived(address, task));
      dialled = true;
    };
    this.back = this.#lane({ address, way: "back" });
  }

  #lane(delivery: Delivery): Deliver {
    const { clock, latencyMs, counts } = this.#options;
    const tasks: Array<() => void> = [];
    let latest = 0;
    // A timer takes the oldest task and not its own: whatever the latencies and their rounding, order is kept.
    const arrive = (): void => {
      const task = tasks.shift();
      if (this.muted.has(delivery.way)) counts.lost++;
      else {
        counts.delivered++;
        task?.();
      }
    };
    return (task) => {
      const now = clock.now();
      const delayMs = typeof latencyMs === "number" ? latencyMs : latencyMs(delivery);
      latest = Math.max(latest, now + (Math.max(0, delayMs) || 0));
      tasks.push(task);
      clock.setTimer(arrive, latest - now);
    };
  }
}
