import { systemClock } from "../clock.ts";
import type { HeartbeatPace } from "../connection/heartbeat.ts";
import type { ReplyOptions } from "../connection/replies.ts";
import { Scheduler } from "../connection/scheduler.ts";
import { heartbeatPace } from "../connection/settings.ts";
import { Deferred } from "../deferred.ts";
import { clip, HoldfastError } from "../errors.ts";
import { EventHost } from "../event-host.ts";
import { numberOption } from "../options.ts";
import { type Invalid, type MessageSink, Receiver } from "../protocol/receiver.ts";
import type { Acceptor, Incoming, Refusal, Welcome } from "../socket/listener.ts";
import { Door } from "./door.ts";
import { errorFrame, teamNamedIn } from "./error-frame.ts";
import {
  globalProtocol,
  type Healthcheck,
  type PingId,
  type TeamId,
  type TeamNamed,
  type TeamStats,
  teamProtocol,
} from "./messages.ts";
import { ServedTeam } from "./served-team.ts";
import type {
  Mistake,
  RtmClient,
  RtmServer,
  RtmServerEvents,
  RtmServerOptions,
  RtmServerStats,
} from "./server-options.ts";
import { GlobalSession, Session, type SessionOwner } from "./server-session.ts";

/**
 * The server half of the RTM protocol (docs/protocols/rtm.md), over any transport's listener.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { memory } from "@holdfast/core";
 * import { createRtmServer } from "@holdfast/core/rtm";
 *
 * const server = createRtmServer({ url: "ws://server" });
 * memory().listen("ws://server", server.accept);
 * server.addTeam(1);
 * server.send(1, "hello team");
 * ```
 */
export function createRtmServer(options: RtmServerOptions): RtmServer {
  return new TeamServer(options);
}

