import type { Connection } from "../../connection/connection.ts";
import type { Phase } from "../../connection/lifecycle.ts";
import type { Listener } from "../../emitter.ts";
import { clip } from "../../errors.ts";
import { EventHost } from "../../event-host.ts";
import { objectOption, wordOption } from "../../options.ts";
import type { CloseCause } from "../../socket/close-cause.ts";
import type {
  ChannelClientMessages,
  ChannelServerMessages,
  ConnectedFrame,
  DataFrame,
  Member,
  MemberOnWire,
} from "../messages.ts";
import { eventIdOption } from "./client-address.ts";
import { dialChannel, type Said } from "./client-dial.ts";
import { Hearing } from "./client-hearing.ts";
import { Members } from "./client-members.ts";
import type {
  ChannelClient,
  ChannelClientEvents,
  ChannelClientOptions,
  ChannelClientStats,
  ChannelEvent,
} from "./client-options.ts";
import { type Checked, PayloadChecks } from "./client-payloads.ts";
import { presenceJson } from "./client-presence.ts";

/**
 * Listens to a channel (docs/protocols/channels.md) and stays there: it answers pings, acknowledges, keeps who is
 * there, and after a reconnect resumes behind the latest event, or says that there is a gap.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value; {HoldfastError} `bad-message` for a
 * `presence` over 4 KiB.
 * @example
 * ```ts
 * import { webSocket } from "@holdfast/core";
 * import { createChannelClient } from "@holdfast/core/channels";
 * import * as v from "valibot";
 *
 * const news = createChannelClient({
 *   url: "ws://localhost:8080",
 *   channel: "news",
 *   socket: webSocket(),
 *   schema: v.object({ headline: v.string() }),
 * });
 * news.on("event", ({ payload }) => console.log(payload.headline));
 * news.on("gap", ({ since }) => console.log(`something after ${since} may be lost`));
 * ```
 */
export function createChannelClient<Payload = unknown>(
  options: ChannelClientOptions<Payload>,
): ChannelClient<Payload> {
  return new ChannelListener(options);
}

