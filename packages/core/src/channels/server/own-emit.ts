import { byteLength } from "../../bytes.ts";
import { clip, HoldfastError, messageOf } from "../../errors.ts";
import { booleanOption, integerOption, objectOption, textsOption } from "../../options.ts";
import { checkedKey, type EmitRequest } from "../http/emit-request.ts";
import { Fault } from "../http/fault.ts";
import { checkedPayload, type PayloadLimits } from "../http/payload.ts";
import type { EmitOptions } from "./server-options.ts";
import { type Aim, EVERYBODY } from "./targeting.ts";

/**
 * An emit from inside the process, as a request.
 * @throws {HoldfastError} `bad-message` for a payload that is no JSON, empty, too deep or too large
 * @throws {TypeError | RangeError} for a bad option
 */
export function ownEmit(
  payload: unknown,
  options: EmitOptions | undefined,
  limits: PayloadLimits,
): EmitRequest {
  const { clients, requireAck, idempotencyKey } = objectOption("options", options);
  return {
    payload: payloadText(payload, limits),
    aim: aimOption(clients),
    requireAck: booleanOption("requireAck", requireAck, false),
    idempotencyKey: asErrors(() => checkedKey(idempotencyKey)),
  };
}

/** A fault, to whoever called from inside the process. */
export function errorOf(fault: Fault): HoldfastError {
  const code =
    fault.code === "DRAINING" ? "closed" : fault.code === "OVERLOADED" ? "overflow" : "bad-message";
  return new HoldfastError(code, fault.message);
}

function payloadText(payload: unknown, limits: PayloadLimits): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(payload);
  } catch (cause) {
    throw new HoldfastError("bad-message", `Payload is no JSON: ${messageOf(cause)}`, { cause });
  }
  if (text === undefined)
    throw new HoldfastError("bad-message", `Payload is no JSON: got ${clip(String(payload), 80)}`);
  if (byteLength(text) > limits.maxMessageBytes) {
    throw new HoldfastError("bad-message", `Payload is larger than ${limits.maxMessageBytes} bytes`);
  }
  const checked = text;
  return asErrors(() => checkedPayload(checked, limits));
}

function aimOption(clients: EmitOptions["clients"]): Aim {
  if (clients === undefined) return EVERYBODY;
  if (typeof clients === "number")
    return { kind: "random", count: integerOption("clients", clients, 1, { min: 1 }) };
  const ids = [...new Set(textsOption("clients", clients))];
  if (ids.length === 0) throw new RangeError("Option clients must name at least one client: got []");
  return { kind: "ids", ids };
}

function asErrors<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof Fault ? errorOf(error) : error;
  }
}
