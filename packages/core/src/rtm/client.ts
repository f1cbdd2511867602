import { type AddressSource, addressSource } from "../connection/address-source.ts";
import { type WiredConnection, wiredConnection } from "../connection/connection.ts";
import { SharedDialling } from "../connection/dialling.ts";
import { Deferred } from "../deferred.ts";
import type { EventSource } from "../emitter.ts";
import { abortError, clip, HoldfastError } from "../errors.ts";
import { EventHost } from "../event-host.ts";
import { integerOption, numberOption, signalOption, wordOption } from "../options.ts";
import type { BotClosed, BotEvents, BotOptions, BotStats } from "./bot-options.ts";
import { HealthcheckReplies } from "./healthcheck-replies.ts";
import type { GlobalClientMessages, GlobalServerMessages, ServerError, TeamStats } from "./messages.ts";
import { globalProtocol } from "./messages.ts";
import { Roster } from "./roster.ts";
import { TeamConnections } from "./team-connections.ts";

/** A bot: one global connection, one connection for each team, all kept alive. */
export interface Bot extends EventSource<BotEvents>, AsyncDisposable {
  /** Resolves when the bot has ended and no socket of its own is left; says why, and never rejects. */
  readonly closed: Promise<BotClosed>;
  /**
   * Connects; resolves when the global connection has said hello. Calling it again gives the same promise.
   * @throws {HoldfastError} `aborted` by its signal, or `closed` when it ended first, with the cause.
   */
  start(): Promise<void>;
  /** The rows that a healthcheck is answered with, and totals. */
  stats(): BotStats;
  /** Closes every connection with code 1000; resolves when no socket is left. */
  close(): Promise<BotClosed>;
}

/**
 * A bot of the RTM protocol (docs/protocols/rtm.md): it joins every team that the server announces, keeps one
 * connection for each, counts what arrives and answers healthchecks.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { createBot } from "@holdfast/core/rtm";
 * import { webSocket } from "@holdfast/core";
 *
 * const bot = createBot({ url: "ws://localhost:8080/global", socket: webSocket() });
 * bot.on("team.message", ({ teamId, text }) => console.log(teamId, text));
 * ```
 */
export function createBot(options: BotOptions): Bot {
  return new RtmBot(options);
}

class RtmBot extends EventHost<BotEvents> implements Bot {
  readonly #roster: Roster;
  readonly #dialling: SharedDialling;
  readonly #global: WiredConnection<GlobalClientMessages, GlobalServerMessages>;
  readonly #teams: TeamConnections;
  readonly #healthchecks: HealthcheckReplies;
  readonly #stopOnGoodbye: boolean;
  readonly #closed = new Deferred<BotClosed>();
  #globalAddress = "";
  #starting: Deferred<void> | undefined;
  #ending: BotClosed | undefined;

