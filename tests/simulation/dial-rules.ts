import type { CloseCause } from "@holdfast/core";
import { dialsPerWindow, type Profile, profileOf, type RunOptions } from "./settings.ts";
import { GLOBAL, type Whose } from "./truth.ts";
import type { Verdict } from "./violation.ts";
import type { Dial } from "./watched-sockets.ts";

const WINDOW_MS = 100;
/** Times are sums of fractions of milliseconds. */
const ROUNDING_MS = 1e-6;
/** From the end of its wait to its dial the global connection takes a turn of the gate, twice at the most. */
const TURN_MS = 2 * WINDOW_MS;

/** How one connection fared, as far as it can be seen from the network. */
interface Fared {
  /** Attempts that ended since one proved itself; the bot may know of more, which never reached the network. */
  failures: number;
  endedAt: number;
  /** How often the global connection had come back by then: each return retries every team that waits. */
  returns: number;
  /** It may dial at once: the server said goodbye. */
  excused: boolean;
}

/** What every dial must keep: the rate, a host's "later", the global connection first, and the backoff. */
export class DialRules {
  readonly #verdict: Verdict;
  readonly #now: () => number;
  readonly #profile: Profile;
  readonly #perWindow: number;
  readonly #times: number[] = [];
  readonly #records = new Map<Whose, Fared>();
  #returns = 0;
  /** When the global connection wants to dial; `undefined` while it does not. */
  #globalDue: number | undefined;
  #heldUntil = 0;
  #teamsAhead = 0;

  constructor(verdict: Verdict, now: () => number, options: RunOptions) {
    this.#verdict = verdict;
    this.#now = now;
    this.#profile = profileOf(options);
    this.#perWindow = dialsPerWindow(options.teams);
  }

  /** A dial is made. */
  dialled(whose: Whose): void {
    const now = this.#now();
    this.#checkRate(now);
    this.#verdict.check(
      now >= this.#heldUntil - ROUNDING_MS,
      "later",
      () => `${whose} dialled at ${now}, and the host had asked to be left alone until ${this.#heldUntil}`,
    );
    this.#checkGlobalFirst(whose, now);
    this.#checkBackoff(whose, now);
  }

  /** An attempt is over; `asked` when the server's goodbye made the bot end it, which is no failure. */
  ended(whose: Whose, { helloAt }: Dial, asked: boolean): void {
    const now = this.#now();
    const proved = helloAt !== undefined && now - helloAt >= this.#profile.stableAfterMs;
    const before = proved ? 0 : (this.#records.get(whose)?.failures ?? 0);
    const failures = asked ? before : before + 1;
    this.#records.set(whose, { failures, endedAt: now, returns: this.#returns, excused: asked });
  }

  /** The global connection is back. */
  returned(): void {
    this.#returns++;
    this.#teamsAhead = 0;
  }

  /** A team is gone: should it come again, that is a connection of its own. */
  forget(whose: Whose): void {
    this.#records.delete(whose);
  }

  /** The bot said that a connection is down, and for how long it will wait. */
  down(whose: Whose, { kind, retryAfterMs = 0 }: CloseCause, retryInMs: number): void {
    const due = this.#now() + Math.max(retryInMs, retryAfterMs);
    // A host that says "later" is left alone by all, the global connection included.
    if (kind === "busy" || kind === "resources") this.#heldUntil = Math.max(this.#heldUntil, due);
    if (whose !== GLOBAL) return;
    this.#globalDue = due;
    this.#teamsAhead = 0;
  }

  /** The global connection has no address: it cannot dial, whoever's turn it is. */
  noAddress(): void {
    this.#globalDue = undefined;
  }

  /** The loop stalls until then: what is due before is due then. */
  stalled(until: number): void {
    if (this.#globalDue !== undefined) this.#globalDue = Math.max(this.#globalDue, until);
  }

  #checkRate(now: number): void {
    this.#times.push(now);
    if (this.#times.length <= this.#perWindow) return;
    const before = this.#times.shift() as number;
    this.#verdict.check(
      now - before >= WINDOW_MS - ROUNDING_MS,
      "dial-rate",
      () =>
        `${this.#perWindow + 1} dials within ${now - before} ms: at most ${this.#perWindow} in ${WINDOW_MS}`,
    );
  }

  #checkGlobalFirst(whose: Whose, now: number): void {
    if (this.#globalDue === undefined) return;
    const due = Math.max(this.#globalDue, this.#heldUntil);
    if (whose === GLOBAL) {
      this.#globalDue = undefined;
      this.#verdict.check(
        now <= due + TURN_MS,
        "global-first",
        () => `the global connection wanted to dial at ${due} and did at ${now}`,
      );
    } else if (now > due && ++this.#teamsAhead > this.#perWindow) {
      this.#verdict.check(
        false,
        "global-first",
        () => `${this.#teamsAhead} teams dialled while the global connection waited since ${due}`,
      );
    }
  }

  #checkBackoff(whose: Whose, now: number): void {
    const record = this.#records.get(whose);
    if (record === undefined || record.excused || record.returns !== this.#returns) return;
    const { baseMs, maxMs, factor, floor } = this.#profile.backoff;
    const leastMs = floor * Math.min(maxMs, baseMs * factor ** (record.failures - 1));
    const waitedMs = now - record.endedAt;
    this.#verdict.check(
      waitedMs >= leastMs - ROUNDING_MS,
      "backoff",
      () =>
        `${whose} dialled ${waitedMs} ms after failure ${record.failures} without a proof: at least ${leastMs}`,
    );
  }
}
