import { RecentIds } from "../../connection/recent-ids.ts";
import { ScheduledTask, type Scheduler } from "../../connection/scheduler.ts";
import { HoldfastError, messageOf } from "../../errors.ts";
import type { Backplane, BackplaneMessage } from "../../server/backplane.ts";
import type { SortableIds } from "../../server/ids.ts";
import { Presence, type PresenceOwner } from "../../server/presence.ts";
import type { PresenceChange } from "../../server/presence-view.ts";
import type { Acknowledgements } from "../server/acknowledgements.ts";
import type { EventLog } from "../server/event-log.ts";
import { dataHead, memberText } from "../server/frames.ts";
import type { Listeners } from "../server/listeners.ts";
import type { ChannelHealth } from "../server/server-options.ts";
import type { Waits } from "../server/waits.ts";
import { EVENTS, readToAll, readToOne, subjectOf, type ToAll, type ToOne } from "./cluster-wire.ts";
import { Debts } from "./debts.ts";
import type { MemberText, Others, SharedEvent } from "./others.ts";
import { Reports } from "./reports.ts";

/** What a cluster needs of its server. */
export interface ClusterOptions {
  readonly scheduler: Scheduler;
  readonly waits: Waits;
  readonly backplane: Backplane;
  readonly ids: SortableIds;
  readonly listeners: Listeners;
  readonly log: EventLog;
  readonly acknowledgements: Acknowledgements;
  readonly ackTimeoutMs: number;
  readonly ownHistory: boolean;
  /** Told whether the backplane works, each time that it is used. */
  readonly onBackplane: (state: ChannelHealth["backplane"]) => void;
  readonly report: (error: HoldfastError) => void;
}

/** How often a server says that it is there, and how long it counts as such without saying so, in milliseconds. */
const HELLO_MS = 3_000;
const LIFE_MS = 10_000;

/** How long the backplane may take for one answer, in milliseconds. */
const BACKPLANE_TIMEOUT_MS = 5_000;

/** How many messages are remembered: a backplane delivers at least once (S60). */
const MAX_REMEMBERED = 10_000;

/**
 * Several servers over one backplane. Everybody hears every event, and answers whoever emitted it: how many took it,
 * who acknowledged it, who left before. One subject carries all events, so that the order of each server is kept.
 */
export class Cluster extends ScheduledTask implements Others, PresenceOwner {
  readonly ready: Promise<void>;
  readonly ownHistory: boolean;
  readonly #options: ClusterOptions;
  readonly #presence: Presence;
  readonly #node: string;
  readonly #seen = new RecentIds(MAX_REMEMBERED);
  readonly #debts: Debts;
  readonly #reports: Reports;
  /** The other servers, and when each was heard of. */
  readonly #nodes = new Map<string, number>();
  #offs: Array<() => Promise<void>> = [];
  #closed = false;
  /** Whether it was told that the backplane fails: once, until it works again. */
  #failing = false;

  constructor(options: ClusterOptions) {
    super();
    this.#options = options;
    this.ownHistory = options.ownHistory;
    const { scheduler, backplane, acknowledgements, ackTimeoutMs } = options;
    this.#presence = new Presence(scheduler, backplane, this);
    this.#node = this.#presence.node;
    this.#debts = new Debts(scheduler, ackTimeoutMs);
    this.#reports = new Reports(scheduler, acknowledgements, ackTimeoutMs);
    this.ready = this.#subscribe();
    scheduler.arm(this, HELLO_MS);
  }

  known(channel: string): readonly MemberText[] {
    return this.#elsewhere(channel, this.#presence.members(channel));
  }

