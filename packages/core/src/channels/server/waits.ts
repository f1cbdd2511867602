import { type Scheduler, Timer } from "../../connection/scheduler.ts";
import { HoldfastError } from "../../errors.ts";

/** Waits for promises of others, such as a user's hook or a store, that may never settle: each has its time. */
export class Waits {
  readonly #scheduler: Scheduler;
  readonly #ends = new Set<(error: HoldfastError) => void>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * What a promise gives, if it does so in time. What it does later is ignored; that it rejects later, too.
   *
   * @param what Begins the error's message, such as `Hook authorize`.
   * @throws {HoldfastError} `timeout`, or `closed` where the server ended first
   */
  within<Value>(timeoutMs: number, what: string, promise: PromiseLike<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const end = (error: HoldfastError): void => {
        settled();
        reject(error);
      };
      const timer = new Timer({
        onTimer: () => end(new HoldfastError("timeout", `${what} gave no answer within ${timeoutMs} ms`)),
      });
      const settled = (): void => {
        this.#scheduler.disarm(timer);
        this.#ends.delete(end);
      };
      this.#ends.add(end);
      this.#scheduler.arm(timer, timeoutMs);
      promise.then(settled, settled);
      promise.then(resolve, reject);
    });
  }

  /** Ends all that wait. */
  endAll(): void {
    for (const end of [...this.#ends]) end(new HoldfastError("closed", "The server is closed"));
  }
}
