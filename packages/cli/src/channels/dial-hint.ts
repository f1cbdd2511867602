import type { CloseCause } from "@holdfast/core";

/** Why a dial failed, and what to do about it where that is a failure that a first run meets. */
export function withHint(message: string): string {
  // OpenSSL ends its texts with a colon and a new line.
  return `${message.replace(/[\s:]+$/, "")}${hint(message)}`;
}

function hint(message: string): string {
  if (message.includes("ECONNREFUSED")) return ": is the server running? npx holdfast channels starts one";
  // The beginning of an HTTP answer, read as TLS.
  if (/wrong version number|packet length too long/.test(message))
    return ": the server speaks no TLS there: http:// or ws:// instead?";
  return "";
}

/** The same of an attempt to listen. */
export function dialProblem({ message, status }: CloseCause): string {
  if (status !== 429) return withHint(message);
  return `${message}: too many listeners of this address, see --connections-per-address of the server`;
}
