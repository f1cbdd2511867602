import type { Random } from "../../clock.ts";
import { clip } from "../../errors.ts";
import { booleanOption, functionOption, integerOption } from "../../options.ts";
import { channelOption, noParameters, requestAddress } from "./client-address.ts";
import { jsonOf } from "./client-presence.ts";
import { type BearerToken, tokenOption } from "./client-token.ts";
import type { EmitRequestOptions } from "./emit.ts";

/** What is sent, checked, and how often. */
export interface EmitCall {
  readonly url: URL;
  readonly body: string;
  readonly requireAck: boolean;
  /** Whether at some, and not at everybody. */
  readonly aimed: boolean;
  readonly key: string;
  readonly token: BearerToken | undefined;
  readonly retries: number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly random: Random;
}

const MAX_KEY_LENGTH = 200;

/**
 * Reads the options of an emit.
 * @throws {TypeError | RangeError} for a bad option; {HoldfastError} `bad-message` for a payload that is no JSON;
 * {DialError} `bad-address`
 */
export function emitCall(url: string | URL, payload: unknown, options: EmitRequestOptions): EmitCall {
  const { clients, channel, token, idempotencyKey, retries, fetch, random } = options;
  const requireAck = booleanOption("requireAck", options.requireAck, false);
  noParameters(url, ["clients", "require-ack"]);
  const address = requestAddress(url, channelOption("channel", channel), "emit");
  if (clients !== undefined) address.searchParams.set("clients", clientsOption(clients));
  if (requireAck) address.searchParams.set("require-ack", "true");
  return {
    url: address,
    body: jsonOf("Payload", payload),
    requireAck,
    aimed: clients !== undefined,
    key: idempotencyKey === undefined ? randomKey() : keyOption(idempotencyKey),
    token: tokenOption("token", token),
    retries: integerOption("retries", retries, 2, { max: 100 }),
    fetch: functionOption("fetch", fetch ?? ((to, init) => globalThis.fetch(to, init))),
    random: functionOption("random", random ?? Math.random),
  };
}

/** @throws {TypeError} */
function keyOption(key: unknown): string {
  // What a header can carry, and a server reads as it was written.
  if (typeof key === "string" && key.length <= MAX_KEY_LENGTH && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new TypeError(
    `Option idempotencyKey must be 1 to ${MAX_KEY_LENGTH} characters of visible ASCII: got ${clip(key, 80)}`,
  );
}

function clientsOption(clients: number | readonly string[]): string {
  if (typeof clients === "number") {
    if (Number.isSafeInteger(clients) && clients >= 1) return String(clients);
    throw new RangeError(`Option clients must be a whole number of at least 1, or ids: got ${clients}`);
  }
  // An id that is a number would be read as a count, and a list of none as no aim at all.
  const isId = (id: unknown): boolean => typeof id === "string" && /^[^,\s]+$/.test(id) && !/^\d+$/.test(id);
  if (Array.isArray(clients) && clients.length > 0 && clients.every(isId)) return clients.join(",");
  throw new TypeError(`Option clients must be a number, or a list of client ids: got ${clip(clients, 80)}`);
}

/** 128 bits as hex; `randomUUID` is missing in pages without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