  async members(channel: string): Promise<readonly MemberText[]> {
    // Where somebody here listens it is known, and says nothing of the backplane.
    if (this.#options.listeners.in(channel).size > 0) return this.known(channel);
    const asked = this.#asked("Look at members", () => this.#presence.lookUp(channel));
    return this.#elsewhere(channel, (await asked) ?? []);
  }

  present(channel: string, { id, presence }: MemberText): void {
    this.#presence.set(channel, id, presence);
  }

  left(channel: string, clientId: string): void {
    this.#presence.delete(channel, clientId);
    for (const { eventId, origin } of this.#debts.leave(clientId)) {
      this.#answer(origin, { kind: "left", node: this.#node, eventId, clientId });
    }
  }

  async emit(event: SharedEvent, expected: readonly string[]): Promise<number> {
    const { eventId, channel } = event;
    const count = this.#reports.expect(eventId, channel, this.#nodes.keys(), expected);
    await this.#say({ kind: "event", node: this.#node, ...event });
    return count;
  }

  acked(eventId: string, clientId: string): boolean {
    const origin = this.#debts.pay(eventId, clientId);
    if (origin === undefined) return false;
    this.#answer(origin, { kind: "acked", node: this.#node, eventId, clientId });
    return true;
  }

  async check(): Promise<ChannelHealth["backplane"]> {
    try {
      const { waits, backplane } = this.#options;
      const roundTripMs = await waits.within(BACKPLANE_TIMEOUT_MS, "Backplane", backplane.ping());
      return { ok: true, roundTripMs };
    } catch (error) {
      return { ok: false, error: messageOf(error) };
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#say({ kind: "bye", node: this.#node });
    this.#closed = true;
    this.#options.scheduler.disarm(this);
    this.#debts.clear();
    this.#reports.endAll();
    const offs = this.#offs.splice(0).map((off) => this.#asked("Unsubscription", off));
    await Promise.all([...offs, this.#asked("Farewell", () => this.#presence.close())]);
  }

  /** It is time to say that this server is there, and to see who is not any more. */
  run(): void {
    const now = this.#options.scheduler.clock.now();
    this.#options.scheduler.arm(this, HELLO_MS);
    for (const [node, heardAt] of [...this.#nodes]) if (now - heardAt >= LIFE_MS) this.#forget(node);
    if (this.#offs.length === 0) void this.#subscribe();
    else void this.#say({ kind: "hello", node: this.#node });
  }

  presenceChanged(channel: string, { kind, id, value }: PresenceChange): void {
    const { listeners, acknowledgements } = this.#options;
    if (kind === "left") {
      acknowledgements.left(channel, id);
      listeners.publish(channel, "PRESENCE:LEFT", JSON.stringify({ clientID: id }));
    } else {
      listeners.publish(
        channel,
        kind === "joined" ? "PRESENCE:JOINED" : "PRESENCE:UPDATED",
        memberText(id, value),
      );
    }
  }

  presenceFailed(error: HoldfastError): void {
    this.#failed(error);
  }

  async #subscribe(): Promise<void> {
    const { backplane } = this.#options;
    const subscribed = await this.#asked("Subscription", () =>
      Promise.all([
        backplane.subscribe(EVENTS, (message) =>
          this.#hear(message, (text) => this.#heardAll(readToAll(text))),
        ),
        backplane.subscribe(subjectOf(this.#node), (message) =>
          this.#hear(message, (text) => this.#heardOne(readToOne(text))),
        ),
      ]),
    );
    if (subscribed === undefined) return;
    this.#offs.push(...subscribed);
    await this.#say({ kind: "hello", node: this.#node });
  }

  #hear({ id, data }: BackplaneMessage, take: (text: string) => void): void {
    if (this.#closed || !this.#seen.isNew(id)) return;
    try {
      take(data);
    } catch (error) {
      this.#options.report(
        new HoldfastError("bad-message", `Message on the backplane was ignored: ${messageOf(error)}`),
      );
    }
  }

  #heardAll(message: ToAll): void {
    const { node, kind } = message;
    // Our own events were delivered when they were emitted (S60).
    if (node === this.#node) return;
    if (kind === "bye") return this.#forget(node);
    const isNew = !this.#nodes.has(node);
    this.#nodes.set(node, this.#options.scheduler.clock.now());
    // Who is new knows nobody yet.
    if (isNew) void this.#say({ kind: "hello", node: this.#node });
    if (kind === "event") this.#deliver(node, message);
  }

  #heardOne(message: ToOne): void {
    const { kind, node, eventId } = message;
    if (kind === "took") this.#reports.took(node, eventId, message.count, message.clients);
    else if (kind === "acked") this.#reports.acked(eventId, message.clientId);
    else this.#reports.left(eventId, message.clientId);
  }

  #deliver(
    origin: string,
    { channel, eventId, time, payload, requireAck, clients, lost }: SharedEvent,
  ): void {
    const { ids, listeners, log } = this.#options;
    ids.witness(eventId);
    if (this.ownHistory && clients === undefined) void log.append(channel, { id: eventId, time, payload });
    if (lost) log.lose(channel, eventId);
    const head = dataHead(payload, eventId, requireAck);
    let took: string[] = [];
    let count = 0;
    if (clients === undefined && !requireAck) count = listeners.deliver(channel, head);
    else {
      const here = clients ?? Array.from(listeners.in(channel), ({ id }) => id);
      took = here.filter((id) => listeners.get(channel, id)?.sendSpliced(head) === true);
      count = took.length;
      if (requireAck && count > 0) this.#debts.add(eventId, origin, took);
    }
    const named = requireAck ? took : [];
    this.#answer(origin, { kind: "took", node: this.#node, eventId, count, clients: named });
  }

  #forget(node: string): void {
    if (this.#nodes.delete(node)) this.#reports.nodeGone(node);
  }

  #elsewhere(
    channel: string,
    members: ReadonlyArray<{ readonly id: string; readonly value: string }>,
  ): MemberText[] {
    const { listeners } = this.#options;
    return members
      .filter(({ id }) => listeners.get(channel, id) === undefined)
      .map(({ id, value }) => ({ id, presence: value }));
  }

  async #say(message: ToAll): Promise<void> {
    const text = JSON.stringify(message);
    await this.#asked("Publication", () => this.#options.backplane.publish(EVENTS, text));
  }

  #answer(node: string, message: ToOne): void {
    const text = JSON.stringify(message);
    void this.#asked("Answer", () => this.#options.backplane.publish(subjectOf(node), text));
  }

  /** What the backplane answers, or `undefined` where it fails: then health says so, and this server goes on alone. */
  async #asked<Value>(what: string, ask: () => Promise<Value>): Promise<Value | undefined> {
    const { waits, onBackplane } = this.#options;
    try {
      const answer = await waits.within(BACKPLANE_TIMEOUT_MS, `Backplane: ${what}`, ask());
      this.#failing = false;
      onBackplane({ ok: true });
      return answer;
    } catch (error) {
      if (!this.#closed)
        this.#failed(new HoldfastError("not-sent", `${what} failed: ${messageOf(error)}`, { cause: error }));
      return undefined;
    }
  }

  #failed(error: HoldfastError): void {
    if (!this.#failing) this.#options.report(error);
    this.#failing = true;
    this.#options.onBackplane({ ok: false, error: error.message });
  }
}