class TeamServer extends EventHost<RtmServerEvents> implements RtmServer, SessionOwner, MessageSink<Session> {
  readonly scheduler: Scheduler;
  readonly heartbeat: HeartbeatPace | undefined;
  readonly maxBufferedBytes: number;
  readonly healthcheckTimeoutMs: number;
  readonly receiver: Receiver<Session>;
  readonly accept: Acceptor = (incoming) => this.#accept(incoming);
  readonly #door: Door;
  readonly #farewellMs: number;
  readonly #teams = new Map<TeamId, ServedTeam>();
  readonly #clients = new Set<GlobalSession>();
  readonly #sessions = new Set<Session>();
  readonly #mistakes: Record<Mistake["kind"], number> = {
    frame: 0,
    type: 0,
    ask: 0,
    address: 0,
  };
  #emptied: Deferred<void> | undefined;
  #connections = 0;
  #ending = false;

  constructor(options: RtmServerOptions) {
    super("RTM server");
    this.scheduler = new Scheduler(options.clock ?? systemClock);
    this.heartbeat = heartbeatPace(options.heartbeat);
    this.maxBufferedBytes = numberOption("maxBufferedBytes", options.maxBufferedBytes, 4_194_304, { min: 1 });
    this.healthcheckTimeoutMs = numberOption("healthcheckTimeoutMs", options.healthcheckTimeoutMs, 5_000, {
      min: 1,
    });
    this.#farewellMs = numberOption("farewellMs", options.farewellMs, 5_000);
    const tokenTtlMs = numberOption("tokenTtlMs", options.tokenTtlMs, 30_000, {
      min: 1,
    });
    this.#door = new Door(addressOption(options.url), this.scheduler.clock, tokenTtlMs);
    const maxBytes = numberOption("maxMessageBytes", options.maxMessageBytes, 4_194_304, { min: 1 });
    const validators = new Map([...globalProtocol.client.validators, ...teamProtocol.client.validators]);
    this.receiver = new Receiver({ validators }, globalProtocol.codec, maxBytes, this);
  }

  get clients(): readonly RtmClient[] {
    return [...this.#clients];
  }

  addTeam(id: TeamId): boolean {
    const known = this.#teams.get(id);
    if (known?.present) return false;
    if (known !== undefined) known.present = true;
    else this.#teams.set(id, new ServedTeam(id));
    for (const client of this.#clients) say(client, "team.join", { team_id: id });
    return true;
  }

  removeTeam(id: TeamId): boolean {
    const team = this.#teams.get(id);
    if (!team?.present) return false;
    team.present = false;
    for (const session of team.sessions) {
      say(session, "team.left", { team_id: id });
      session.dropAfter(this.#farewellMs, "it did not close after team.left");
    }
    for (const client of this.#clients) say(client, "team.left", { team_id: id });
    return true;
  }

  hasTeam(id: TeamId): boolean {
    return this.#teams.get(id)?.present === true;
  }

  send(id: TeamId, text: string): number {
    const team = this.#teams.get(id);
    return team?.present ? team.send(text) : 0;
  }

  async healthcheck(options?: ReplyOptions): Promise<TeamStats[]> {
    const client = [...this.#clients].at(-1);
    if (client === undefined)
      throw new HoldfastError("not-sent", "Healthcheck was not sent: no client is connected");
    return client.healthcheck(options);
  }

  async goodbye(): Promise<void> {
    this.#ending = true;
    for (const client of this.#clients) say(client, "goodbye", {});
    for (const session of this.#sessions)
      session.dropAfter(this.#farewellMs, "it did not close after goodbye");
    if (this.#sessions.size > 0) {
      this.#emptied ??= new Deferred();
      await this.#emptied.promise;
    }
    this.emitter.close();
  }

  async close(): Promise<void> {
    this.#ending = true;
    for (const session of [...this.#sessions]) session.drop("the server is closed");
    this.emitter.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  stats(): RtmServerStats {
    const teams = Array.from(this.#teams.values(), (team) => team.row());
    return {
      teams,
      clients: this.#clients.size,
      mistakes: { ...this.#mistakes },
    };
  }

  onMessage(session: Session, type: string, message: object): void {
    const global = session instanceof GlobalSession;
    if (type === "ping" && !global)
      return void say(session, "pong", { unique_id: (message as PingId).unique_id });
    if (type === "team.connect" && global) return this.#ask(session, message as TeamNamed);
    if (type === "healthcheck" && global) return session.answered((message as Healthcheck).stats);
    this.onUnknown(session, type, message);
  }

  onUnknown(session: Session, type: string, message: unknown): void {
    const where = session instanceof GlobalSession ? "the global connection" : "a team connection";
    this.#tell(session, "type", `Message type ${clip(type, 80)} means nothing on ${where}`, message);
  }

  onInvalid(session: Session, { reason, sample }: Invalid): void {
    this.#tell(session, "frame", reason, sample);
  }

  sessionEnded(session: Session): void {
    this.#sessions.delete(session);
    if (session instanceof GlobalSession) {
      this.#clients.delete(session);
      this.emitter.emit("client.disconnected", { client: session });
    } else if (session.teamId !== undefined) {
      const sessions = this.#teams.get(session.teamId)?.sessions;
      sessions?.delete(session);
      this.emitter.emit("team.disconnected", {
        teamId: session.teamId,
        sockets: sessions?.size ?? 0,
      });
    }
    if (this.#sessions.size === 0) this.#emptied?.resolve();
  }

  sessionDropped({ teamId }: Session, why: string): void {
    this.emitter.emit("dropped", teamId === undefined ? { why } : { teamId, why });
  }

  #accept({ path }: Incoming): Welcome | Refusal {
    if (this.#ending) return { status: 503, reason: "The server is closing" };
    const open = this.#door.open(path);
    if (open === "global")
      return (socket) => this.#welcomeClient(new GlobalSession(this, socket, ++this.#connections));
    if ("teamId" in open) return (socket) => this.#welcomeTeam(new Session(this, socket, open.teamId));
    this.#mistake({ kind: "address", message: open.reason });
    return open;
  }

  #welcomeClient(session: GlobalSession): Session {
    this.#sessions.add(session);
    this.#clients.add(session);
    say(session, "hello", {});
    for (const { id, present } of this.#teams.values())
      if (present) say(session, "team.join", { team_id: id });
    this.emitter.emit("client.connected", { client: session });
    return session;
  }

  #welcomeTeam(session: Session): Session {
    const teamId = session.teamId as TeamId;
    const team = this.#teams.get(teamId);
    this.#sessions.add(session);
    say(session, "hello", {});
    if (team === undefined) return session;
    team.sessions.add(session);
    team.connects++;
    // It may have been removed between the asking and the dial.
    if (!team.present) say(session, "team.left", { team_id: teamId });
    this.emitter.emit("team.connected", {
      teamId,
      sockets: team.sessions.size,
    });
    return session;
  }

  #ask(session: Session, { team_id: teamId }: TeamNamed): void {
    this.emitter.emit("team.asked", { teamId });
    if (this.hasTeam(teamId))
      say(session, "team.connect", {
        team_id: teamId,
        ws_url: this.#door.addressOf(teamId),
      });
    else
      this.#tell(session, "ask", `Team ${clip(teamId, 80)} is unknown`, {
        type: "team.connect",
        team_id: teamId,
      });
  }

  /** A client is told of its mistake with what it sent, and with the team where it named one. */
  #tell(session: Session, kind: Mistake["kind"], message: string, received: unknown): void {
    const known = teamNamedIn(received) ?? session.teamId;
    const team = known === undefined ? {} : { team_id: known };
    session.send(errorFrame({ message, received_message: received, ...team }));
    this.#mistake({
      kind,
      message,
      ...(known !== undefined && { teamId: known }),
    });
  }

  #mistake(mistake: Mistake): void {
    this.#mistakes[mistake.kind]++;
    this.emitter.emit("mistake", mistake);
  }
}

function say(session: Session, type: string, message: object): boolean {
  return session.send(globalProtocol.codec.encode(type, message));
}

function addressOption(url: RtmServerOptions["url"]): RtmServerOptions["url"] {
  if (typeof url !== "function" && !URL.canParse(url)) {
    throw new TypeError(`Option url must be a URL or a function: got ${clip(url, 80)}`);
  }
  return url;
}
