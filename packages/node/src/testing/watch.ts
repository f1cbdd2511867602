interface Waiting {
  readonly check: () => void;
  readonly giveUp: (why: string) => void;
}

/** Waits for conditions that change only when something is noted. */
export class Watch {
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;

  /** To be called after each change. */
  changed(): void {
    for (const { check } of [...this.#waiting]) check();
  }

  /** Resolves once the condition holds; rejects if it throws, after so many milliseconds, and at the end. */
  until(what: string, holds: () => boolean, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        check: () => {
          try {
            if (!holds()) return;
            resolve();
          } catch (error) {
            reject(error);
          }
          settle();
        },
        giveUp: (why) => {
          reject(new Error(`Waited for ${what}: ${why}`));
          settle();
        },
      };
      const timer = setTimeout(() => waiting.giveUp(`not so within ${ms} ms`), ms);
      this.#waiting.add(waiting);
      waiting.check();
      if (this.#isClosed && this.#waiting.has(waiting)) waiting.giveUp("the fault server is closed");
    });
  }

  /** Nothing changes any more: whoever still waits is told. */
  close(): void {
    this.#isClosed = true;
    for (const { giveUp } of [...this.#waiting]) giveUp("the fault server was closed");
  }
}
