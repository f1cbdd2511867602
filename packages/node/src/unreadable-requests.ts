import type { Server } from "node:http";
import type { Socket as Stream } from "node:net";
import type { Refusal } from "@holdfast/core";
import { BAD_REQUEST, HEADERS_TOO_LARGE, REQUEST_TIMEOUT } from "@holdfast/core/socket";
import { answerRaw } from "./raw-answer.ts";
import type { UnansweredRequests } from "./unanswered-requests.ts";

/** Answers what node:http cannot read, or not in time, and would answer without a body; ends the connection. */
export function answerUnreadable(server: Server, unanswered: UnansweredRequests): void {
  server.on("clientError", (error: Error & { code?: string }, stream: Stream) => {
    // An answer that has begun, or is due to an earlier request, must not be mixed up with this one.
    if (stream.writable && unanswered.isDue(stream)) answerRaw(stream, refusalOf(error.code));
    else stream.destroy();
  });
}

function refusalOf(code: string | undefined): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return REQUEST_TIMEOUT;
  return code === "HPE_HEADER_OVERFLOW" ? HEADERS_TOO_LARGE : BAD_REQUEST;
}
