import * as v from "valibot";
import { exactly, openObject } from "../protocol/exactly.ts";
import { defineProtocol, type Protocol } from "../protocol/protocol.ts";
import { channelCodec } from "./codec.ts";

/*
 * The words of channels as docs/protocols/channels.md has them; names stay as they are on the wire. Every interface
 * has a schema beside it. Fields that are not named here pass through.
 *
 * Servers in the wild leave some fields out: what may be missing is optional here, and a client does without it.
 */

/** What every frame of our server carries. */
export interface ServerFrame {
  /** `evt_…`; ids of one channel sort in the order of delivery. */
  eventID: string;
  /** The recipient's own id. */
  clientID: string;
  /** The last ping's round trip in milliseconds, 0 before the first. */
  latency: number;
}

/** {@linkcode ServerFrame}, as far as a server in the wild has it. */
export interface MaybeServerFrame {
  /** See {@linkcode ServerFrame.eventID}. */
  eventID?: string | undefined;
  /** See {@linkcode ServerFrame.clientID}. */
  clientID?: string | undefined;
  /** See {@linkcode ServerFrame.latency}. */
  latency?: number | undefined;
}

/** One listener, as others see it. */
export interface Member {
  /** Its id: new with each connection. */
  clientID: string;
  /** What it said of itself: any JSON. */
  presence: unknown;
}

/** A {@linkcode Member} in a frame; without presence it is `{}`. */
export interface MemberOnWire {
  /** The member's id. */
  clientID: string;
  /** What it said of itself. */
  presence?: unknown;
}

/** `CONNECTED`: always first. */
export interface ConnectedFrame extends MaybeServerFrame {
  /** The channel as it was at that moment. */
  payload: {
    /** Who was there already. */
    members: MemberOnWire[];
  };
  /** Whether nothing was lost after the event that `since` named; only where it was asked. */
  recovered?: boolean | undefined;
}

/** `DATA`: an event. */
export interface DataFrame extends MaybeServerFrame {
  /** What was emitted. */
  payload: unknown;
  /** Whether an `ACK` is waited for. */
  requires_ack?: boolean | undefined;
  /** The same, as some servers spell it. */
  require_ack?: boolean | undefined;
  /** Whether it comes from history. */
  replayed?: boolean | undefined;
}

/** `PRESENCE:JOINED` and `PRESENCE:UPDATED`. */
export interface PresenceFrame extends MaybeServerFrame {
  /** Whom it is about. */
  payload: MemberOnWire;
}

/** `PRESENCE:LEFT`. */
export interface LeftFrame extends MaybeServerFrame {
  /** Whom it is about. */
  payload: {
    /** Whose connection is gone. */
    clientID: string;
  };
}

/** `ERROR`: what the server did not like. */
export interface ErrorFrame extends MaybeServerFrame {
  /** What it was. */
  payload: {
    /** In one sentence. */
    message: string;
    /** A word of the wire document's table, such as `PING_TIMEOUT`. */
    code: string;
  };
}

/** `ACK` of a client. */
export interface AckMessage {
  /** Which it is. */
  payload: {
    /** The event that is acknowledged. */
    eventID: string;
  };
}

/** `PONG` of a client: the type alone is the message. */
// biome-ignore lint/suspicious/noEmptyInterface: the type alone is the message
export interface PongMessage {}

/** `PRESENCE` of a client. */
export interface PresenceMessage {
  /** Replaces what it said before: any JSON. */
  payload: unknown;
}

/** What a server says. */
export interface ChannelServerMessages {
  /** The first frame of a connection. */
  CONNECTED: ConnectedFrame;
  /** An event. */
  DATA: DataFrame;
  /** Are you there. */
  PING: MaybeServerFrame;
  /** Somebody came; not to the newcomer. */
  "PRESENCE:JOINED": PresenceFrame;
  /** Somebody's presence changed; to the sender too. */
  "PRESENCE:UPDATED": PresenceFrame;
  /** Somebody is gone. */
  "PRESENCE:LEFT": LeftFrame;
  /** The server did not like something. */
  ERROR: ErrorFrame;
  /** Some servers answer an `ACK` by this, so spelt; it says nothing. */
  "ACK-RECIEVED": MaybeServerFrame;
}

/** What a client says. */
export interface ChannelClientMessages {
  /** An event was taken. */
  ACK: AckMessage;
  /** Yes. */
  PONG: PongMessage;
  /** What others shall see. */
  PRESENCE: PresenceMessage;
}

/** An id is no longer than this, in characters: it is remembered, and said in an address. */
const MAX_ID_LENGTH = 200;

const anything = v.custom<unknown>(() => true);
const id = v.custom<string>(
  (value) => typeof value === "string" && value.length <= MAX_ID_LENGTH,
  `Expected an id of at most ${MAX_ID_LENGTH} characters`,
);
const frame = {
  eventID: v.optional(id),
  clientID: v.optional(id),
  latency: v.optional(v.number()),
};
const member = openObject({ clientID: id, presence: v.optional(anything) });
const bare = exactly<MaybeServerFrame>()(openObject(frame));
const connected = exactly<ConnectedFrame>()(
  openObject({
    ...frame,
    payload: openObject({ members: v.array(member) }),
    recovered: v.optional(v.boolean()),
  }),
);
const data = exactly<DataFrame>()(
  openObject({
    ...frame,
    payload: anything,
    requires_ack: v.optional(v.boolean()),
    require_ack: v.optional(v.boolean()),
    replayed: v.optional(v.boolean()),
  }),
);
const presenceFrame = exactly<PresenceFrame>()(openObject({ ...frame, payload: member }));
const left = exactly<LeftFrame>()(openObject({ ...frame, payload: openObject({ clientID: id }) }));
const error = exactly<ErrorFrame>()(
  openObject({ ...frame, payload: openObject({ message: v.string(), code: v.string() }) }),
);
const ack = exactly<AckMessage>()(openObject({ payload: openObject({ eventID: id }) }));
const pong = exactly<PongMessage>()(openObject({}));
const presence = exactly<PresenceMessage>()(openObject({ payload: anything }));

/** The protocol of a channel's WebSocket. */
export const channelProtocol: Protocol<ChannelClientMessages, ChannelServerMessages> = defineProtocol({
  name: "channels",
  client: { ACK: ack, PONG: pong, PRESENCE: presence },
  server: {
    CONNECTED: connected,
    DATA: data,
    PING: bare,
    "PRESENCE:JOINED": presenceFrame,
    "PRESENCE:UPDATED": presenceFrame,
    "PRESENCE:LEFT": left,
    ERROR: error,
    "ACK-RECIEVED": bare,
  },
  codec: channelCodec,
});
