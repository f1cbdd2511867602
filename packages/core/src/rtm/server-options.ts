import type { Clock } from "../clock.ts";
import type { ReplyOptions } from "../connection/replies.ts";
import type { HeartbeatOptions } from "../connection/settings.ts";
import type { EventSource } from "../emitter.ts";
import type { HoldfastError } from "../errors.ts";
import type { Acceptor } from "../socket/listener.ts";
import type { TeamId, TeamStats } from "./messages.ts";

/** What `createRtmServer` takes. */
export interface RtmServerOptions {
  /** Where clients reach this server, such as `ws://127.0.0.1:8080`: team addresses begin with it. */
  url: string | URL | (() => string | URL);
  /** How long a team's address is good for, in milliseconds. @default 30000 */
  tokenTtlMs?: number;
  /** How long an answer to a healthcheck is waited for, in milliseconds. @default 5000 */
  healthcheckTimeoutMs?: number;
  /** How long clients have to close after `team.left` and `goodbye`, in milliseconds. @default 5000 */
  farewellMs?: number;
  /** How a client that went mute is found out; `false` for not at all. @default every 30 s, 10 s to answer */
  heartbeat?: HeartbeatOptions | false;
  /** Larger frames of clients are answered with an error, in bytes. @default 4194304: a healthcheck of 10,000 teams is 1 MB */
  maxMessageBytes?: number;
  /** A socket with more unwritten bytes than this is dropped as a slow reader. @default 4194304 */
  maxBufferedBytes?: number;
  /** The clock. @default the host's monotonic clock */
  clock?: Clock;
}

/** One client, as long as its global connection lasts. */
export interface RtmClient {
  /** Counts global connections, from 1. */
  readonly id: number;
  /**
   * Asks for the state of its teams; two askers at once share one request.
   * @throws {HoldfastError} `timeout`, `aborted` or `connection-lost`.
   */
  healthcheck(options?: ReplyOptions): Promise<TeamStats[]>;
}

/** Something a client did that the protocol does not allow. */
export interface Mistake {
  /**
   * `frame`: not a message of the protocol; `type`: a message that means nothing there; `ask`: `team.connect` for
   * an unknown team; `address`: a dial to an address that is spent, expired or unknown.
   */
  readonly kind: "frame" | "type" | "ask" | "address";
  /** One readable line. */
  readonly message: string;
  /** The team it is about, where that is known. */
  readonly teamId?: TeamId;
}

/** What a server tells. */
export interface RtmServerEvents {
  /** A global connection was opened. */
  "client.connected": { readonly client: RtmClient };
  /** A global connection ended. */
  "client.disconnected": { readonly client: RtmClient };
  /** A client asked for a team's address. */
  "team.asked": { readonly teamId: TeamId };
  /** A team's socket was opened; `sockets` counts those of this team that are open now. */
  "team.connected": { readonly teamId: TeamId; readonly sockets: number };
  /** A team's socket ended. */
  "team.disconnected": { readonly teamId: TeamId; readonly sockets: number };
  /** A client did something that the protocol does not allow; it was told. */
  mistake: Mistake;
  /** A socket was dropped because its client did not read, or was mute. */
  dropped: { readonly teamId?: TeamId; readonly why: string };
  /** A listener failed, or a stream overflowed. */
  error: HoldfastError;
}

/** Figures of one team on the server. */
export interface ServedTeamRow {
  /** The team. */
  readonly id: TeamId;
  /** Messages that a live socket took. */
  readonly sent: number;
  /** Those of them with `props` in their text. */
  readonly props: number;
  /** Messages for which there was no socket. */
  readonly missed: number;
  /** Sockets open now. */
  readonly sockets: number;
  /** Sockets ever opened. */
  readonly connects: number;
}

/** Figures of a server. */
export interface RtmServerStats {
  /** Every team that was ever added, in that order. */
  readonly teams: ServedTeamRow[];
  /** Global connections now. */
  readonly clients: number;
  /** Mistakes of clients, by kind. */
  readonly mistakes: Readonly<Record<Mistake["kind"], number>>;
}

/** The server half of RTM. It owns no socket of its own: a listener hands it peers through `accept`. */
export interface RtmServer extends EventSource<RtmServerEvents>, AsyncDisposable {
  /** The door for a listener: `/global`, and the team addresses that were given out. */
  readonly accept: Acceptor;
  /** Global connections now. */
  readonly clients: readonly RtmClient[];
  /** Adds a team and announces it; returns false when it is there already. */
  addTeam(id: TeamId): boolean;
  /** Removes a team and says so on every connection; returns false when it is not there. */
  removeTeam(id: TeamId): boolean;
  /** Whether the team is there. */
  hasTeam(id: TeamId): boolean;
  /** Sends a `message` to a team; returns how many sockets took it. */
  send(id: TeamId, text: string): number;
  /**
   * Asks the newest client for the state of its teams.
   * @throws {HoldfastError} `not-sent` when there is no client, `timeout`, `aborted` or `connection-lost`.
   */
  healthcheck(options?: ReplyOptions): Promise<TeamStats[]>;
  /** Says goodbye to every client; resolves when all sockets are gone, at the latest after `farewellMs`. */
  goodbye(): Promise<void>;
  /** Drops every socket. */
  close(): Promise<void>;
  /** Figures since it was made. */
  stats(): RtmServerStats;
}
