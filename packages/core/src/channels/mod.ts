/**
 * Channels: an event is emitted over HTTP and heard over WebSockets, with presence, acknowledgements and resume. The
 * wire is described in docs/protocols/channels.md.
 *
 * @module
 */
export { createChannelClient } from "./client.ts";
export type {
  ChannelClient,
  ChannelClientEvents,
  ChannelClientOptions,
  ChannelClientStats,
  ChannelEvent,
} from "./client-options.ts";
export type { BearerToken } from "./client-token.ts";
export type { EmitRequestOptions } from "./emit.ts";
export { emit } from "./emit.ts";
export type { EmitAnswer } from "./emit-call-answer.ts";
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
export { createChannelServer } from "./server.ts";
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
} from "./server-options.ts";
