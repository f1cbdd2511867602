import { type FaultCode, STATUS_OF } from "../http/fault.ts";
import { jsonAnswer } from "../http/responses.ts";
import type { EmitOutcome } from "../server/server-options.ts";

const SENTENCES: Readonly<Record<Exclude<EmitOutcome["code"], "delivered">, string>> = {
  ACK_TIMEOUT: "Not everybody acknowledged in time",
  CLIENTS_LEFT: "The rest left before they acknowledged",
  NO_CLIENTS: "Nobody listens to this channel",
  UNKNOWN_CLIENTS: "None of the named clients listens to this channel",
  NOT_ENOUGH_CLIENTS: "Fewer clients listen to this channel than were asked for",
};

/** The HTTP answer to an emit. `kept` says whether its event belongs into history. */
export function emitAnswer(outcome: EmitOutcome, kept: boolean): Response {
  const { code, eventId, delivered, acked, missing, left, stored } = outcome;
  const fields = {
    ...(eventId !== undefined && { eventID: eventId, delivered }),
    ...{ acked, missing, left },
    ...(eventId !== undefined && kept && !stored && { stored }),
  };
  if (code === "delivered") return jsonAnswer(200, { success: true, ...fields });
  const status = STATUS_OF[code satisfies FaultCode];
  return jsonAnswer(status, { success: false, error: SENTENCES[code], code, ...fields });
}
