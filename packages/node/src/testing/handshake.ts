import { createHash } from "node:crypto";

/** A longer head of a request is refused, in bytes. */
export const MAX_HEAD_BYTES = 16_384;

/** The head of a request. */
export interface RequestHead {
  readonly path: string;
  /** By lower-case name; repeated ones are joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** What came after the head. */
  readonly rest: Uint8Array;
}

/** Reads the head of one HTTP request, in whatever pieces. */
export class RequestReader {
  #text = "";

  /** The head once it is whole, `undefined` until then, or the HTTP status that says why it cannot become one. */
  push(bytes: Buffer): RequestHead | number | undefined {
    const before = this.#text.length;
    // One character for each byte, so that a place in the text is a place in the bytes.
    this.#text += bytes.toString("latin1");
    const end = this.#text.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if (!/^[A-Z]{1,20}( |$)/.test(this.#text.slice(0, 21))) return 400;
    if (end > MAX_HEAD_BYTES || (end < 0 && this.#text.length > MAX_HEAD_BYTES)) return 431;
    if (end < 0) return undefined;
    const [request = "", ...lines] = this.#text.slice(0, end).split("\r\n");
    const [, path] = /^[A-Z]+ (\S+) HTTP\/1\.[01]$/.exec(request) ?? [];
    const headers = headersOf(lines);
    if (path === undefined || headers === undefined) return 400;
    return { path, headers, rest: bytes.subarray(end + 4 - before) };
  }
}

function headersOf(lines: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return headers;
}

/** The 101 to a request, with the first subprotocol it asks for; `undefined` where it asks for no WebSocket. */
export function upgradeAnswer(headers: ReadonlyMap<string, string>): string | undefined {
  const key = headers.get("sec-websocket-key");
  if (key === undefined) return undefined;
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const [protocol = ""] = headers.get("sec-websocket-protocol")?.split(",") ?? [];
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol === "" ? [] : [`Sec-WebSocket-Protocol: ${protocol.trim()}`]),
    "\r\n",
  ].join("\r\n");
}

/** Any other answer. Headers that are given replace those that HTTP needs. */
export function refusalAnswer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string {
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const needed = Object.entries({ "content-length": `${Buffer.byteLength(body)}`, connection: "close" });
  const lines = [...needed.filter(([name]) => !own.has(name)), ...Object.entries(headers)];
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} Refused\r\n${head}\r\n${body}`;
}
