import { clip } from "../../errors.ts";
import { type Aim, EVERYBODY } from "../server/targeting.ts";
import { Fault } from "./fault.ts";
import { badParameter, only, type Parameters } from "./parameters.ts";
import { bodyText, checkedPayload, type PayloadLimits, payloadOfQuery } from "./payload.ts";

/** What an emit asks for, from whichever side it came. */
export interface EmitRequest {
  /** JSON text, checked, in one line. */
  readonly payload: string;
  readonly aim: Aim;
  readonly requireAck: boolean;
  readonly idempotencyKey: string | undefined;
}

/** How emits are read. */
export interface EmitReading extends PayloadLimits {
  readonly tokenInQuery: boolean;
}

const MAX_KEY_LENGTH = 200;
const MAX_CLIENTS_LENGTH = 65_536;
const CONTROL: ReadonlySet<string> = new Set(["clients", "require-ack"]);
const CONTROL_AND_TOKEN: ReadonlySet<string> = new Set([...CONTROL, "token"]);

/**
 * Reads an emit as decisions 1 to 5 have it: control parameters first, so that a mistake in them is told before a
 * body is read.
 *
 * @throws {Fault} 400 or 413
 */
export async function readEmit(
  request: Request,
  parameters: Parameters,
  reading: EmitReading,
): Promise<EmitRequest> {
  const aim = aimOf(only(parameters, "clients"));
  const requireAck = switchOf(only(parameters, "require-ack"));
  const idempotencyKey = checkedKey(request.headers.get("idempotency-key") ?? undefined);
  const payload =
    request.method === "GET"
      ? payloadOfQuery(parameters, reading.tokenInQuery ? CONTROL_AND_TOKEN : CONTROL, reading)
      : checkedPayload(await bodyText(request, reading.maxMessageBytes), reading);
  return { payload, aim, requireAck, idempotencyKey };
}

/**
 * `clients=3`, or `clients=client_a,client_b`.
 * @throws {Fault} `BAD_PARAMETER`: an aim that cannot be read never becomes everybody
 */
export function aimOf(text: string | undefined): Aim {
  if (text === undefined) return EVERYBODY;
  if (text.length > MAX_CLIENTS_LENGTH) throw badParameter("clients", "shorter", text);
  const ids = text.split(",").map((id) => id.trim());
  if (ids.every((id) => id.startsWith("client_"))) return { kind: "ids", ids: [...new Set(ids)] };
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < 1) {
    throw badParameter("clients", "a whole number of at least 1, or client ids with commas between", text);
  }
  return { kind: "random", count };
}

/** @throws {Fault} `BAD_PARAMETER` when it is longer than 200 characters, or empty */
export function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (key === "" || key.length > MAX_KEY_LENGTH) {
    throw new Fault(
      "BAD_PARAMETER",
      `Header Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters: got ${key.length}, ${clip(key, 40)}`,
    );
  }
  return key;
}

function switchOf(text: string | undefined): boolean {
  if (text === undefined || text === "false" || text === "0") return false;
  if (text === "true" || text === "1") return true;
  throw badParameter("require-ack", "true, 1, false or 0", text);
}
