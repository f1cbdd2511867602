import { type Bot, type BotOptions, createBot as createPortableBot } from "@holdfast/core/rtm";
import { webSocket } from "./web-socket.ts";

/** What `createBot` takes: `socket` is there already. */
export type RuntimeBotOptions = Omit<BotOptions, "socket"> & Partial<Pick<BotOptions, "socket">>;

/**
 * A bot of the RTM protocol on this runtime's WebSocket: it joins every team that the server announces, keeps one
 * connection for each, counts what arrives and answers healthchecks.
 *
 * @param options `url` is all it needs; every option and its default is described in `BotOptions`.
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { createBot } from "@holdfast/node";
 *
 * const bot = createBot({ url: "ws://localhost:8080/global" });
 * bot.on("team.message", ({ teamId, text }) => console.log(teamId, text));
 * ```
 */
export function createBot(options: RuntimeBotOptions): Bot {
  return createPortableBot({ ...options, socket: options?.socket ?? webSocket() });
}
