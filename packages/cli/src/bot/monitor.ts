import type { Clock, CloseCause, EventSource } from "@holdfast/core";
import type { BotClosed, BotEvents, TeamId } from "@holdfast/core/rtm";
import { Meter } from "./meter.ts";

/** A bot at one moment, as it is shown. */
export interface Picture {
  readonly upMs: number;
  readonly global: "connecting" | "connected" | "lost" | "ended";
  /** Why the bot has ended; `undefined` as long as it has not. */
  readonly endReason: BotClosed["reason"] | undefined;
  readonly globalLosses: number;
  /** Why the global connection is not there, as long as it is not. */
  readonly globalCause?: string;
  readonly teams: {
    readonly joined: number;
    readonly connected: number;
    /** Lost, and waiting for their next try. */
    readonly waiting: number;
    /** Joined, and on their way to a connection. */
    readonly connecting: number;
    /** Departed since the start. */
    readonly left: number;
  };
  readonly messages: Flow;
  readonly props: Flow;
  readonly reconnects: number;
  /** Lost connections and failed tries of teams, by the kind of their cause. */
  readonly losses: ReadonlyMap<string, number>;
  readonly invalid: number;
  readonly unknown: number;
  readonly healthchecks: number;
  readonly serverErrors: number;
  /** The newest messages, the newest first. */
  readonly newest: ReadonlyArray<{ readonly teamId: TeamId; readonly text: string }>;
  /** The slowest connected teams by their latest ping, the slowest first. */
  readonly slowest: ReadonlyArray<{ readonly teamId: TeamId; readonly latencyMs: number }>;
}

/** Something counted: now, in all, and second by second. */
export interface Flow {
  readonly perSecond: number;
  readonly total: number;
  readonly history: readonly number[];
}

interface WatchedTeam {
  connected: boolean;
  retryAtMs: number;
  latencyMs: number | undefined;
}

/** How much of a message is kept for show. */
const MAX_TEXT = 500;
const HISTORY_SECONDS = 40;

/** Watches a bot and keeps what a view of it needs, which is bounded by the number of its teams. */
export class Monitor {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #teams = new Map<TeamId, WatchedTeam>();
  readonly #messages: Meter;
  readonly #props: Meter;
  readonly #losses = new Map<string, number>();
  readonly #kept: number;
  #newest: Array<{ teamId: TeamId; text: string }> = [];
  #global: Picture["global"] = "connecting";
  #globalCause: string | undefined;
  #endReason: Picture["endReason"];
  readonly #counts = {
    ...{ globalLosses: 0, left: 0, reconnects: 0 },
    ...{ invalid: 0, unknown: 0, healthchecks: 0, serverErrors: 0 },
  };

  /** @param kept How many messages and slow teams a picture shows. */
  constructor(bot: EventSource<BotEvents>, clock: Clock, kept: number = 8) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#messages = new Meter(this.#startedAt);
    this.#props = new Meter(this.#startedAt);
    this.#kept = kept;
    this.#watchTeams(bot);
    this.#watchRest(bot);
  }

  /** The bot has ended: pictures from now on are of what it was. */
  end({ reason }: BotClosed): void {
    this.#global = "ended";
    this.#endReason = reason;
  }

  /** The bot at this moment. */
  picture(): Picture {
    const now = this.#clock.now();
    const { left, ...counts } = this.#counts;
    const teams = [...this.#teams];
    const connected = teams.filter(([, team]) => team.connected).length;
    const waiting = teams.filter(([, team]) => !team.connected && team.retryAtMs > now).length;
    const slowest = teams
      .flatMap(([teamId, { latencyMs }]) => (latencyMs === undefined ? [] : [{ teamId, latencyMs }]))
      .toSorted((a, b) => b.latencyMs - a.latencyMs);
    const flow = (meter: Meter): Flow => ({
      perSecond: meter.perSecond(now),
      total: meter.total,
      history: meter.history(now, HISTORY_SECONDS),
    });
    return {
      ...counts,
      upMs: now - this.#startedAt,
      global: this.#global,
      ...(this.#globalCause !== undefined && { globalCause: this.#globalCause }),
      endReason: this.#endReason,
      teams: {
        ...{ joined: teams.length, connected, waiting, left },
        connecting: teams.length - connected - waiting,
      },
      messages: flow(this.#messages),
      props: flow(this.#props),
      losses: this.#losses,
      newest: this.#newest,
      slowest: slowest.slice(0, this.#kept),
    };
  }

  #watchTeams(bot: EventSource<BotEvents>): void {
    bot.on("team.joined", ({ teamId }) => {
      this.#teams.set(teamId, { connected: false, retryAtMs: 0, latencyMs: undefined });
    });
    bot.on("team.left", ({ teamId }) => {
      if (this.#teams.delete(teamId)) this.#counts.left++;
    });
    bot.on("team.connected", ({ teamId, connects }) => {
      this.#update(teamId, { connected: true });
      if (connects > 1) this.#counts.reconnects++;
    });
    bot.on("team.disconnected", ({ teamId, cause, retryInMs }) => {
      const retryAtMs = this.#clock.now() + retryInMs;
      this.#update(teamId, { connected: false, retryAtMs, latencyMs: undefined });
      this.#lost(cause);
    });
    bot.on("team.pong", ({ teamId, latencyMs }) => this.#update(teamId, { latencyMs }));
    bot.on("team.message", ({ teamId, text }) => {
      const now = this.#clock.now();
      this.#messages.add(now);
      if (text.includes("props")) this.#props.add(now);
      this.#newest = [{ teamId, text: text.slice(0, MAX_TEXT) }, ...this.#newest.slice(0, this.#kept - 1)];
    });
  }

  #watchRest(bot: EventSource<BotEvents>): void {
    bot.on("global.connected", () => {
      this.#global = "connected";
      this.#globalCause = undefined;
    });
    bot.on("global.disconnected", ({ cause, wasConnected }) => {
      this.#global = "lost";
      this.#globalCause = cause.message;
      if (wasConnected) this.#counts.globalLosses++;
    });
    bot.on("invalid", () => this.#counts.invalid++);
    bot.on("unknown", () => this.#counts.unknown++);
    bot.on("healthcheck", () => this.#counts.healthchecks++);
    bot.on("error", () => this.#counts.serverErrors++);
  }

  #update(teamId: TeamId, change: Partial<WatchedTeam>): void {
    const team = this.#teams.get(teamId);
    if (team !== undefined) Object.assign(team, change);
  }

  #lost({ kind }: CloseCause): void {
    this.#losses.set(kind, (this.#losses.get(kind) ?? 0) + 1);
  }
}
