/**
 * Holdfast on Deno: Deno's own WebSockets, lines over TCP, listeners for both, and everything of
 * `@holdfast/core`. `webSocket` is the one of this package, and not core's portable one.
 *
 * @module
 */
export * from "@holdfast/core";
export * from "@holdfast/core/channels";
export * from "@holdfast/core/rtm";
export type { RuntimeBotOptions } from "./create-bot.ts";
export { createBot } from "./create-bot.ts";
export type { RuntimeChannelClientOptions } from "./create-channel-client.ts";
export { createChannelClient } from "./create-channel-client.ts";
export type { Fetch } from "./http-half.ts";
export type { ListenTcpOptions } from "./listen-tcp.ts";
export { listenTcp } from "./listen-tcp.ts";
export type { ListenWebSocketOptions } from "./listen-web-socket.ts";
export { listenWebSocket } from "./listen-web-socket.ts";
export type { ServeOptions } from "./serve.ts";
export { serve } from "./serve.ts";
export type { TcpOptions } from "./tcp.ts";
export { tcp } from "./tcp.ts";
export type { WebSocketOptions } from "./web-socket.ts";
export { webSocket } from "./web-socket.ts";
