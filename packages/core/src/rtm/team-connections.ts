import { type ConnectionManager, readConnections } from "../connection/connection-manager.ts";
import type { SharedDialling } from "../connection/dialling.ts";
import type { AttemptInfo } from "../connection/link-owner.ts";
import type { ManagerStats } from "../connection/manager-events.ts";
import { Replies } from "../connection/replies.ts";
import { Timer, type TimerOwner } from "../connection/scheduler.ts";
import type { RequestHeaders } from "../connection/settings.ts";
import type { Emitter, ErrorReport } from "../emitter.ts";
import { HoldfastError } from "../errors.ts";
import { booleanOption, textsOption } from "../options.ts";
import type { BotEvents, BotOptions } from "./bot-options.ts";
import type {
  PingId,
  TeamAddress,
  TeamClientMessages,
  TeamId,
  TeamServerMessages,
  TextMessage,
} from "./messages.ts";
import { teamProtocol } from "./messages.ts";
import type { Roster, Team } from "./roster.ts";
import { mayHaveHeaders, teamUrl } from "./team-url.ts";

/** What team connections need of the global one. */
export interface GlobalSide {
  /** Whether it is open and has said hello. */
  readonly up: boolean;
  /** The address it dialled last. */
  readonly address: string;
  /** Sends `team.connect`. */
  ask(id: TeamId): void;
}

/** How long connections may be made before other work of the loop gets its turn, in milliseconds. */
const SLICE_MS = 5;

/** The team half of a bot: asks for addresses, keeps one connection for each joined team, and counts. */
export class TeamConnections implements TimerOwner {
  /** Server messages that were harmless and made no sense. */
  ignored = 0;
  /** Connections that were ready again after a loss. */
  reconnects = 0;
  readonly #options: BotOptions;
  readonly #global: GlobalSide;
  readonly #roster: Roster;
  readonly #events: Emitter<BotEvents>;
  readonly #dialling: SharedDialling;
  readonly #askTimeoutMs: number;
  /** How long a team waits for the global connection: there must be time left to dial. */
  readonly #returnTimeoutMs: number;
  readonly #trustedHosts: readonly string[];
  readonly #allowInsecure: boolean;
  /** `team.connect` messages whose answer is awaited, by team. */
  readonly #asks: Replies;
  /** Teams that wait for the global connection to return. */
  readonly #returns: Replies;
  readonly #manager: ConnectionManager<TeamId, TeamClientMessages, TeamServerMessages>;
  /** Teams that joined and have no connection yet, in that order. */
  #arrivals: TeamId[] = [];
  readonly #arrivalTimer = new Timer(this);
  #pings = 0;
  #closed = false;

