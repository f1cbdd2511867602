import type { BotEvents } from "@holdfast/core/rtm";

/** Every event of a bot, for a test that tells them all; web globals only, so that it runs everywhere. */
export const EVENT_NAMES = [
  "team.message",
  "team.joined",
  "team.connected",
  "team.disconnected",
  "team.left",
  "team.pong",
  "global.connected",
  "global.disconnected",
  "healthcheck",
  "invalid",
  "unknown",
  "error",
  "goodbye",
] as const satisfies readonly (keyof BotEvents)[];

/** An event as JSON carries it; of an error its code and message. */
export function plain(event: unknown): Record<string, unknown> {
  if (event instanceof Error)
    return { code: (event as Error & { code?: string }).code, message: event.message };
  const seen = JSON.stringify(event, (_key, value) => (value instanceof Error ? value.message : value));
  return JSON.parse(seen);
}
