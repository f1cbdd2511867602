/** The ids seen last, a bounded number of them: what a server repeats after a reconnect is recognised. */
export class RecentIds {
  readonly #limit: number;
  /** In the order of seeing. */
  readonly #ids = new Set<unknown>();

  /** @param limit How many ids are remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#ids.size;
  }

  /** Whether this id is new; from now on it is not, until so many others came after it. */
  isNew(id: unknown): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#limit) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return true;
  }
}
