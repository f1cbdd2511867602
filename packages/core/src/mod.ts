/**
 * Holdfast's mind: typed protocols, connections that stay up, and a manager for many of them. It does no I/O of
 * its own; sockets come in through a `SocketFactory`.
 *
 * @module
 */
export type { Clock, Random, TimerHandle } from "./clock.ts";
export { systemClock } from "./clock.ts";
export type { AddressSource } from "./connection/address-source.ts";
export type { BackoffFunction, BackoffOptions } from "./connection/backoff.ts";
export { backoff } from "./connection/backoff.ts";
export type { Connection, ConnectionOptions } from "./connection/connection.ts";
export { createConnection } from "./connection/connection.ts";
export type {
  ConnectionEvents,
  ConnectionStats,
} from "./connection/connection-events.ts";
export type { ConnectionManager } from "./connection/connection-manager.ts";
export { createConnectionManager } from "./connection/connection-manager.ts";
export type { ConnectionManagerOptions } from "./connection/connection-manager-options.ts";
export type { DialLimits } from "./connection/dial-gate.ts";
export type { Dialling, DiallingOptions } from "./connection/dialling.ts";
export { createDialling } from "./connection/dialling.ts";
export type { ExchangeOptions, RequestOptions } from "./connection/exchange.ts";
export type { Phase } from "./connection/lifecycle.ts";
export type { AttemptInfo } from "./connection/link-owner.ts";
export type {
  ConnectionRow,
  KeyedMessages,
  ManagerEvents,
  ManagerStats,
} from "./connection/manager-events.ts";
export type { OnlineSource } from "./connection/online.ts";
export type { OutboxOptions } from "./connection/outbox.ts";
export type { ReplyOptions } from "./connection/replies.ts";
export type { SendOptions, SendOutcome } from "./connection/sender.ts";
export type { HeaderSource, HeartbeatOptions, LinkOptions, RequestHeaders } from "./connection/settings.ts";
export type { TokenSource, TokenSourceOptions } from "./connection/token-source.ts";
export { createTokenSource } from "./connection/token-source.ts";
export type { ErrorReport, EventSource, Listener } from "./emitter.ts";
export { Emitter } from "./emitter.ts";
export type { ErrorCode } from "./errors.ts";
export { HoldfastError } from "./errors.ts";
export type { EventStream, StreamOptions } from "./event-stream.ts";
export type { Codec } from "./protocol/codec.ts";
export { jsonByType } from "./protocol/codec.ts";
export type { Equal, Flat } from "./protocol/exactly.ts";
export { exactly, openObject } from "./protocol/exactly.ts";
export type {
  Direction,
  MessagesOf,
  Protocol,
  Schemas,
  Validate,
} from "./protocol/protocol.ts";
export { defineProtocol } from "./protocol/protocol.ts";
export type { Invalid } from "./protocol/receiver.ts";
export type {
  SchemaIssue,
  SchemaResult,
  StandardSchema,
} from "./protocol/standard-schema.ts";
export type { CloseCause, CloseKind } from "./socket/close-cause.ts";
export { DialError } from "./socket/close-cause.ts";
export type {
  Acceptor,
  Answer,
  HttpListener,
  Incoming,
  Refusal,
  SocketListener,
  Welcome,
} from "./socket/listener.ts";
export type {
  MemoryCarrier,
  MemoryNetwork,
  MemoryWire,
} from "./socket/memory-network.ts";
export { memory } from "./socket/memory-network.ts";
export type {
  DialOptions,
  Frame,
  Socket,
  SocketFactory,
  SocketHandler,
} from "./socket/socket.ts";
export type { OpenWebSocket, StandardWebSocket } from "./socket/web-socket.ts";
export { webSocket } from "./socket/web-socket.ts";
