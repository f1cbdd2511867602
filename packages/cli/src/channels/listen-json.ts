import type { CloseCause } from "@holdfast/core";
import type { ChannelClientEvents, Member } from "@holdfast/core/channels";
import type { Output } from "../output/output.ts";
import { printableJson } from "../output/printable.ts";
import { LineWriter } from "./line-writer.ts";
import type { Happening, ListenView } from "./listen-view.ts";

/** One line of JSON for each event, `{"event","at",…}`, with `at` in ISO 8601. */
export function jsonView(
  output: Pick<Output, "line" | "backlog">,
  now: () => Date = () => new Date(),
): ListenView {
  const line = (event: string, fields: object): string =>
    printableJson({ event, at: now().toISOString(), ...fields });
  const writer = new LineWriter(output, (count) => line("omitted", { count }));
  return {
    event: ({ eventId = null, payload = null, requiresAck, replayed }) =>
      writer.write(line("data", { eventId, payload, requiresAck, replayed })),
    happened: (name, told) => void writer.write(line(name, fieldsOf({ name, told } as Told))),
    acked: (eventId, sent) => void writer.write(line("acked", { eventId, sent })),
    notice: (message) => void writer.write(line("notice", { message })),
    end: ({ cause, since = null, totals }) =>
      writer.end(line("closed", { cause: causeFields(cause), since, totals })),
  };
}

/** An event's name and what it tells, so that one says what the other is. */
type Told = {
  [Name in Happening]: { readonly name: Name; readonly told: ChannelClientEvents<unknown>[Name] };
}[Happening];

/** Every field is there each time: what is not known is null. */
function fieldsOf(happening: Told): object {
  switch (happening.name) {
    case "connected": {
      const { clientId = null, members, recovered = null } = happening.told;
      return { clientId, members: members.map(memberFields), recovered };
    }
    case "gap":
      return { since: happening.told.since ?? null };
    case "joined":
    case "updated":
    case "left":
      return memberFields(happening.told);
    case "disconnected": {
      const { cause, retryInMs, wasReady } = happening.told;
      return { cause: causeFields(cause), retryInMs: Math.round(retryInMs), wasReady };
    }
    case "unknown":
      return { type: happening.told.type };
    case "error":
      return { code: happening.told.code, message: happening.told.message };
    case "refused":
    case "invalid":
    case "dropped":
      return happening.told;
  }
}

function memberFields({ clientID: clientId, presence }: Member): object {
  return { clientId, presence };
}

function causeFields({ error: _error, ...told }: CloseCause): object {
  return told;
}
