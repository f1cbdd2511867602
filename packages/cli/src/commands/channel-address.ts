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

/** A host with a port, `localhost`, or a name with a dot: what stands before it is missing, and not what follows. */
const HOST_FIRST = /^(localhost|\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)+|[\w-]+(?=:\d))(:\d{1,5})?(\/.*)?$/i;

/**
 * Takes `<url>/<channel>`: ws, wss, http or https; the last part of the path is the channel.
 *
 * @param options What the wire takes in the query, and the command as options: from the query the server would heed
 * it, and the command not know of it.
 */
export function channelAddress(options: readonly string[]): (text: string) => ChannelAddress {
  return (text) => {
    const url = checkedUrl(text);
    const asOption = options.find((name) => url.searchParams.has(name));
    if (asOption !== undefined) throw bad(`leave out ?${asOption}=: give it as --${asOption}`);
    const parts = url.pathname.split("/").filter((part) => part !== "");
    const name = parts.pop();
    // As it was written: of ws and http, and with no query.
    const { origin } = new URL(text);
    if (name === undefined)
      throw bad(`no channel in ${printableAddress(text)}: give one, such as ${origin}/news`);
    const shorter = `${origin}/${parts.join("/")}`;
    if (ACTIONS.has(name) && parts.length > 0) throw bad(`leave out /${name}: the channel is ${shorter}`);
    url.pathname = parts.join("/");
    return { shown: printableAddress(text), url: url.href, channel: decoded(name) };
  };
}

function checkedUrl(text: string): URL {
  if (!text.includes("://")) throw withoutScheme(printableAddress(text));
  let url: URL;
  try {
    url = webSocketUrl(text);
  } catch (error) {
    throw bad((error as Error).message);
  }
  // A server of channels knows tokens alone, and a command line is seen by every user of the machine.
  if (url.username !== "" || url.password !== "")
    throw bad("leave out the user and the password: a token goes in --token, or in HOLDFAST_TOKEN");
  return url;
}

/** @param shown What was given, as it may be printed. */
function withoutScheme(shown: string): Error {
  if (HOST_FIRST.test(shown)) return bad(`no scheme in ${shown}: write http://${shown}`);
  const got = shown === "" ? "an empty text" : shown;
  return bad(`${got} is no address: give one, such as http://localhost:8080/news`);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw bad(`the channel ${name} cannot be decoded: write % as %25`);
  }
}

function bad(problem: string): Error {
  return usageError(`argument url: ${problem}`);
}
