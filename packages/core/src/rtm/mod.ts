/**
 * RTM: a bot over one global and many team connections, and the server half it talks to. The wire is described
 * in docs/protocols/rtm.md.
 *
 * @module
 */
export type {
  BotClosed,
  BotEvents,
  BotOptions,
  BotStats,
  BotTotals,
} from "./bot-options.ts";
export type { Bot } from "./client.ts";
export { createBot } from "./client.ts";
export type {
  Bare,
  GlobalClientMessages,
  GlobalServerMessages,
  Healthcheck,
  PingId,
  ServerError,
  TeamAddress,
  TeamClientMessages,
  TeamId,
  TeamMaybeNamed,
  TeamNamed,
  TeamServerMessages,
  TeamStats,
  TextMessage,
} from "./messages.ts";
export { globalProtocol, teamProtocol } from "./messages.ts";
export { createRtmServer } from "./server.ts";
export type {
  Mistake,
  RtmClient,
  RtmServer,
  RtmServerEvents,
  RtmServerOptions,
  RtmServerStats,
  ServedTeamRow,
} from "./server-options.ts";