class ChannelListener<Payload>
  extends EventHost<ChannelClientEvents<Payload>>
  implements ChannelClient<Payload>
{
  readonly #connection: Connection<ChannelClientMessages, ChannelServerMessages>;
  readonly #checks: PayloadChecks<Payload>;
  readonly #members = new Members();
  readonly #auto: boolean;
  /** What the next attempt says. */
  readonly #wanted: Said;
  /** What the latest attempt said. */
  readonly #said: Said;
  #clientId: string | undefined;
  #latency = 0;
  /** Whether this connection said CONNECTED. */
  #greeted = false;
  /** Counts the CONNECTED: an event is acknowledged on the connection that brought it alone. */
  #greetings = 0;
  #hearing: Hearing | undefined;
  readonly #counts = { events: 0, unheard: 0, replayed: 0, acked: 0, gaps: 0, invalid: 0, dropped: 0 };

  constructor(options: ChannelClientOptions<Payload>) {
    super("Channel client");
    const { schema, presence = {}, ack, since } = objectOption("options", options);
    this.#checks = new PayloadChecks(schema);
    this.#auto = wordOption("ack", ack, ["auto", "manual"], "auto") === "auto";
    this.#wanted = { presence: presenceJson(presence), since: eventIdOption("since", since) };
    const { connection, said } = dialChannel(options, this.#wanted);
    this.#connection = connection;
    this.#said = said;
    this.#listen();
  }

  get clientId(): string | undefined {
    return this.#clientId;
  }

  get members(): ReadonlyMap<string, Member> {
    return this.#members.byId;
  }

  get since(): string | undefined {
    return this.#wanted.since;
  }

  get latency(): number {
    return this.#latency;
  }

  get phase(): Phase {
    return this.#connection.phase;
  }

  get closed(): Promise<CloseCause> {
    return this.#connection.closed;
  }

  /** A listener of `event` is called so that it is known whether it failed. */
  override on<Name extends keyof ChannelClientEvents<Payload>>(
    name: Name,
    listener: Listener<ChannelClientEvents<Payload>[Name]>,
  ): () => void {
    if (name !== "event" || typeof listener !== "function") return super.on(name, listener);
    return super.on(name, (event) => (this.#hearing ?? new Hearing()).call(listener, event));
  }

  connect(): Promise<void> {
    const connecting = this.#connection.connect();
    if (this.phase !== "closed") this.emitter.reopen();
    return connecting;
  }

  setPresence(presence: unknown): void {
    this.#wanted.presence = presenceJson(presence);
    if (this.#greeted && this.phase === "ready") this.#sayPresence();
  }

  close(): Promise<CloseCause> {
    return this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  stats(): ChannelClientStats {
    const { connects, duplicates, invalid, unknown, dropped } = this.#connection.stats();
    const counts = this.#counts;
    return {
      ...counts,
      ...{ connects, duplicates, unknown },
      invalid: invalid + counts.invalid,
      dropped: dropped + counts.dropped,
    };
  }

  #listen(): void {
    const events = this.emitter;
    const { messages } = this.#connection;
    messages.on("CONNECTED", (frame) => this.#connected(frame));
    messages.on("DATA", (frame) => this.#data(frame));
    messages.on("PING", ({ latency = this.#latency }) => {
      this.#latency = latency;
      this.#connection.send("PONG", {}, { urgent: true });
    });
    messages.on("PRESENCE:JOINED", ({ payload }) => this.#present(payload));
    messages.on("PRESENCE:UPDATED", ({ payload }) => this.#present(payload));
    messages.on("PRESENCE:LEFT", ({ payload }) => {
      const member = this.#members.delete(payload.clientID);
      if (member !== undefined) events.emit("left", member);
    });
    messages.on("ERROR", ({ payload: { code, message } }) => events.emit("refused", { code, message }));
    this.#connection.on("disconnected", (down) => {
      this.#greeted = false;
      events.emit("disconnected", down);
    });
    this.#connection.on("invalid", (invalid) => events.emit("invalid", invalid));
    this.#connection.on("unknown", (unknown) => events.emit("unknown", unknown));
    this.#connection.on("dropped", (dropped) => events.emit("dropped", dropped));
    this.#connection.on("error", (error) => this.report(error));
    this.#connection.on("closed", ({ cause }) => this.#closed(cause));
  }

  #connected({ payload, clientID, eventID, latency = this.#latency, recovered }: ConnectedFrame): void {
    const invalid = { reason: "CONNECTED came a second time", sample: "", type: "CONNECTED" };
    if (this.#greeted) return this.#invalid(invalid);
    this.#greeted = true;
    const isFirst = this.#greetings++ === 0;
    this.#clientId = clientID;
    this.#latency = latency;
    const members = this.#members.reset(payload.members, clientID);
    const since = this.#said.since;
    const whole = isFirst && since === undefined ? undefined : since !== undefined && recovered === true;
    // What is replayed comes behind this frame and has older ids: until it is here, this id would be too late.
    if (whole !== true) this.#wanted.since = eventID ?? this.#wanted.since;
    if (this.#wanted.presence !== this.#said.presence) this.#sayPresence();
    this.emitter.emit("connected", { clientId: clientID, members, recovered: whole });
    if (whole !== false) return;
    this.#counts.gaps++;
    this.emitter.emit("gap", { since });
  }

  #data(frame: DataFrame): void {
    const greeting = this.#greetings;
    this.#latency = frame.latency ?? this.#latency;
    if (this.#checks.take(frame.payload, (checked) => this.#checked(frame, greeting, checked))) return;
    this.#dropped(1, `too many payloads wait for the schema: ${frame.eventID ?? "an event"} was not told`);
  }

  #checked(frame: DataFrame, greeting: number, checked: Checked<Payload>): void {
    const { eventID, requires_ack, require_ack } = frame;
    this.#wanted.since = eventID ?? this.#wanted.since;
    if ("reason" in checked) {
      return this.#invalid({ reason: checked.reason, sample: clip(frame.payload), type: "DATA" });
    }
    // Nobody took it: acknowledged, the caller would be told the opposite.
    if (!this.emitter.has("event")) {
      this.#counts.unheard++;
      return;
    }
    const requiresAck = (requires_ack ?? require_ack) === true;
    const replayed = frame.replayed === true;
    let acked = false;
    const ack = (): boolean => {
      if (!acked && requiresAck && eventID !== undefined) acked = this.#ack(eventID, greeting);
      return acked;
    };
    this.#counts.events++;
    if (replayed) this.#counts.replayed++;
    this.#tell({ payload: checked.payload, eventId: eventID, requiresAck, replayed, ack });
  }

  #tell(event: ChannelEvent<Payload>): void {
    const hearing = new Hearing();
    this.#hearing = hearing;
    this.emitter.emit("event", event);
    this.#hearing = undefined;
    if (!this.#auto || !event.requiresAck || event.eventId === undefined) return;
    hearing.end(() => {
      if (!event.ack()) this.#dropped(1, `the acknowledgement of ${event.eventId} could not be sent`);
    });
  }

  #ack(eventID: string, greeting: number): boolean {
    if (greeting !== this.#greetings || this.phase !== "ready") return false;
    if (this.#connection.send("ACK", { payload: { eventID } }) === "rejected") return false;
    this.#counts.acked++;
    return true;
  }

  /** JOINED and UPDATED: which of them it is, we know better after what we saw. */
  #present(wire: MemberOnWire): void {
    if (wire.clientID === this.#clientId) {
      this.emitter.emit("updated", { clientID: wire.clientID, presence: wire.presence ?? {} });
      return;
    }
    const { member, isNew } = this.#members.set(wire);
    this.emitter.emit(isNew ? "joined" : "updated", member);
  }

  #sayPresence(): void {
    this.#said.presence = this.#wanted.presence;
    const payload: unknown = JSON.parse(this.#wanted.presence);
    if (this.#connection.send("PRESENCE", { payload }) === "rejected")
      this.#dropped(1, "there was no room for the presence");
  }

  #closed(cause: CloseCause): void {
    this.#greeted = false;
    const waiting = this.#checks.clear();
    if (waiting > 0) this.#dropped(waiting, "it was closed while the schema looked at them");
    this.emitter.emit("closed", { cause });
    // Unless it was told to connect anew, by a listener or before it had ended: that is known once all have been told.
    queueMicrotask(() => {
      if (this.phase === "closed") this.emitter.close();
    });
  }

  #invalid(invalid: ChannelClientEvents<Payload>["invalid"]): void {
    this.#counts.invalid++;
    this.emitter.emit("invalid", invalid);
  }

  #dropped(count: number, why: string): void {
    this.#counts.dropped += count;
    this.emitter.emit("dropped", { count, why });
  }
}
