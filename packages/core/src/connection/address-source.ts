import { clip, messageOf } from "../errors.ts";
import { printableAddress } from "../socket/address.ts";
import { DialError } from "../socket/close-cause.ts";
import type { AttemptInfo } from "./link-owner.ts";

/** Where to dial: fixed, or asked for at each attempt, so that it may hold a fresh token. */
export type AddressSource = string | URL | ((info: AttemptInfo) => string | URL | Promise<string | URL>);

/** @throws {TypeError} for what is no URL and no function. */
export function addressSource(name: string, value: AddressSource): AddressSource {
  if (typeof value === "function" || value instanceof URL) return value;
  if (typeof value !== "string")
    throw new TypeError(`Option ${name} must be a URL or a function: got ${clip(value, 80)}`);
  if (!URL.canParse(value))
    throw new TypeError(`Option ${name} must be a URL: got ${printableAddress(value)}`);
  return value;
}

/** What an address provider threw, as a cause: told not to try again, or just no address this time. */
export function addressError(error: unknown): DialError {
  if ((error as DialError | null)?.closeCause !== undefined) return error as DialError;
  const final = (error as { code?: unknown } | null)?.code === "unauthorized";
  const kind = final ? "unauthorized" : "no-address";
  return new DialError({
    kind,
    message: `No address to dial: ${messageOf(error)}`,
    error,
  });
}
