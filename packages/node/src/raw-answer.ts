import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Refusal } from "@holdfast/core";

/** Headers of a short answer in plain text. */
export const PLAIN: Readonly<Record<string, string>> = {
  "Content-Type": "text/plain; charset=utf-8",
  "X-Content-Type-Options": "nosniff",
};

/** Headers that say where the answer ends, and what becomes of the connection: they are not a refusal's. */
const OWN = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "keep-alive",
  "trailer",
]);

/** Answers a request whose upgrade is not to be, and ends its connection. */
export function answerRaw(stream: Duplex, { status, reason, headers }: Refusal): void {
  const body = Buffer.from(reason);
  const all = new Headers({ ...headers });
  for (const [name, value] of Object.entries(PLAIN)) if (!all.has(name)) all.set(name, value);
  for (const name of OWN) all.delete(name);
  const lines = [...all].map(([name, value]) => `${titleCase(name)}: ${value}\r\n`).join("");
  stream.on("error", () => {});
  stream.once("finish", () => stream.destroy());
  stream.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${lines}\r\n`,
    "latin1",
  );
  stream.end(body);
}

/** Names as they are usually written; to HTTP they are the same. */
function titleCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
