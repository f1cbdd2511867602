import type { ChannelHealth } from "./server-options.ts";

/** Whether the parts of a server work, as of the last time that each was used. A change is told once. */
export class Health {
  readonly #changed: (health: ChannelHealth) => void;
  #store: ChannelHealth["store"] = { ok: true };
  #backplane: ChannelHealth["backplane"] = { ok: true };

  constructor(changed: (health: ChannelHealth) => void) {
    this.#changed = changed;
  }

  get now(): ChannelHealth {
    const ok = this.#store.ok && this.#backplane.ok;
    return { status: ok ? "ok" : "degraded", backplane: this.#backplane, store: this.#store };
  }

  /** The store answered, or failed for this reason. */
  store(error: string | undefined): void {
    const before = this.#store;
    this.#store = error === undefined ? { ok: true } : { ok: false, error };
    if (before.ok !== this.#store.ok) this.#changed(this.now);
  }

  /** The backplane answered, or failed. */
  backplane(state: ChannelHealth["backplane"]): void {
    const before = this.#backplane;
    this.#backplane = state;
    if (before.ok !== state.ok) this.#changed(this.now);
  }
}
