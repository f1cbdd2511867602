import { clip } from "../errors.ts";
import { type CloseCause, DialError } from "./close-cause.ts";

/** A URL as it may be printed: without its query, its fragment and its credentials, where tokens live. */
export function printableAddress(address: string | URL): string {
  try {
    const url = new URL(address);
    // A URL without a host, such as `user:password@host`, is all path: it is shown like what cannot be parsed.
    return url.host === ""
      ? clip(withoutSecrets(String(address)), 80)
      : `${url.protocol}//${url.host}${url.pathname}`;
  } catch {
    return clip(withoutSecrets(String(address)), 80);
  }
}

/** What cannot be parsed can still hold a token or a password: neither its query nor what is before an `@` is shown. */
function withoutSecrets(text: string): string {
  const [shown = ""] = text.split(/[?#]/);
  return shown.slice(shown.lastIndexOf("@") + 1);
}

/** The host and port of an address, or `""` when it is not a URL. */
export function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return "";
  }
}

const WEB_SOCKET_SCHEMES: Readonly<Record<string, string>> = {
  "ws:": "ws:",
  "wss:": "wss:",
  "http:": "ws:",
  "https:": "wss:",
};

/**
 * The WebSocket URL of an address: `http` and `https` mean the WebSocket of the same host.
 * @throws {DialError} kind `bad-address` for anything that is not such a URL.
 */
export function webSocketUrl(address: string | URL): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw badAddress(`Address is not a URL: ${printableAddress(address)}`);
  }
  const scheme = Object.hasOwn(WEB_SOCKET_SCHEMES, url.protocol)
    ? WEB_SOCKET_SCHEMES[url.protocol]
    : undefined;
  if (scheme === undefined) {
    throw badAddress(`Scheme ${url.protocol} is none of ws, wss, http, https: ${printableAddress(url)}`);
  }
  // A URL's protocol setter refuses to move between special schemes in no case that is met here.
  url.protocol = scheme;
  url.hash = "";
  return url;
}

/** A dial error for an address that cannot be dialled. */
export function badAddress(message: string): DialError {
  const cause: CloseCause = { kind: "bad-address", message };
  return new DialError(cause);
}

/** The address of a listener, as one that can be dialled: an unspecified host is reached on the loopback. */
export function listeningAddress(scheme: string, host: string, port: number): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${scheme}://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** An IP address as it is compared: an IPv4 peer of an IPv6 listener is the IPv4 peer that it is. */
export function peerAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