  constructor(options: BotOptions) {
    super("Bot");
    const url = addressSource("url", options?.url);
    const signal = signalOption("signal", options.signal);
    const askTimeoutMs = numberOption("askTimeoutMs", options.askTimeoutMs, 5_000, { min: 1 });
    numberOption("helloTimeoutMs", options.helloTimeoutMs, 10_000, { min: 1 });
    this.#stopOnGoodbye =
      wordOption("onGoodbye", options.onGoodbye, ["stop", "reconnect"], "stop") === "stop";
    this.#roster = new Roster(integerOption("maxDepartedTeams", options.maxDepartedTeams, 10_000));
    this.#dialling = new SharedDialling(options);
    this.#global = this.#createGlobal(options, url);
    const bot = this;
    this.#teams = new TeamConnections(
      { ...options, askTimeoutMs },
      {
        roster: this.#roster,
        events: this.emitter,
        dialling: this.#dialling,
        global: {
          get up() {
            return bot.#global.phase === "ready";
          },
          get address() {
            return bot.#globalAddress;
          },
          ask: (id) => void this.#global.send("team.connect", { team_id: id }),
        },
        report: (error) => this.report(error),
      },
    );
    this.#healthchecks = new HealthcheckReplies(this.#roster, this.#dialling.scheduler, this.emitter);
    this.#listen();
    if (signal !== undefined) this.#closeOnAbort(signal);
  }

  get closed(): Promise<BotClosed> {
    return this.#closed.promise;
  }

  start(): Promise<void> {
    if (this.#starting === undefined) {
      this.#starting = new Deferred();
      if (this.#ending !== undefined) this.#starting.reject(startError(this.#ending));
      else this.#global.connect().catch(() => {});
    }
    return this.#starting.promise;
  }

  stats(): BotStats {
    const teams = Array.from(this.#roster.all(), (team) => team.row());
    const team = this.#teams.stats();
    const global = this.#global.stats();
    const sum = (count: (row: TeamStats) => number): number =>
      teams.reduce((all, row) => all + count(row), 0);
    const { dialing, waiting, timers, lateFrames, abandoned } = team;
    return {
      teams,
      totals: {
        joined: this.#roster.joined,
        connected: sum((row) => Number(row.connected)),
        globalConnected: this.#global.phase === "ready",
        messages: sum((row) => row.message_count),
        props: sum((row) => row.props_count),
        teamReconnects: this.#teams.reconnects,
        globalReconnects: Math.max(0, global.connects - 1),
        invalid: global.invalid + team.invalid,
        unknown: global.unknown + team.unknown,
        ignored: this.#teams.ignored,
        healthchecks: this.#healthchecks.answered,
        forgotten: this.#roster.forgotten,
        ...{ dialing, waiting, timers, lateFrames, abandoned },
      },
    };
  }

  close(): Promise<BotClosed> {
    return this.#end({ reason: "closed" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #createGlobal(
    options: BotOptions,
    url: AddressSource,
  ): WiredConnection<GlobalClientMessages, GlobalServerMessages> {
    const { signal: _own, helloTimeoutMs, ...rest } = options;
    const fixed = typeof url !== "function";
    return wiredConnection({
      ...rest,
      protocol: globalProtocol,
      dialling: this.#dialling,
      priority: 1,
      readyOn: "hello",
      ...(helloTimeoutMs !== undefined && { readyTimeoutMs: helloTimeoutMs }),
      isFinal: ({ kind }) => kind === "unauthorized" || (kind === "bad-address" && fixed),
      url: async (info) => {
        const address = String(typeof url === "function" ? await url(info) : url);
        this.#globalAddress = address;
        return address;
      },
    });
  }

  #listen(): void {
    const { messages } = this.#global;
    const events = this.emitter;
    messages.on("team.join", ({ team_id }) => this.#teams.join(team_id));
    messages.on("team.left", ({ team_id }) => this.#teams.leave(team_id));
    messages.on("team.connect", (message) => this.#teams.addressed(message));
    messages.on("error", (message) => this.#serverError(message));
    messages.on("healthcheck", () => this.#healthchecks.ask(this.#global.wire));
    messages.on("goodbye", () => this.#goodbye());
    this.#global.on("connected", ({ connects }) => {
      this.#starting?.resolve();
      this.#teams.globalBack();
      events.emit("global.connected", { connects });
    });
    this.#global.on("disconnected", ({ cause, retryInMs, wasReady }) => {
      this.#teams.globalLost();
      events.emit("global.disconnected", {
        cause,
        retryInMs,
        wasConnected: wasReady,
      });
    });
    this.#global.on("closed", ({ cause }) => {
      if (this.#ending === undefined) void this.#end({ reason: "failed", cause });
    });
    this.#global.on("invalid", (invalid) => events.emit("invalid", invalid));
    this.#global.on("unknown", (unknown) => events.emit("unknown", unknown));
    this.#global.on("error", (error) => this.report(error));
  }

  #serverError({ message, team_id }: ServerError): void {
    if (team_id !== undefined) this.#teams.refused(team_id, message);
    const about = team_id === undefined ? "" : ` for team ${clip(team_id, 80)}`;
    this.report(new HoldfastError("server-error", `Server sent an error${about}: ${clip(message)}`));
  }

  #goodbye(): void {
    this.#healthchecks.finish();
    this.emitter.emit("goodbye", {});
    if (this.#stopOnGoodbye) void this.#end({ reason: "goodbye" });
    // The server may leave it to us to close: the next connection is dialled as after any loss.
    else this.#global.reconnect();
  }

  #closeOnAbort(signal: AbortSignal): void {
    const abort = (): void => void this.#end({ reason: "aborted" }, signal);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void this.closed.then(() => signal.removeEventListener("abort", abort));
  }

  #end(why: BotClosed, signal?: AbortSignal): Promise<BotClosed> {
    if (this.#ending === undefined) {
      this.#ending = why;
      this.#starting?.reject(signal ? abortError("Start", signal) : startError(why));
      const gone = [this.#teams.close(1000, why.reason), this.#global.close(1000, why.reason)];
      this.#healthchecks.close();
      void Promise.all(gone).then(() => {
        this.emitter.close();
        this.#closed.resolve(why);
      });
    }
    return this.closed;
  }
}

function startError({ reason, cause }: BotClosed): HoldfastError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  const ended = reason === "goodbye" ? "was told goodbye" : reason === "failed" ? "failed" : `was ${reason}`;
  const code = reason === "aborted" ? "aborted" : "closed";
  return new HoldfastError(code, `The bot ${ended} before it was ready${why}`, cause && { cause });
}
