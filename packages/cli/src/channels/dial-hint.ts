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

/** Why a connection ended, without the advice of the library: it is of options that the commands have not. */
export function problemOf({ message, status }: CloseCause): string {
  return status === undefined ? message : message.replace(/^(Upgrade was answered with HTTP \d+): .*/s, "$1");
}

/** Why an attempt to listen failed, and what to do. */
export function dialProblem(cause: CloseCause): string {
  const message = problemOf(cause);
  if (cause.status !== 429) return withHint(message);
  return `${message}: too many listeners of this address, see --connections-per-address of the server`;
}
