/** What the simulation promises; each has a name that a violation carries. */
export const INVARIANTS = {
  "one-socket": "a team never has two live sockets",
  "late-open": "a socket that opens after its dial was abandoned is dropped at once",
  "counted-once": "every message that reached a live socket is counted once, and nothing else is",
  gap: "a team that is back after a loss is told of its gap, once and with its length",
  healthcheck: "the healthcheck and the figures agree with the truth",
  recovery: "every team is back within the bound once faults stop",
  limits: "timers, queues, abandoned sockets and remembered teams stay within their limits",
  "dial-rate": "no 100 ms hold more dials than the rate allows",
  later: "nobody dials a host before the time that it asked for",
  "global-first": "the global connection dials before the crowd of teams",
  backoff: "backoff does not start anew without a proof",
  stall: "a loop that stalls, or a machine that sleeps, loses no connection by that alone",
  alive: "the bot goes on until it is closed",
  silent: "nothing is thrown, nothing rejects unhandled, and no listener fails",
  "nothing-left": "after the close no socket and no timer is left",
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** A promise that did not hold. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly invariant: Invariant;

  constructor(invariant: Invariant, message: string) {
    super(message);
    this.invariant = invariant;
  }
}

/** Keeps the first violation: it may be found inside a callback of the network, which must not throw. */
export class Verdict {
  violation: Violation | undefined;
  readonly #found: () => void;

  /** @param found Called at the first one. */
  constructor(found: () => void) {
    this.#found = found;
  }

  /** Holds it against the bot if this is not fine. */
  check(fine: boolean, invariant: Invariant, message: () => string): void {
    if (fine || this.violation !== undefined) return;
    this.violation = new Violation(invariant, message());
    this.#found();
  }

  /** @throws {Violation} the first one, if there was any. */
  enforce(): void {
    if (this.violation !== undefined) throw this.violation;
  }
}
