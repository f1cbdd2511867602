import type { Bot, BotClosed, BotEvents } from "@holdfast/core/rtm";
import type { Output } from "../output/output.ts";
import { printableJson } from "../output/printable.ts";

const EVENTS: ReadonlyArray<keyof BotEvents> = [
  ...(["global.connected", "global.disconnected", "healthcheck", "goodbye"] as const),
  ...(["team.joined", "team.connected", "team.disconnected", "team.gap", "team.left"] as const),
  ...(["team.message", "team.pong", "invalid", "unknown", "error"] as const),
];

/** While more than this is waiting for its reader, lines are left out and counted, in bytes. */
const MAX_BACKLOG = 16 * 1024 * 1024;

/**
 * One line of JSON for each event, `{"event","at",…}`, with `at` in ISO 8601 and the event's own fields. What is
 * returned prints the last one, `closed`, with the totals.
 */
export function printJson(bot: Bot, output: Output): (why: BotClosed) => void {
  let omitted = 0;
  const write = (event: string, fields: object): void =>
    void output.line(printableJson({ event, at: new Date().toISOString(), ...fields }));
  const writeIfRead = (event: string, fields: object): void => {
    if (output.backlog > MAX_BACKLOG) {
      omitted++;
      return;
    }
    if (omitted > 0) write("omitted", { count: omitted });
    omitted = 0;
    write(event, fields);
  };
  for (const event of EVENTS) bot.on(event, (payload) => writeIfRead(event, fieldsOf(payload)));
  return ({ reason, cause }) => {
    if (omitted > 0) write("omitted", { count: omitted });
    write("closed", { reason, ...fieldsOf({ ...(cause && { cause }) }), totals: bot.stats().totals });
  };
}

/** An event's fields as JSON tells them: of errors code and message, and times in whole milliseconds. */
function fieldsOf(payload: object): object {
  if (payload instanceof Error) {
    const { code, message } = payload as Error & { code?: string };
    return { code, message };
  }
  const { cause, retryInMs } = payload as { cause?: { error?: unknown }; retryInMs?: number };
  if (cause === undefined) return payload;
  const { error: _error, ...told } = cause;
  return { ...payload, cause: told, ...(retryInMs !== undefined && { retryInMs: Math.round(retryInMs) }) };
}
