import { type Scheduler, Timer, type TimerOwner } from "../../connection/scheduler.ts";
import { Fault } from "../http/fault.ts";

/** What is remembered of a key: what was asked, and what became of it. */
interface Entry<Answer> {
  readonly fingerprint: string;
  readonly answer: Promise<Answer>;
  readonly expiresAt: number;
  settled: boolean;
  /** How many ids its answer holds. */
  ids: number;
}

/** What is told of the answers. */
export interface AnswerTraits<Answer> {
  /** Whether an answer is worth remembering: where nothing was done, another try may do it. */
  keep(answer: Answer): boolean;
  /** How many ids an answer holds. */
  idsIn(answer: Answer): number;
}

/** How long a key is good for, in milliseconds. */
const TTL_MS = 600_000;

/** How many keys are remembered: more than 160 a second make the oldest go before their time. About half a KB each. */
const MAX_KEYS = 100_000;

/** How many ids their answers may hold together: who acknowledged, left or was missing. About 40 bytes each. */
const MAX_IDS = 1_000_000;

/**
 * Keys within ten minutes: the first with a key acts, and whoever comes with the same gets its answer, also while the
 * first still waits. Bounded: the oldest that are answered are forgotten, and counted.
 */
export class Idempotency<Answer> implements TimerOwner {
  /** Keys that were forgotten before their time. */
  forgotten = 0;
  readonly #scheduler: Scheduler;
  readonly #answers: AnswerTraits<Answer>;
  readonly #maxKeys: number;
  #ids = 0;
  /** In the order of coming, which is that of expiring. */
  readonly #entries = new Map<string, Entry<Answer>>();
  readonly #timer = new Timer(this);

  constructor(scheduler: Scheduler, answers: AnswerTraits<Answer>, maxKeys: number = MAX_KEYS) {
    this.#scheduler = scheduler;
    this.#answers = answers;
    this.#maxKeys = maxKeys;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * The answer for this key: `act`'s, or that of whoever was first.
   * @throws {Fault} `IDEMPOTENCY_MISMATCH` when the first asked for something else
   */
  async once(key: string, fingerprint: string, act: () => Promise<Answer>): Promise<Answer> {
    this.#expire();
    const known = this.#entries.get(key);
    if (known === undefined) return this.#first(key, fingerprint, act);
    if (known.fingerprint === fingerprint) return known.answer;
    throw new Fault(
      "IDEMPOTENCY_MISMATCH",
      "Idempotency-Key was used with another payload or aim within ten minutes: take another key",
    );
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear();
    this.#ids = 0;
    this.#scheduler.disarm(this.#timer);
  }

  onTimer(): void {
    this.#expire();
    this.#arm();
  }

  #first(key: string, fingerprint: string, act: () => Promise<Answer>): Promise<Answer> {
    const answer = act();
    const expiresAt = this.#scheduler.clock.now() + TTL_MS;
    const entry: Entry<Answer> = { fingerprint, answer, expiresAt, settled: false, ids: 0 };
    this.#entries.set(key, entry);
    const forget = (): void => {
      if (this.#entries.get(key) === entry) this.#delete(key, entry);
      if (this.#entries.size === 0) this.#scheduler.disarm(this.#timer);
    };
    answer.then((given) => {
      entry.settled = true;
      if (!this.#answers.keep(given)) return forget();
      if (this.#entries.get(key) !== entry) return;
      entry.ids = this.#answers.idsIn(given);
      this.#ids += entry.ids;
      while (this.#ids > MAX_IDS) this.#forgetOldest();
    }, forget);
    if (this.#entries.size > this.#maxKeys) this.#forgetOldest();
    if (!this.#timer.armed) this.#arm();
    return answer;
  }

  #forgetOldest(): void {
    for (const [oldest, entry] of this.#entries) {
      // Whoever comes with a key that still waits must not emit beside it; those that wait are bounded elsewhere.
      if (!entry.settled) continue;
      this.#delete(oldest, entry);
      this.forgotten++;
      return;
    }
  }

  #expire(): void {
    const now = this.#scheduler.clock.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt > now) return;
      this.#delete(key, entry);
    }
  }

  #delete(key: string, { ids }: Entry<Answer>): void {
    this.#entries.delete(key);
    this.#ids -= ids;
  }

  #arm(): void {
    for (const { expiresAt } of this.#entries.values()) {
      return this.#scheduler.arm(this.#timer, expiresAt - this.#scheduler.clock.now());
    }
  }
}

/** What was asked, in 43 characters: whole payloads would be megabytes of memory. */
export async function fingerprintOf(...parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
