import { HoldfastError } from "../../errors.ts";
import type { DialOptions } from "../../socket/socket.ts";

/** A bearer token, or what gives one; thrown as `unauthorized` it says: do not try again. */
export type BearerToken = string | ((options: { signal: AbortSignal }) => string | Promise<string>);

/** The subprotocol that the server echoes; the token is in the other one. */
const SUBPROTOCOL = "holdfast";

/** @throws {TypeError} for what is no token; never shows it */
export function tokenOption(name: string, token: BearerToken | undefined): BearerToken | undefined {
  if (token === undefined || typeof token === "function" || isToken(token)) return token;
  throw new TypeError(`Option ${name} must be visible ASCII, or a function: got ${shown(token)}`);
}

/** The token of now. @throws whatever its function threw; {HoldfastError} `bad-message` for what is no token */
export async function currentToken(
  token: BearerToken | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const current: unknown = typeof token === "function" ? await token({ signal }) : token;
  if (current === undefined && token === undefined) return undefined;
  if (isToken(current)) return current;
  throw new HoldfastError("bad-message", `Token must be visible ASCII: got ${shown(current)}`);
}

/** What a dial says so that the token goes along. */
export function withToken<Dial extends Pick<DialOptions, "headers" | "protocols">>(
  dial: Dial,
  token: string,
  where: "header" | "protocol",
): Dial {
  if (where === "protocol")
    return { ...dial, protocols: [SUBPROTOCOL, `bearer.${base64Url(token)}`, ...(dial.protocols ?? [])] };
  // In whatever case it was given: two of them would be sent as one that nobody can read.
  const others = Object.entries(dial.headers ?? {}).filter(
    ([name]) => name.toLowerCase() !== "authorization",
  );
  return { ...dial, headers: { ...Object.fromEntries(others), authorization: `Bearer ${token}` } };
}

/** RFC 4648, section 5, without padding: `=` may not stand in a subprotocol. A token is ASCII. */
function base64Url(token: string): string {
  return btoa(token).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
}

function shown(token: unknown): string {
  return typeof token === "string" ? `a string of ${token.length} characters` : `a ${typeof token}`;
}
