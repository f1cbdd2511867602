import { clip } from "../errors.ts";
import { printableAddress } from "../socket/address.ts";
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
