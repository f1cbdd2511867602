import type { Scheduler } from "../../connection/scheduler.ts";
import { clip, HoldfastError, messageOf } from "../../errors.ts";
import { EventHost } from "../../event-host.ts";
import { numberOption, objectOption, signalOption } from "../../options.ts";
import type { Backplane } from "../../server/backplane.ts";
import { SortableIds } from "../../server/ids.ts";
import type { ServerLimits } from "../../server/limits.ts";
import type { OriginCheck } from "../../server/origin.ts";
import type { Acceptor, Answer, Incoming } from "../../socket/listener.ts";
import type { Socket, SocketHandler } from "../../socket/socket.ts";
import { Cluster } from "../cluster/cluster.ts";
import type { MemberText, Others } from "../cluster/others.ts";
import { Fault, laterFault } from "../http/fault.ts";
import { HttpHalf, type HttpOwner } from "../http/http-half.ts";
import { refusalOf } from "../http/responses.ts";
import { channelName } from "../http/routes.ts";
import type { Member } from "../messages.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { Admission } from "./admission.ts";
import { Door, type DoorOwner } from "./door.ts";
import { Emits, type EmitsOwner } from "./emits.ts";
import { Ending, type EndingOwner } from "./ending.ts";
import { EventLog } from "./event-log.ts";
import { Greeting } from "./greeting.ts";
import { Health } from "./health.ts";
import { Idempotency } from "./idempotency.ts";
import type { Listener, ListenRequest } from "./listener.ts";
import { Listeners, type ListenersOwner, textOf } from "./listeners.ts";
import { errorOf, ownEmit } from "./own-emit.ts";
import { type Asker, refusedEvent } from "./refusal.ts";
import type {
  ChannelHealth,
  ChannelServer,
  ChannelServerEvents,
  ChannelServerOptions,
  ChannelServerStats,
  EmitOptions,
  EmitOutcome,
} from "./server-options.ts";
import { type ServerSettings, serverSettings } from "./server-settings.ts";
import { Waits } from "./waits.ts";

/** Over how long listeners leave where nothing else is said, in milliseconds. */
const DRAIN_MS = 10_000;

/**
 * The server half of channels (docs/protocols/channels.md), over any transport's HTTP and WebSocket listener. On a port:
 * `serve({ port: 8080, fetch: server.fetch, accept: server.accept, protocols: ["holdfast"] })` of `@holdfast/node` or
 * `@holdfast/deno`.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { memory } from "@holdfast/core";
 * import { createChannelServer } from "@holdfast/core/channels";
 *
 * const server = createChannelServer();
 * memory().listen("ws://server", server.accept);
 * const request = new Request("http://server/news/emit?hello=world");
 * console.log(await (await server.fetch(request)).json()); // { success: true, eventID: "evt_…", delivered: 0 }
 * await server.close();
 * ```
 */
export function createChannelServer(options?: ChannelServerOptions): ChannelServer {
  return new ChannelHost(serverSettings(options));
}

