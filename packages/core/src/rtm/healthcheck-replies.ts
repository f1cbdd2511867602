import { type Scheduler, Timer, type TimerOwner } from "../connection/scheduler.ts";
import type { Wire } from "../connection/wire.ts";
import type { Emitter } from "../emitter.ts";
import type { BotEvents } from "./bot-options.ts";
import { HealthcheckText } from "./healthcheck-text.ts";
import type { Healthcheck, TeamStats } from "./messages.ts";
import type { Roster } from "./roster.ts";

/** How many rows are written before other work of the loop gets its turn; who needs no more answers at once. */
export const SLICE_ROWS = 2_000;
/** How long that turn is, in milliseconds. With none the scheduler would go on in the same one. */
const TURN_MS = 1;
/**
 * While so much is unsent the next reply waits, in bytes: the peer asks and does not read. An outbox never fills a
 * socket that far, so what is queued in one keeps no reply waiting.
 */
const MAX_UNSENT_BYTES = 4_194_304;
/** How often such a socket is looked at, in milliseconds. */
const DRAIN_MS = 20;
/** More asks than these get no reply while they wait: nobody has a use for so many. */
export const MAX_OWED = 10_000;

/**
 * Answers healthchecks: one reply for each, in order, past everything that is queued. A long one is written in slices,
 * and asks that come meanwhile are a number. A reply belongs to the socket that asked: one that is gone gets none.
 */
export class HealthcheckReplies implements TimerOwner {
  /** How many were handed to the socket. */
  answered = 0;
  readonly #roster: Roster;
  readonly #scheduler: Scheduler;
  readonly #events: Emitter<BotEvents>;
  readonly #timer: Timer = new Timer(this);
  /** Who asked. */
  #wire: Wire | undefined;
  /** Asks without a reply; that which is being written is one of them. */
  #owed = 0;
  #text: HealthcheckText | undefined;
  /** Rows that were written in the turn that began then. */
  #written = 0;
  #turnAt = 0;
  /** Rows of this turn, for asks that get no reply. */
  #rows: readonly TeamStats[] = [];
  #rowsAt = Number.NEGATIVE_INFINITY;
  /** One is being handed over and told of: what is asked in there waits for the end of it. */
  #busy = false;
  #closed = false;

  constructor(roster: Roster, scheduler: Scheduler, events: Emitter<BotEvents>) {
    this.#roster = roster;
    this.#scheduler = scheduler;
    this.#events = events;
  }

  /** A healthcheck came in on this wire; `undefined` when it is gone already. */
  ask(wire: Wire | undefined): void {
    if (this.#wire?.open !== true) this.#giveUp();
    if (wire === undefined || this.#closed || this.#owed >= MAX_OWED) return this.#tellUnanswered(1);
    this.#wire = wire;
    this.#owed++;
    if (this.#busy || this.#timer.armed) return;
    // Asks of one read must not stall the loop together.
    if (this.#hasTurn()) this.#goOn();
    else this.#scheduler.arm(this.#timer, TURN_MS);
  }

  /** The server takes its leave: what it asked for before is answered in one go, as far as the socket has room. */
  finish(): void {
    const wire = this.#wire;
    if (wire === undefined || this.#busy) return;
    const text = this.#text ?? this.#begin();
    text.write(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    while (this.#owed > 0 && wire.open && wire.bufferedAmount <= MAX_UNSENT_BYTES) this.#hand(wire, text);
    if (this.#owed === 0) this.#scheduler.disarm(this.#timer);
  }

  /** The bot closes: what is owed stays unanswered. */
  close(): void {
    this.#closed = true;
    this.#giveUp();
  }

  onTimer(): void {
    this.#goOn();
  }

  /** The next slice of the reply that is being written, or the first of the next one. */
  #goOn(): void {
    const wire = this.#wire;
    if (wire?.open !== true) return this.#giveUp();
    if (this.#text === undefined && wire.bufferedAmount > MAX_UNSENT_BYTES)
      return this.#scheduler.arm(this.#timer, DRAIN_MS);
    this.#text ??= this.#begin();
    const before = this.#text.written;
    const whole = this.#text.write(SLICE_ROWS);
    this.#written += this.#text.written - before;
    if (!whole) return this.#scheduler.arm(this.#timer, TURN_MS);
    this.#hand(wire, this.#text);
    // Not in this turn: what it asked for at once goes on when others had theirs.
    if (this.#owed > 0 && !this.#timer.armed) this.#scheduler.arm(this.#timer, TURN_MS);
  }

  #begin(): HealthcheckText {
    return new HealthcheckText(this.#roster.all(), this.#events.has("healthcheck"));
  }

  /** Whether as many rows as there are teams may still be written in this turn. */
  #hasTurn(): boolean {
    const now = this.#scheduler.clock.now();
    if (now - this.#turnAt >= TURN_MS) [this.#turnAt, this.#written] = [now, 0];
    return this.#written === 0 || this.#written + this.#roster.size <= SLICE_ROWS;
  }

  #hand(wire: Wire, { text, rows }: HealthcheckText): void {
    this.#text = undefined;
    this.#owed--;
    if (this.#owed === 0) this.#wire = undefined;
    this.#busy = true;
    const answered = wire.write(text);
    if (answered) this.answered++;
    // Who began to listen while it was written is told what was sent.
    if (this.#events.has("healthcheck"))
      this.#tell(rows ?? (JSON.parse(text) as Healthcheck).stats, answered);
    this.#busy = false;
  }

  #giveUp(): void {
    const owed = this.#owed;
    this.#owed = 0;
    this.#text = undefined;
    this.#wire = undefined;
    this.#scheduler.disarm(this.#timer);
    this.#tellUnanswered(owed);
  }

  #tellUnanswered(count: number): void {
    if (count === 0 || !this.#events.has("healthcheck")) return;
    // Thousands may be refused in one turn: they are told the same rows.
    const now = this.#scheduler.clock.now();
    if (now - this.#rowsAt >= TURN_MS) {
      this.#rowsAt = now;
      this.#rows = Array.from(this.#roster.all(), (team) => team.row());
    }
    const rows = this.#rows;
    for (let told = 0; told < count; told++) this.#tell(rows, false);
  }

  #tell(stats: readonly TeamStats[], answered: boolean): void {
    this.#events.emit("healthcheck", { stats, answered });
  }
}
