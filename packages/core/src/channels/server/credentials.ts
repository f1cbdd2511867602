import { Fault } from "../http/fault.ts";
import { only, type Parameters } from "../http/parameters.ts";

/** The one subprotocol that is echoed; the token beside it never is (S9). */
export const SUBPROTOCOL = "holdfast";
const BEARER = "bearer.";

/** Where a credential may come from. */
export interface Carriers {
  header(name: string): string | undefined;
  readonly parameters: Parameters;
}

/**
 * The token of a request, or `undefined` where it has none: `Authorization` first, then the subprotocols, then the
 * query, where that is allowed (S8).
 * @throws {Fault} `UNAUTHORIZED` for one that cannot be read; its text is in no error
 */
export function tokenOf({ header, parameters }: Carriers, tokenInQuery: boolean): string | undefined {
  const authorization = header("authorization");
  if (authorization !== undefined) return ofAuthorization(authorization);
  return (
    ofSubprotocols(header("sec-websocket-protocol")) ?? (tokenInQuery ? only(parameters, "token") : undefined)
  );
}

function ofAuthorization(value: string): string {
  const token = /^bearer +(\S+) *$/i.exec(value)?.[1];
  if (token === undefined) throw unreadable('Authorization must be "Bearer" and a token');
  return token;
}

function ofSubprotocols(value: string | undefined): string | undefined {
  const protocols = (value ?? "").split(",").map((protocol) => protocol.trim());
  const bearers = protocols.filter((protocol) => protocol.startsWith(BEARER));
  const [bearer] = bearers;
  if (bearer === undefined) return undefined;
  if (bearers.length > 1) throw unreadable("Sec-WebSocket-Protocol has more than one bearer");
  // What is chosen is echoed, and an acceptor cannot choose: some transports take the first.
  if (protocols[0] !== SUBPROTOCOL) throw unreadable(`Sec-WebSocket-Protocol must begin with ${SUBPROTOCOL}`);
  return ofBase64url(bearer.slice(BEARER.length));
}

function ofBase64url(text: string): string {
  try {
    if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new Error("not base64url");
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable("The bearer subprotocol must be base64url of UTF-8");
  }
}

function unreadable(message: string): Fault {
  return new Fault("UNAUTHORIZED", message, { "WWW-Authenticate": "Bearer" });
}