class ChannelHost
  extends EventHost<ChannelServerEvents>
  implements ChannelServer, ListenersOwner, DoorOwner, HttpOwner, EmitsOwner, EndingOwner
{
  readonly accept: Acceptor = (incoming) => this.#accept(incoming);
  readonly fetch = (request: Request, peer?: string): Promise<Response> => this.#http.answer(request, peer);
  readonly limits: ServerLimits;
  readonly origins: OriginCheck;
  readonly tokenInQuery: boolean;
  readonly maxEvents: number;
  readonly ids: SortableIds = new SortableIds("evt_");
  readonly listeners: Listeners;
  readonly acknowledgements: Acknowledgements;
  readonly idempotency: Idempotency<EmitOutcome>;
  readonly admission: Admission;
  readonly log: EventLog;
  readonly emits: Emits;
  readonly others: Others | undefined;
  readonly #settings: ServerSettings;
  readonly #scheduler: Scheduler;
  readonly #health: Health;
  readonly #waits: Waits;
  readonly #door: Door;
  readonly #http: HttpHalf;
  readonly #greeting: Greeting;
  readonly #ending: Ending;
  #refused = 0;
  #ignoredAcks = 0;

  constructor(settings: ServerSettings) {
    super("Channel server");
    const { scheduler, limits, store, retention, authorize, authorizeTimeoutMs } = settings;
    this.#settings = settings;
    this.#scheduler = scheduler;
    this.limits = limits;
    this.origins = settings.origins;
    this.tokenInQuery = settings.tokenInQuery;
    this.maxEvents = retention.maxEvents;
    this.#health = new Health((health) => this.emitter.emit("health", health));
    this.#waits = new Waits(scheduler);
    this.listeners = new Listeners(scheduler, limits, this.ids, this);
    this.acknowledgements = new Acknowledgements(scheduler, settings.ackTimeoutMs);
    this.idempotency = new Idempotency(scheduler, {
      keep: ({ eventId }) => eventId !== undefined,
      idsIn: ({ acked = [], missing = [], left = [] }) => acked.length + missing.length + left.length,
    });
    this.admission = new Admission({
      ...{ waits: this.#waits, authorize, timeoutMs: authorizeTimeoutMs },
      report: (error) => this.report(error),
    });
    this.log = new EventLog({
      ...{ waits: this.#waits, store, retention, ids: this.ids, given: settings.storeGiven },
      onStore: (error) => this.#storeSaid(error),
    });
    this.others = settings.backplane && this.#clusterOver(settings.backplane);
    this.emits = new Emits(this);
    this.#door = new Door(this);
    this.#http = new HttpHalf(this);
    this.#greeting = new Greeting(this);
    this.#ending = new Ending(this, scheduler);
  }

  async emit(channel: string, payload: unknown, options?: EmitOptions): Promise<EmitOutcome> {
    if (typeof channel !== "string")
      throw new TypeError(`Channel must be a string: got ${clip(channel, 80)}`);
    const signal = signalOption("signal", options?.signal);
    const request = ownEmit(payload, options, this.limits);
    try {
      return await this.emits.emit(channelName(channel, this.limits.maxNameLength), request, signal);
    } catch (error) {
      throw error instanceof Fault ? errorOf(error) : error;
    }
  }

  async members(channel: string): Promise<readonly Member[]> {
    const elsewhere = (await this.others?.members(channel)) ?? [];
    return [...Array.from(this.listeners.in(channel), textOf), ...elsewhere].map(memberOf);
  }

  async health(): Promise<ChannelHealth> {
    const [backplane] = await Promise.all([this.others?.check(), this.log.check()]);
    if (backplane !== undefined) this.#health.backplane(backplane);
    return this.#health.now;
  }

  stats(): ChannelServerStats {
    const { acknowledgements, listeners, emits } = this;
    return {
      ...{ channels: listeners.channels, clients: listeners.size, pendingAcks: acknowledgements.size },
      ...{ emitted: emits.emitted, delivered: emits.delivered },
      ...{ acked: acknowledgements.taken, ignoredAcks: this.#ignoredAcks },
      ...listeners.counts,
      forgottenKeys: this.idempotency.forgotten,
      ...{ refused: this.#refused, timers: this.#scheduler.size },
    };
  }

  drain(options?: { overMs?: number }): Promise<void> {
    return this.#ending.drain(numberOption("overMs", objectOption("options", options).overMs, DRAIN_MS));
  }

  close(): Promise<void> {
    return this.#ending.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  checkOpen(): void {
    if (this.#ending.begun) throw laterFault("DRAINING", "The server is about to end");
  }

  welcome(socket: Socket, request: ListenRequest): SocketHandler {
    const listener = this.listeners.add(socket, request, (newcomer) => this.#greeting.greet(newcomer));
    if (request.leaveMs !== undefined) {
      listener.leaveIn(request.leaveMs, () =>
        this.listeners.closeWith(listener, "EXPIRED", "The credential has expired", 4401),
      );
    }
    // The end may have begun between the door and the socket: the list of those who are to leave is made already.
    if (this.#ending.closed) listener.drop(1012, "The server is closed");
    else if (this.#ending.begun) this.#ending.tell(listener);
    return listener;
  }

  listenerJoined(listener: Listener): void {
    const { channel, id } = listener;
    this.others?.present(channel, textOf(listener));
    this.emitter.emit("joined", { channel, clientId: id });
  }

  listenerUpdated(listener: Listener): void {
    this.others?.present(listener.channel, textOf(listener));
  }

  listenerLeft({ channel, id: clientId }: Listener, why: string, slow: boolean): void {
    this.acknowledgements.left(channel, clientId);
    this.others?.left(channel, clientId);
    if (slow) this.emitter.emit("dropped", { channel, clientId, count: 1, why });
    this.emitter.emit("left", { channel, clientId, why });
  }

  listenerGone({ request }: Listener): void {
    this.#door.release(request.peer);
    this.#ending.socketGone();
  }

  listenerAcked({ channel, id }: Listener, eventId: string): boolean {
    if (this.acknowledgements.ack(channel, eventId, id)) return true;
    if (this.others?.acked(eventId, id) === true) return true;
    this.#ignoredAcks++;
    return false;
  }

  listenerFlooded({ channel, id: clientId }: Listener, count: number): void {
    this.emitter.emit("dropped", { channel, clientId, count, why: "It sends more than it may" });
  }

  emitted(channel: string, eventId: string, delivered: number): void {
    this.emitter.emit("emitted", { channel, eventId, delivered });
  }

  refused(fault: Fault, asker: Asker): void {
    this.#refused++;
    if (!this.emitter.has("refused")) return;
    const told = refusedEvent(fault, asker, this.limits.maxNameLength);
    if (told !== undefined) this.emitter.emit("refused", told);
  }

  failed(error: HoldfastError): void {
    this.report(error);
  }

  async shut(): Promise<void> {
    this.acknowledgements.endAll();
    this.idempotency.clear();
    await this.others?.close();
    if (!this.#settings.storeGiven) await this.#settings.store.close();
    this.#waits.endAll();
    this.emitter.close();
  }

  async #accept(incoming: Incoming): Promise<Answer> {
    try {
      const welcome = await this.#door.open(incoming);
      await this.others?.ready;
      return welcome;
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault("INTERNAL", "The server failed");
      const { path, peer } = incoming;
      this.refused(fault, { path, peer, origin: incoming.header("origin") });
      if (fault !== error)
        this.report(
          new HoldfastError("server-error", `Upgrade failed: ${messageOf(error)}`, { cause: error }),
        );
      return refusalOf(fault);
    }
  }

  #clusterOver(backplane: Backplane): Cluster {
    const { listeners, log, ids, acknowledgements } = this;
    const { scheduler, ackTimeoutMs, storeGiven } = this.#settings;
    return new Cluster({
      ...{ scheduler, waits: this.#waits, backplane, ids, listeners, log, acknowledgements, ackTimeoutMs },
      ownHistory: !storeGiven,
      onBackplane: (state) => this.#health.backplane(state),
      report: (error) => this.report(error),
    });
  }

  #storeSaid(error: string | undefined): void {
    const worked = this.#health.now.store.ok;
    this.#health.store(error);
    // Once, as for the backplane: at a thousand emits a second each would fail.
    if (error !== undefined && worked)
      this.report(new HoldfastError("server-error", `Store failed: ${error}`));
  }
}

function memberOf({ id, presence }: MemberText): Member {
  return { clientID: id, presence: JSON.parse(presence) as unknown };
}
