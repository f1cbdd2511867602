import type { EmitAnswer } from "@holdfast/core/channels";
import type { Palette } from "../output/palette.ts";
import { fit } from "../output/printable.ts";
import { count, plural } from "../output/units.ts";

/** Of the clients of a kind so many are named. */
const NAMED = 20;

/** How the event was meant. */
export interface Meant {
  readonly channel: string;
  readonly requireAck: boolean;
  /** So many at random, or these. */
  readonly clients?: number | readonly string[] | undefined;
}

/** Whether the event came to everybody it was meant for, and was acknowledged where that was asked for. */
export function arrived(answer: EmitAnswer, { requireAck }: Pick<Meant, "requireAck">): boolean {
  if (requireAck) return answer.acknowledged;
  return answer.code === "delivered" && answer.delivered > 0 && (answer.missing ?? []).length === 0;
}

/** What became of an event, for people: a sentence, and who. */
export function emitText(answer: EmitAnswer, meant: Meant, colours: Palette): string {
  const good = arrived(answer, meant);
  const mark = good ? colours.good("✓") : colours.bad("✗");
  const id = answer.eventId === undefined ? "" : `  ${colours.faint(fit(answer.eventId, 80))}`;
  const lists = [
    clients("acknowledged", answer.acked, colours.good),
    // Named and not there, or there and silent: the server has one list for both.
    clients("missing", answer.missing, colours.bad),
    clients("left", answer.left, colours.bad),
  ];
  return [`${mark} ${sentence(answer, meant)}${id}`, ...lists.flat()].join("\n");
}

function sentence(answer: EmitAnswer, { channel, requireAck, clients: wanted }: Meant): string {
  const { code, delivered, stored } = answer;
  // What is aimed at some belongs into no history.
  const unkept = stored || wanted !== undefined ? "" : "; the history could not keep it";
  const name = fit(channel, 80);
  const took = `delivered to ${plural(delivered, "listener")}`;
  switch (code) {
    case "NO_CLIENTS":
      return `nobody listens to ${name}: nothing was delivered`;
    case "UNKNOWN_CLIENTS":
      return `none of these clients listens to ${name}: nothing was delivered`;
    case "NOT_ENOUGH_CLIENTS":
      return `fewer than ${wanted} clients listen to ${name}: nothing was delivered`;
    case "ACK_TIMEOUT":
      return `${took}, and not acknowledged by all of them in time${unkept}`;
    case "CLIENTS_LEFT":
      return `${took}, and some left before they acknowledged${unkept}`;
    case "delivered":
      if (requireAck) return `${took}, acknowledged by ${count((answer.acked ?? []).length)}${unkept}`;
      if (delivered > 0) return `${took}${unkept}`;
      if (stored) return `nobody listens to ${name} now; the history keeps it for those who resume`;
      return `nobody listens to ${name} now${unkept}: it is lost`;
  }
}

function clients(
  what: string,
  ids: readonly string[] | undefined,
  paint: (text: string) => string,
): string[] {
  if (ids === undefined || ids.length === 0) return [];
  const named = ids.slice(0, NAMED).map((id) => fit(id, 80));
  const rest = ids.length - named.length;
  const lines = rest > 0 ? [...named, `and ${plural(rest, "client")} more`] : named;
  const width = "acknowledged".length;
  return lines.map((line, index) => `  ${paint((index === 0 ? what : "").padEnd(width))}  ${line}`);
}
