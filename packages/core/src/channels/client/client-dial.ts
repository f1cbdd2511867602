import { addressSource } from "../../connection/address-source.ts";
import { type Connection, createConnection } from "../../connection/connection.ts";
import type { AttemptInfo } from "../../connection/link-owner.ts";
import { functionOption, objectOption, wordOption } from "../../options.ts";
import { type ChannelClientMessages, type ChannelServerMessages, channelProtocol } from "../messages.ts";
import {
  channelOption,
  listenAddress,
  noParameters,
  OWN_PARAMETERS,
  presenceInAddress,
} from "./client-address.ts";
import type { ChannelClientOptions } from "./client-options.ts";
import { isFinalRefusal, withReasons } from "./client-refusal.ts";
import { currentToken, tokenOption, withToken } from "./client-token.ts";

/** Where the transport has no ping: a server that pings every 25 s is mute when it says nothing for so long. */
const SILENCE_MS = 60_000;

/** CONNECTED holds all members of a channel: one that is too large to be taken would be so again at each attempt. */
const MAX_MESSAGE_BYTES = 16_777_216;

/** How many events are remembered: a resume among several servers repeats those of the last 10 s. */
const REMEMBERED_IDS = 10_000;

/** What each attempt says in its address. */
export interface Said {
  /** What others shall see, as JSON. */
  presence: string;
  /** What to resume after. */
  since: string | undefined;
}

/** The connection of a channel client, and what its latest attempt said. */
export interface ChannelDial {
  readonly connection: Connection<ChannelClientMessages, ChannelServerMessages>;
  readonly said: Said;
}

/**
 * The connection of a channel client; each attempt says what `wanted` holds at its time.
 * @throws {TypeError | RangeError} for a bad option
 */
export function dialChannel<Payload>(options: ChannelClientOptions<Payload>, wanted: Said): ChannelDial {
  const { url: _url, channel: _channel, token: _token, tokenIn, ...rest } = options;
  const { schema: _schema, presence: _presence, ack: _ack, since: _since, ...link } = rest;
  const url = addressSource("url", options.url);
  if (typeof url !== "function") noParameters(url, OWN_PARAMETERS);
  const channel = channelOption("channel", options.channel);
  const token = tokenOption("token", options.token);
  const where = wordOption("tokenIn", tokenIn, ["header", "protocol"], "protocol");
  const socket = withReasons(functionOption("socket", link.socket));
  const said: Said = { presence: "{}", since: undefined };
  let bearer: string | undefined;

  const address = async (info: AttemptInfo): Promise<string> => {
    const base = typeof url === "function" ? await url(info) : url;
    const current = await currentToken(token, info.signal);
    const presence = presenceInAddress(wanted.presence);
    const { since } = wanted;
    // An attempt that was given up meanwhile says nothing about the next one.
    if (!info.signal.aborted) {
      bearer = current;
      said.presence = presence || "{}";
      said.since = since;
    }
    return listenAddress(base, channel, presence, since);
  };
  const connection = createConnection({
    // Before `link`, where the user's own may be.
    isFinal: (cause) => isFinalRefusal(cause, typeof url !== "function"),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    rememberedIds: REMEMBERED_IDS,
    ...link,
    protocol: channelProtocol,
    readyOn: "CONNECTED",
    messageId: (type, message) => (type === "DATA" ? message.eventID : undefined),
    url: address,
    socket: (to, handler, dial) =>
      socket(to, handler, bearer === undefined ? dial : withToken(dial, bearer, where)),
    heartbeat: link.heartbeat !== false && {
      silenceMs: SILENCE_MS,
      ...objectOption("heartbeat", link.heartbeat),
    },
  });
  return { connection, said };
}
