import * as v from "valibot";
import { clip, type ErrorCode, HoldfastError } from "../../errors.ts";
import type { EmitOutcome } from "../server/server-options.ts";

/** What became of an event, as the server answered. */
export interface EmitAnswer extends EmitOutcome {
  /** Whether everybody who was aimed at has acknowledged; false where that was not asked for, or somebody is `missing`. */
  readonly acknowledged: boolean;
  /** The HTTP status. */
  readonly status: number;
}

/** An answer is no longer than this, in bytes. */
const MAX_ANSWER = 4_194_304;

/** The codes of the wire document that are an outcome, and no mistake of the caller or the server. */
const OUTCOMES = [
  "ACK_TIMEOUT",
  "CLIENTS_LEFT",
  "NO_CLIENTS",
  "UNKNOWN_CLIENTS",
  "NOT_ENOUGH_CLIENTS",
] as const;

const ids = v.optional(v.array(v.string()));
const answer = v.looseObject({
  success: v.boolean(),
  eventID: v.optional(v.string()),
  delivered: v.optional(v.number(), 0),
  stored: v.optional(v.boolean()),
  acked: ids,
  missing: ids,
  left: ids,
  code: v.optional(v.string(), "without a code"),
  error: v.optional(v.string(), "no reason given"),
});

/**
 * An answer's outcome.
 * @throws {HoldfastError} `unauthorized`, or `server-error` with the status and the server's code.
 */
export async function outcomeOf(
  response: Response,
  { requireAck, aimed }: { readonly requireAck: boolean; readonly aimed: boolean },
): Promise<EmitAnswer> {
  const { status } = response;
  const text = await textOf(response);
  const read = v.safeParse(answer, parsed(text));
  if (!read.success) throw answerError(status, `no JSON of channels: ${clip(text, 120)}`);
  const { success, code, error, eventID: eventId, delivered, acked, missing, left } = read.output;
  const found = OUTCOMES.find((outcome) => outcome === code);
  if (!(success && response.ok) && found === undefined) throw answerError(status, `${code}: ${clip(error)}`);
  return {
    code: found ?? "delivered",
    ...{ eventId, delivered, status },
    // What is aimed at some is in no history, and the answer does not say so.
    stored: read.output.stored ?? (eventId !== undefined && !aimed),
    ...(acked && { acked }),
    ...(missing && { missing }),
    ...(left && { left }),
    acknowledged: requireAck && found === undefined && acked !== undefined && (missing ?? []).length === 0,
  };
}

function answerError(status: number, what: string): HoldfastError {
  const code: ErrorCode = status === 401 || status === 403 ? "unauthorized" : "server-error";
  return new HoldfastError(code, `Emit was answered with ${status} ${what}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > MAX_ANSWER) {
      reader.cancel().catch(() => {});
      throw answerError(response.status, `more than ${MAX_ANSWER} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
