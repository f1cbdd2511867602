import { clip } from "../errors.ts";
import { textsOption } from "../options.ts";

/** What a request says of where it comes from. */
export interface OriginHeaders {
  /** `Origin`. */
  readonly origin: string | undefined;
  /** `Host`. */
  readonly host: string | undefined;
  /** `Cookie`, of an upgrade; `undefined` of any other request. */
  readonly cookie?: string | undefined;
}

/**
 * Whose pages may ask. A browser sends a user's cookies with an upgrade that any page makes, and no preflight stops
 * it: `Origin` is all there is to tell them apart.
 */
export class OriginCheck {
  readonly #any: boolean;
  readonly #origins: ReadonlySet<string>;
  readonly #cookieAlone: boolean;
  readonly #hosts: ReadonlySet<string> | undefined;

  /**
   * @param origins Origins that are welcome besides the server's own host; `"*"` for all.
   * @param allowCookieWithoutOrigin Whether `Cookie` may come without `Origin`.
   * @param hosts What `Host` may say, with or without a port; `undefined` for anything.
   * @throws {TypeError} for what is no origin or no host, naming it.
   */
  constructor(
    origins: readonly string[] | undefined,
    allowCookieWithoutOrigin: boolean,
    hosts?: readonly string[],
  ) {
    const given = textsOption("origins", origins);
    this.#any = given.includes("*");
    this.#origins = new Set(given.filter((origin) => origin !== "*").map(checkedOrigin));
    this.#cookieAlone = allowCookieWithoutOrigin;
    this.#hosts = hosts && new Set(textsOption("hosts", hosts).map(checkedHost));
  }

  /** Why such a request is refused, in one line, or `undefined` where it is welcome. */
  refusal({ origin, host, cookie }: OriginHeaders): string | undefined {
    if (!this.#isServed(host)) return `Host is not served here: ${clip(host ?? "none", 80)}`;
    if (origin === undefined) {
      return cookie === undefined || this.#cookieAlone ? undefined : "Cookie came without Origin";
    }
    if (this.#any || this.#origins.has(origin.toLowerCase()) || isSameHost(origin, host)) return undefined;
    return `Origin is not allowed: ${clip(origin, 80)}`;
  }

  /** A name that somebody else lets point to this server makes their page its own host: by `Host` alone that is told. */
  #isServed(host: string | undefined): boolean {
    const said = host?.toLowerCase() ?? "";
    return this.#hosts === undefined || this.#hosts.has(said) || this.#hosts.has(said.replace(/:\d+$/, ""));
  }
}

/** The server's own host by name. An IP address is nobody's for long, and `null` is any page in a sandbox. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return false;
  const asked = new URL(origin);
  // Ports that go without saying depend on the scheme; an origin has no path.
  const own = `${asked.protocol}//${host}`;
  if (isAddress(asked.hostname) || !URL.canParse(own)) return false;
  return asked.origin === origin.toLowerCase() && new URL(own).origin === asked.origin;
}

/** A URL writes every form of an IPv4 address as four numbers, and IPv6 in brackets. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname);
}

function checkedOrigin(origin: string): string {
  const text = origin.toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(text) || !URL.canParse(text)) {
    throw new TypeError(
      `Option origins must hold origins such as https://app.example, or "*": got ${clip(origin, 80)}`,
    );
  }
  const { origin: written } = new URL(text);
  // Of schemes that are not the web's, such as an app's own, a URL has no origin: what was given is compared.
  return written === "null" ? text : written;
}

function checkedHost(host: string): string {
  const text = host.toLowerCase();
  if (/^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/.test(text)) return text;
  throw new TypeError(`Option hosts must hold hosts such as chat.example: got ${clip(host, 80)}`);
}
