import { clip } from "../../errors.ts";
import { badAddress, printableAddress, webSocketUrl } from "../../socket/address.ts";

/** A longer presence does not go into the address, where servers and proxies have their limits, in characters. */
const MAX_PRESENCE_IN_URL = 2_048;
const MAX_LENGTH = 200;

/** A channel's name that can be part of an address. @throws {TypeError | RangeError} */
export function channelOption(name: string, channel: unknown): string {
  if (typeof channel !== "string")
    throw new TypeError(`Option ${name} must be a channel's name: got ${clip(channel, 80)}`);
  if (channel === "" || channel.length > MAX_LENGTH) {
    throw new RangeError(
      `Option ${name} must have 1 to ${MAX_LENGTH} characters: got ${channel.length}, ${clip(channel, 40)}`,
    );
  }
  // A URL takes a segment of dots, encoded or not, for a step in its path.
  if (/[\p{Cc}\p{Cs}/]/u.test(channel) || channel === "." || channel === "..") {
    throw new RangeError(
      `Option ${name} must have no "/", no control character, and not be "." or "..": got ${JSON.stringify(clip(channel, 80))}`,
    );
  }
  return channel;
}

/** An event id that can be resumed after. @throws {TypeError} */
export function eventIdOption(name: string, id: unknown): string | undefined {
  if (id === undefined || (typeof id === "string" && id !== "" && id.length <= MAX_LENGTH)) return id;
  throw new TypeError(
    `Option ${name} must be an event id of at most ${MAX_LENGTH} characters: got ${clip(id, 80)}`,
  );
}

/** The parameters of an upgrade that are options of the client. */
export const OWN_PARAMETERS: readonly string[] = ["presence", "since"];

/**
 * Checks that a URL leaves to the options what is an option: in its query it would be overwritten, or go unseen.
 * @throws {TypeError} naming the parameter, and not its value
 */
export function noParameters(url: string | URL, names: readonly string[]): void {
  const found = parameterIn(url, names);
  if (found !== undefined) throw new TypeError(`Option url must not hold ?${found}=: give it as an option`);
}

/**
 * Where a channel is listened to.
 * @throws {DialError} `bad-address` for what no WebSocket can dial, and for what a function should not have given.
 */
export function listenAddress(base: string | URL, channel: string, presence: string, since?: string): string {
  const url = serverUrl(base);
  const found = parameterIn(url, OWN_PARAMETERS);
  if (found !== undefined) throw badAddress(`Address must not hold ?${found}=: give it as an option`);
  addPath(url, channel, "listen");
  if (presence !== "") url.searchParams.set("presence", presence);
  if (since !== undefined) url.searchParams.set("since", since);
  return url.href;
}

/**
 * Where something is asked of a channel over HTTP; `ws` and `wss` mean the HTTP of the same host.
 * @throws {DialError} `bad-address` for what is no such URL.
 */
export function requestAddress(base: string | URL, channel: string, action: string): URL {
  const url = serverUrl(base);
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  addPath(url, channel, action);
  return url;
}

/** The presence as an address has it: none where it is the default, or too long to go along. */
export function presenceInAddress(json: string): string {
  return json === "{}" || encodeURIComponent(json).length > MAX_PRESENCE_IN_URL ? "" : json;
}

/** @throws {DialError} `bad-address`; a credential goes into `token`, and a password into no message */
function serverUrl(base: string | URL): URL {
  const url = webSocketUrl(base);
  if (url.username === "" && url.password === "") return url;
  throw badAddress(`Address must not hold a user or a password: ${printableAddress(url)}`);
}

function parameterIn(url: string | URL, names: readonly string[]): string | undefined {
  // What is no URL is refused where it is dialled.
  if (!URL.canParse(url)) return undefined;
  const { searchParams } = new URL(url);
  return names.find((name) => searchParams.has(name));
}

function addPath(url: URL, channel: string, action: string): void {
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${encodeURIComponent(channel)}/${action}`;
}
