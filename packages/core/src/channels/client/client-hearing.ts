import { isThenable } from "../../deferred.ts";
import type { Listener } from "../../emitter.ts";

/** One event on its way through its listeners: whether all of them took it, and when. */
export class Hearing {
  #failed = false;
  readonly #promised: PromiseLike<unknown>[] = [];

  /** Calls a listener; what it throws or returns goes on to whoever called. */
  call<Payload>(listener: Listener<Payload>, payload: Payload): unknown {
    try {
      const result = listener(payload);
      if (isThenable(result)) this.#promised.push(result);
      return result;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  /** All were called. `taken` follows at once, or when what they promised has come; never, when one of them failed. */
  end(taken: () => void): void {
    if (this.#failed) return;
    if (this.#promised.length === 0) return taken();
    Promise.all(this.#promised).then(taken, () => {});
  }
}
