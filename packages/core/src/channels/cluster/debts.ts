import { ScheduledTask, type Scheduler } from "../../connection/scheduler.ts";

/** An event of another server that clients here have to acknowledge. */
interface Debt {
  readonly origin: string;
  readonly clients: Set<string>;
  readonly endsAt: number;
}

/** How many are remembered; what is over is waited for in vain, and counts as silent where it was emitted. */
const MAX_DEBTS = 10_000;

/** Acknowledgements that clients here owe to events of other servers, as long as those wait. */
export class Debts extends ScheduledTask {
  readonly #scheduler: Scheduler;
  readonly #lastMs: number;
  /** In the order of coming, which is that of ending. */
  readonly #debts = new Map<string, Debt>();

  /** @param lastMs How long acknowledgements are waited for. */
  constructor(scheduler: Scheduler, lastMs: number) {
    super();
    this.#scheduler = scheduler;
    this.#lastMs = lastMs;
  }

  get size(): number {
    return this.#debts.size;
  }

  add(eventId: string, origin: string, clients: Iterable<string>): void {
    const endsAt = this.#scheduler.clock.now() + this.#lastMs;
    this.#debts.set(eventId, { origin, clients: new Set(clients), endsAt });
    if (this.#debts.size > MAX_DEBTS) this.#forgetOldest();
    if (!this.armed) this.#scheduler.arm(this, this.#lastMs);
  }

  /** A client acknowledged: the server that waits for it, or `undefined` where none does. */
  pay(eventId: string, clientId: string): string | undefined {
    const debt = this.#debts.get(eventId);
    if (debt?.clients.delete(clientId) !== true) return undefined;
    if (debt.clients.size === 0) this.#debts.delete(eventId);
    return debt.origin;
  }

  /** A client left: which events of which servers wait for it in vain. */
  leave(clientId: string): Array<{ readonly eventId: string; readonly origin: string }> {
    const left: Array<{ eventId: string; origin: string }> = [];
    for (const [eventId, { origin, clients }] of this.#debts) {
      if (!clients.delete(clientId)) continue;
      left.push({ eventId, origin });
      if (clients.size === 0) this.#debts.delete(eventId);
    }
    return left;
  }

  clear(): void {
    this.#debts.clear();
    this.#scheduler.disarm(this);
  }

  run(): void {
    const now = this.#scheduler.clock.now();
    for (const [eventId, { endsAt }] of this.#debts) {
      if (endsAt > now) return this.#scheduler.arm(this, endsAt - now);
      this.#debts.delete(eventId);
    }
  }

  #forgetOldest(): void {
    for (const oldest of this.#debts.keys()) {
      this.#debts.delete(oldest);
      return;
    }
  }
}
