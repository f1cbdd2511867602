import { printableAddress, webSocketUrl } from "@holdfast/core/socket";
import { usageError } from "./usage-error.ts";

/** A channel and its server, as one address names them. */
export interface ChannelAddress {
  /** What was given, as it may be printed. */
  readonly shown: string;
  /** The server, with a path before the channel and with the query. */
  readonly url: string;
  /** The channel's name, decoded. */
  readonly channel: string;
}

/** What an address of the wire ends in, and a channel's address does not. */
const ACTIONS = new Set(["emit", "listen", "history", "members"]);

/** Takes `<url>/<channel>`: ws, wss, http or https; the last part of the path is the channel. */
export function channelAddress(text: string): ChannelAddress {
  const bad = (problem: string): Error => usageError(`argument url: ${problem}`);
  let url: URL;
  try {
    url = webSocketUrl(text);
  } catch (error) {
    throw bad((error as Error).message);
  }
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const name = parts.pop();
  // As it was written: of ws and http, and with no query.
  const { origin } = new URL(text);
  if (name === undefined)
    throw bad(`no channel in ${printableAddress(text)}: give one, such as ${origin}/news`);
  const shorter = `${origin}/${parts.join("/")}`;
  if (ACTIONS.has(name) && parts.length > 0) throw bad(`leave out /${name}: the channel is ${shorter}`);
  url.pathname = parts.join("/");
  return { shown: printableAddress(text), url: url.href, channel: decoded(name, bad) };
}

function decoded(name: string, bad: (problem: string) => Error): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw bad(`the channel ${name} cannot be decoded: write % as %25`);
  }
}
