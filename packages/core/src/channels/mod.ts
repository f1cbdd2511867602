/**
 * Channels: an event is emitted over HTTP and heard over WebSockets, with presence, acknowledgements and resume. The
 * wire is described in docs/protocols/channels.md.
 *
 * @module
 */
export { createChannelClient } from "./client/client.ts";
export type {
  ChannelClient,
  ChannelClientEvents,
  ChannelClientOptions,
  ChannelClientStats,
  ChannelEvent,
} from "./client/client-options.ts";
export type { BearerToken } from "./client/client-token.ts";
export type { EmitRequestOptions } from "./client/emit.ts";
export { emit } from "./client/emit.ts";
export type { EmitAnswer } from "./client/emit-call-answer.ts";
export type {
  AckMessage,
  ChannelClientMessages,
  ChannelServerMessages,
  ConnectedFrame,
  DataFrame,
  ErrorFrame,
  LeftFrame,
  MaybeServerFrame,
  Member,
  MemberOnWire,
  PongMessage,
  PresenceFrame,
  PresenceMessage,
  ServerFrame,
} from "./messages.ts";
export { channelProtocol } from "./messages.ts";
export { createChannelServer } from "./server/server.ts";
export type {
  Authorize,
  AuthorizeAnswer,
  AuthorizeRequest,
  ChannelHealth,
  ChannelServer,
  ChannelServerEvents,
  ChannelServerOptions,
  ChannelServerStats,
  EmitOptions,
  EmitOutcome,
} from "./server/server-options.ts";
