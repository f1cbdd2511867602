import type { ChannelClientEvents, Member } from "@holdfast/core/channels";
import type { Output } from "../output/output.ts";
import type { Paint } from "../output/palette.ts";
import { fit, printable, printableJson } from "../output/printable.ts";
import { duration, plural } from "../output/units.ts";
import { dialProblem, problemOf } from "./dial-hint.ts";
import { LineWriter } from "./line-writer.ts";
import type { Happening, ListenView } from "./listen-view.ts";

/** Of the members at the beginning so many are named. */
const NAMED_MEMBERS = 10;
/** An id is told by its end, where it is random; what goes before is the time. */
const SHORT_ID = 6;

/** An event id as a line shows it. */
export function shortId(eventId: string): string {
  return fit(eventId.slice(-SHORT_ID), SHORT_ID);
}

/** Lines for people: the time, the end of the event's id, and the payload; what else happens stands under the payloads. */
export function linesView(
  output: Pick<Output, "line" | "backlog" | "colours">,
  { manual, now = () => new Date() }: { readonly manual: boolean; readonly now?: () => Date },
): ListenView {
  const { colours } = output;
  let everConnected = false;
  const row = (id: string, text: string): string =>
    `${colours.faint(clockTime(now()))}  ${colours.name(id.padEnd(SHORT_ID))}  ${text}`;
  const writer = new LineWriter(output, (count) =>
    row("", colours.bad(`${plural(count, "line")} left out: they are not read fast enough`)),
  );
  const say = (text: string, paint: Paint = colours.faint): void => void writer.write(row("", paint(text)));

  const told: { readonly [Name in Happening]: (about: ChannelClientEvents<unknown>[Name]) => void } = {
    connected: ({ clientId, members, recovered }) => {
      const again = everConnected ? "connected again" : "connected";
      everConnected = true;
      const whole = recovered === true ? ", nothing missed" : "";
      say(
        `${again}${clientId === undefined ? "" : ` as ${fit(clientId, 80)}`}${whole}; ${present(members)}`,
        colours.good,
      );
    },
    gap: ({ since }) =>
      say(`gap: events${since === undefined ? "" : ` after ${fit(since, 80)}`} may be lost`, colours.bad),
    joined: (member) => say(`${memberText(member)} joined`),
    updated: ({ clientID, presence }) => say(`${fit(clientID, 80)} is now ${printableJson(presence ?? {})}`),
    left: (member) => say(`${memberText(member)} left`),
    disconnected: ({ cause, retryInMs, wasReady }) => {
      const what = wasReady ? "lost" : cause.status === undefined ? "not reached" : "refused";
      // Who was in before knows how to start the server.
      const why = everConnected ? problemOf(cause) : dialProblem(cause);
      say(`${what}: ${fit(why, 300)}; next try in ${duration(retryInMs)}`, colours.warn);
    },
    refused: ({ code, message }) =>
      say(`the server says ${fit(code, 40)}: ${fit(message, 200)}`, colours.warn),
    invalid: ({ reason }) => say(`not understood: ${fit(reason, 200)}`, colours.warn),
    unknown: ({ type }) => say(`a message of unknown type ${fit(type, 80)}`, colours.warn),
    dropped: ({ count, why }) => say(`${plural(count, "event")} dropped: ${fit(why, 200)}`, colours.bad),
    error: ({ message }) => say(`error: ${printable(message)}`, colours.bad),
  };
  return {
    event: ({ eventId, payload, requiresAck, replayed }) => {
      const waits = requiresAck
        ? colours.accent(manual ? "  waits for acknowledgement" : "  acknowledged")
        : "";
      const from = replayed ? colours.faint("  from history") : "";
      return writer.write(row(shortId(eventId ?? ""), `${printableJson(payload ?? null)}${waits}${from}`));
    },
    happened: (name, about) => told[name](about),
    acked: (eventId, sent) =>
      sent
        ? say(`${shortId(eventId)} acknowledged`, colours.good)
        : say(`${shortId(eventId)} cannot be acknowledged any more`, colours.bad),
    notice: (text) => say(printable(text)),
    end: ({ cause, since }) => {
      const onward = since === undefined ? "" : `; to go on from here: --since ${fit(since, 200)}`;
      writer.end(row("", colours.faint(`ended: ${fit(problemOf(cause), 200)}${onward}`)));
    },
  };
}

function present(members: readonly Member[]): string {
  if (members.length === 0) return "nobody else is there";
  const named = members.slice(0, NAMED_MEMBERS).map(memberText);
  const rest = members.length - named.length;
  return `${plural(members.length, "other")} there: ${[...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ")}`;
}

function memberText({ clientID, presence }: Member): string {
  const text = printableJson(presence ?? {});
  return text === "{}" ? fit(clientID, 80) : `${fit(clientID, 80)} ${fit(text, 120)}`;
}

/** `14:03:09.120`, as the clock on the wall has it. */
function clockTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