  constructor(
    options: BotOptions & { askTimeoutMs: number },
    parts: {
      global: GlobalSide;
      roster: Roster;
      events: Emitter<BotEvents>;
      dialling: SharedDialling;
      report: ErrorReport;
    },
  ) {
    this.#options = options;
    this.#askTimeoutMs = options.askTimeoutMs;
    this.#returnTimeoutMs = Math.min(options.askTimeoutMs, (options.connectTimeoutMs ?? 10_000) / 2);
    this.#allowInsecure = booleanOption("allowInsecureTeams", options.allowInsecureTeams, false);
    this.#trustedHosts = textsOption("trustedHosts", options.trustedHosts);
    this.#global = parts.global;
    this.#roster = parts.roster;
    this.#events = parts.events;
    this.#dialling = parts.dialling;
    this.#asks = new Replies(parts.dialling.scheduler);
    this.#returns = new Replies(parts.dialling.scheduler);
    const { signal: _bots, headers, helloTimeoutMs, ...rest } = options;
    this.#manager = readConnections<TeamId, TeamClientMessages, TeamServerMessages>(
      {
        ...rest,
        ...(headers && {
          headers: (address: string) => this.#headersFor(address),
        }),
        ...(helloTimeoutMs && { readyTimeoutMs: helloTimeoutMs }),
        protocol: teamProtocol,
        dialling: parts.dialling,
        readyOn: "hello",
        // A spent address is refused with 403 or 404: nothing that a team's host says is the end of the team.
        isFinal: () => false,
        ping: (id) => ["ping", { unique_id: this.#beginPing(id as TeamId) }],
        url: (id, info) => this.#addressOf(id, info),
      },
      (id, type, message) => this.#read(id, type, message),
    );
    this.#manager.on("error", parts.report);
    this.#listen();
  }

  /** Figures over all team connections. */
  stats(): ManagerStats {
    return this.#manager.stats();
  }

  /** `team.join`: one connection for the team, however often it is said. */
  join(id: TeamId): void {
    // A bot that is closing still hears what was on its way.
    if (this.#closed) return;
    const team = this.#roster.join(id);
    if (team === undefined) {
      this.ignored++;
      return;
    }
    this.#events.emit("team.joined", { teamId: id });
    // A listener may have closed the bot.
    if (this.#closed) return;
    this.#arrivals.push(id);
    if (!this.#arrivalTimer.armed) this.#dialling.scheduler.arm(this.#arrivalTimer, 0);
  }

  /** Thousands of teams may join in one read of the socket: their connections are made in slices. */
  onTimer(): void {
    const { clock } = this.#dialling.scheduler;
    const started = clock.now();
    let taken = 0;
    for (const id of this.#arrivals) {
      if (clock.now() - started > SLICE_MS) break;
      taken++;
      // It may have left meanwhile.
      if (this.#roster.get(id)?.joined) this.#manager.add(id);
    }
    this.#arrivals = this.#arrivals.slice(taken);
    if (this.#arrivals.length > 0) this.#dialling.scheduler.arm(this.#arrivalTimer, 0);
  }

  /** `team.left`, on whichever connection it was said. */
  leave(id: TeamId): void {
    const team = this.#roster.leave(id);
    if (team === undefined) {
      this.ignored++;
      return;
    }
    void this.#manager.remove(id, 1000, "team left");
    this.#asks.fail(id, new HoldfastError("closed", "The team left"));
    this.#events.emit("team.left", { teamId: id });
  }

  /**
   * `team.left` on the team's own connection. One that is on its way out may say it late, when the team has joined
   * again: its successor is not open before it is gone, and must not be taken for it.
   */
  #leftOnItsOwn(id: TeamId): void {
    const phase = this.#manager.phase(id);
    if (phase === "opening" || phase === "ready") this.leave(id);
    else this.ignored++;
  }

  /** The answer to `team.connect`. */
  addressed(message: TeamAddress): void {
    if (!this.#asks.resolve(message.team_id, message)) this.ignored++;
  }

  /** The server's `error` for a team: the answer to `team.connect`, if one is awaited. */
  refused(id: TeamId, message: string): void {
    this.#asks.fail(id, new HoldfastError("server-error", message));
  }

  /** The global connection is lost: nobody will answer what was asked. */
  globalLost(): void {
    this.#asks.failAll(new HoldfastError("connection-lost", "The global connection was lost"));
  }

  /** The global connection is back: whoever waits for an address asks again, at the gate's pace. */
  globalBack(): void {
    this.#returns.resolveAll(undefined);
    for (const { key, phase } of this.#manager.snapshot()) if (phase === "waiting") this.#manager.retry(key);
  }

  /** Closes every team connection. */
  close(code: number, reason: string): Promise<void> {
    this.#closed = true;
    this.#arrivals = [];
    this.#dialling.scheduler.disarm(this.#arrivalTimer);
    const closed = new HoldfastError("closed", "The bot is closed");
    this.#asks.failAll(closed);
    this.#returns.failAll(closed);
    for (const team of this.#roster.all()) team.connected = false;
    return this.#manager.close(code, reason);
  }

  #listen(): void {
    const events = this.#events;
    this.#manager.on("connected", ({ key, connects }) => {
      const team = this.#roster.get(key);
      if (!team?.joined) return;
      team.connected = true;
      if (connects > 1) this.reconnects++;
      const { lostAt } = team;
      team.lostAt = undefined;
      events.emit("team.connected", { teamId: key, connects });
      if (lostAt === undefined) return;
      const downMs = this.#dialling.scheduler.clock.now() - lostAt;
      events.emit("team.gap", { teamId: key, downMs });
    });
    this.#manager.on("disconnected", ({ key, cause, retryInMs, wasReady }) => {
      const team = this.#roster.get(key);
      if (!team?.joined) return;
      team.connected = false;
      if (wasReady) team.lostAt = this.#dialling.scheduler.clock.now();
      events.emit("team.disconnected", { teamId: key, cause, retryInMs, wasConnected: wasReady });
    });
    this.#manager.on("invalid", ({ key, ...invalid }) => events.emit("invalid", { teamId: key, ...invalid }));
    this.#manager.on("unknown", ({ key, type, message }) =>
      events.emit("unknown", { teamId: key, type, message }),
    );
  }

  /** What a team's connection brings, checked by its schema. */
  #read(id: TeamId, type: string, message: object): void {
    if (type === "message") this.#count(id, message as TextMessage);
    else if (type === "pong") this.#ponged(id, (message as PingId).unique_id);
    else if (type === "team.left") this.#leftOnItsOwn(id);
  }

  /** Counted before it is told, and told only if somebody listens. */
  #count(id: TeamId, message: TextMessage): void {
    const team = this.#roster.get(id);
    if (team === undefined) return;
    const { text } = message;
    team.messages++;
    if (text.includes("props")) team.props++;
    if (this.#events.has("team.message")) this.#events.emit("team.message", { teamId: id, text, message });
  }

  /** Every attempt wants a fresh address: one is good for one connection and a short time. */
  async #addressOf(id: TeamId, { signal }: AttemptInfo): Promise<string> {
    const team = this.#roster.get(id);
    if (team === undefined) throw new HoldfastError("closed", "The team left");
    if (!this.#global.up) await this.#globalReturn(signal);
    if (this.#global.up) {
      const answer = this.#asks.expect<TeamAddress>(id, this.#askTimeoutMs, signal);
      this.#global.ask(id);
      team.lastUrl = (await answer).ws_url;
    }
    if (team.lastUrl === undefined) {
      throw new HoldfastError(
        "connection-lost",
        "the global connection is down and no address was ever given",
      );
    }
    return teamUrl(team.lastUrl, this.#global.address, this.#allowInsecure);
  }

  /** The global connection goes first: a team waits for it a while before it tries the address it had. */
  async #globalReturn(signal: AbortSignal): Promise<void> {
    try {
      await this.#returns.expect(Symbol("return"), this.#returnTimeoutMs, signal);
    } catch (error) {
      if ((error as HoldfastError).code !== "timeout") throw error;
    }
  }

  #headersFor(address: string): RequestHeaders | undefined | Promise<RequestHeaders | undefined> {
    const { headers } = this.#options;
    if (!mayHaveHeaders(address, this.#global.address, this.#trustedHosts)) return undefined;
    return typeof headers === "function" ? headers(address) : headers;
  }

  #beginPing(id: TeamId): number {
    const team = this.#roster.get(id) as Team | undefined;
    const pingId = ++this.#pings;
    if (team !== undefined) {
      team.pingId = pingId;
      team.pingedAt = this.#dialling.scheduler.clock.now();
    }
    return pingId;
  }

  #ponged(id: TeamId, pingId: number | string): void {
    const team = this.#roster.get(id);
    if (team === undefined || team.pingId !== pingId) return;
    const latencyMs = this.#dialling.scheduler.clock.now() - team.pingedAt;
    this.#events.emit("team.pong", { teamId: id, latencyMs });
  }
}
