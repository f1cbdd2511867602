import { ScheduledTask, type Scheduler } from "../../connection/scheduler.ts";
import type { Acknowledgements } from "../server/acknowledgements.ts";

/** How long the others may take to say how many took an event, in milliseconds. */
const REPORT_MS = 1_000;

/** An event that was handed to other servers. */
class Report extends ScheduledTask {
  readonly channel: string;
  /** Who elsewhere is waited for, as far as it was known when it was emitted. */
  readonly expected: ReadonlySet<string>;
  /** The servers that did not say yet who took it. */
  readonly silent: Set<string>;
  /** Who took it where, for when a server is lost. */
  readonly took = new Map<string, readonly string[]>();
  readonly finish: (count: number) => void;
  readonly onTimer: (report: Report) => void;
  readonly eventId: string;
  count = 0;
  finished = false;

  constructor(
    eventId: string,
    channel: string,
    expected: readonly string[],
    nodes: Iterable<string>,
    settle: { finish: (count: number) => void; onTimer: (report: Report) => void },
  ) {
    super();
    this.eventId = eventId;
    this.channel = channel;
    this.expected = new Set(expected);
    this.silent = new Set(nodes);
    this.finish = settle.finish;
    this.onTimer = settle.onTimer;
  }

  run(): void {
    this.onTimer(this);
  }
}

/** What the other servers say of events that were emitted here: how many took each, who acknowledged, who left. */
export class Reports {
  readonly #scheduler: Scheduler;
  readonly #acknowledgements: Acknowledgements;
  readonly #ackTimeoutMs: number;
  readonly #reports = new Map<string, Report>();

  constructor(scheduler: Scheduler, acknowledgements: Acknowledgements, ackTimeoutMs: number) {
    this.#scheduler = scheduler;
    this.#acknowledgements = acknowledgements;
    this.#ackTimeoutMs = ackTimeoutMs;
  }

  get size(): number {
    return this.#reports.size;
  }

  /** Resolves with how many took it, once all have said so, or a second later. Begin before it is handed over. */
  expect(
    eventId: string,
    channel: string,
    nodes: Iterable<string>,
    expected: readonly string[],
  ): Promise<number> {
    return new Promise((resolve) => {
      const onTimer = (due: Report): void => this.#overdue(due);
      const report = new Report(eventId, channel, expected, nodes, { finish: resolve, onTimer });
      this.#reports.set(eventId, report);
      this.#scheduler.arm(report, REPORT_MS);
      this.#finishIfDone(report);
    });
  }

  took(node: string, eventId: string, count: number, clients: readonly string[]): void {
    const report = this.#reports.get(eventId);
    if (report?.silent.delete(node) !== true) return;
    report.count += count;
    report.took.set(node, clients);
    // Who joined there in the same moment got it too, and is asked to acknowledge: it is waited for like the others.
    for (const id of clients) {
      if (!report.expected.has(id)) this.#acknowledgements.also(report.channel, eventId, id);
    }
    this.#finishIfDone(report);
  }

  acked(eventId: string, clientId: string): boolean {
    const report = this.#reports.get(eventId);
    return report !== undefined && this.#acknowledgements.ack(report.channel, eventId, clientId);
  }

  left(eventId: string, clientId: string): void {
    const report = this.#reports.get(eventId);
    if (report !== undefined) this.#acknowledgements.lost(report.channel, eventId, clientId);
  }

  /** A server is gone: who took an event there acknowledges it no more. */
  nodeGone(node: string): void {
    for (const report of [...this.#reports.values()]) {
      for (const id of report.took.get(node) ?? []) {
        this.#acknowledgements.lost(report.channel, report.eventId, id);
      }
      if (report.silent.delete(node)) this.#finishIfDone(report);
    }
  }

  /** Ends all that wait, with what is known. */
  endAll(): void {
    for (const report of [...this.#reports.values()]) {
      this.#remove(report);
      report.finish(report.count);
    }
  }

  #finishIfDone(report: Report): void {
    if (report.silent.size > 0 || report.finished) return;
    report.finished = true;
    const got = new Set([...report.took.values()].flat());
    // Everybody spoke: who was known to be there and did not get it left in the same moment.
    for (const id of report.expected) {
      if (!got.has(id)) this.#acknowledgements.lost(report.channel, report.eventId, id);
    }
    report.finish(report.count);
    if (got.size === 0) this.#remove(report);
    else this.#scheduler.arm(report, this.#ackTimeoutMs + REPORT_MS);
  }

  #overdue(report: Report): void {
    if (report.finished) return this.#remove(report);
    report.finished = true;
    report.finish(report.count);
    // A server that speaks late still tells who acknowledged.
    this.#scheduler.arm(report, this.#ackTimeoutMs);
  }

  #remove(report: Report): void {
    this.#scheduler.disarm(report);
    this.#reports.delete(report.eventId);
  }
}
