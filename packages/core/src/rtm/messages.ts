import * as v from "valibot";
import { exactly, openObject } from "../protocol/exactly.ts";
import { defineProtocol, type Protocol } from "../protocol/protocol.ts";

/*
 * The words of RTM as docs/protocols/rtm.md has them; names stay as they are on the wire. Every interface has a
 * schema beside it. Fields that are not named here pass through.
 */

/** A team's id: a number, or a string; it goes back out as it came in. Integers over 2^53 must be strings. */
export type TeamId = number | string;

/** A message that is only its type: `hello`, `goodbye`, a server's `healthcheck`. */
// biome-ignore lint/suspicious/noEmptyInterface: the type alone is the message
export interface Bare {}

/** Names a team: `team.join` and `team.left` of a server, `team.connect` of a client. */
export interface TeamNamed {
  /** The team. */
  team_id: TeamId;
}

/** `team.left` on a team's own connection, where the id may be left out. */
export interface TeamMaybeNamed {
  /** The team. */
  team_id?: TeamId | undefined;
}

/** `team.connect` of a server: where a team can be dialled, once and soon. */
export interface TeamAddress {
  /** The team. */
  team_id: TeamId;
  /** Its WebSocket URL; `http:` and `https:` mean the WebSocket of the same host. */
  ws_url: string;
}

/** `error` of a server. */
export interface ServerError {
  /** Details about the error. */
  message: string;
  /** The client's message that led to it. */
  received_message?: unknown;
  /** The team it is about. */
  team_id?: TeamId | undefined;
}

/** One row of a healthcheck. */
export interface TeamStats {
  /** The team. */
  id: TeamId;
  /** Whether its WebSocket is open and has said hello. */
  connected: boolean;
  /** Valid messages received since the team was first seen, across reconnects. */
  message_count: number;
  /** Those of them with `props` in their text. */
  props_count: number;
}

/** `healthcheck` of a client. */
export interface Healthcheck {
  /** One row for each team, departed ones included. */
  stats: TeamStats[];
}

/** `ping` of a client and `pong` of a server. */
export interface PingId {
  /** Ties a pong to its ping. */
  unique_id: number | string;
}

/** `message` of a server. */
export interface TextMessage {
  /** The message's body. */
  text: string;
}

/** What a client says on the global connection. */
export interface GlobalClientMessages {
  /** Asks for a team's address. */
  "team.connect": TeamNamed;
  /** The state of all teams. */
  healthcheck: Healthcheck;
}

/** What a server says on the global connection. */
export interface GlobalServerMessages {
  /** The connection is ready. */
  hello: Bare;
  /** The run is over. */
  goodbye: Bare;
  /** A team is there. */
  "team.join": TeamNamed;
  /** A team is gone. */
  "team.left": TeamNamed;
  /** Where a team can be dialled. */
  "team.connect": TeamAddress;
  /** What the server could not take. */
  error: ServerError;
  /** Asks for the state of all teams. */
  healthcheck: Bare;
}

/** What a client says on a team connection. */
export interface TeamClientMessages {
  /** Are you there. */
  ping: PingId;
}

/** What a server says on a team connection. */
export interface TeamServerMessages {
  /** The connection is ready. */
  hello: Bare;
  /** Yes, with the id of the ping. */
  pong: PingId;
  /** Somebody wrote something. */
  message: TextMessage;
  /** The team is gone: close. */
  "team.left": TeamMaybeNamed;
}

/**
 * Whether a value can be an id on the wire. An integer that a JSON number cannot hold exactly would be another team's
 * id when it goes back out.
 */
export function isTeamId(value: unknown): value is TeamId {
  if (typeof value === "string") return true;
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const id = v.custom<TeamId>(isTeamId, "Expected a string or a number that JSON holds exactly");
const bare = exactly<Bare>()(openObject({}));
const teamNamed = exactly<TeamNamed>()(openObject({ team_id: id }));
const teamMaybeNamed = exactly<TeamMaybeNamed>()(openObject({ team_id: v.optional(id) }));
const teamAddress = exactly<TeamAddress>()(openObject({ team_id: id, ws_url: v.string() }));
const serverError = exactly<ServerError>()(
  openObject({
    message: v.string(),
    received_message: v.optional(v.unknown()),
    team_id: v.optional(id),
  }),
);
/** One check and no pipe: a pipe is never looked through, and would bring its actions into every browser's bundle. */
const count = v.custom<number>(
  isCount,
  ({ received }) => `Invalid count: Expected a whole number of 0 or more but received ${received}`,
);
const healthcheck = exactly<Healthcheck>()(
  openObject({
    stats: v.array(
      openObject({
        id,
        connected: v.boolean(),
        message_count: count,
        props_count: count,
      }),
    ),
  }),
);
const pingId = exactly<PingId>()(openObject({ unique_id: id }));
const textMessage = exactly<TextMessage>()(openObject({ text: v.string() }));

/** The protocol of the global connection. */
export const globalProtocol: Protocol<GlobalClientMessages, GlobalServerMessages> = defineProtocol({
  name: "rtm.global",
  client: { "team.connect": teamNamed, healthcheck },
  server: {
    hello: bare,
    goodbye: bare,
    "team.join": teamNamed,
    "team.left": teamNamed,
    "team.connect": teamAddress,
    error: serverError,
    healthcheck: bare,
  },
});

/** The protocol of a team connection. */
export const teamProtocol: Protocol<TeamClientMessages, TeamServerMessages> = defineProtocol({
  name: "rtm.team",
  client: { ping: pingId },
  server: {
    hello: bare,
    pong: pingId,
    message: textMessage,
    "team.left": teamMaybeNamed,
  },
});
