import { DialError, printableAddress } from "@holdfast/core";

/** Where a TCP address leads. */
export interface TcpTarget {
  readonly hostname: string;
  readonly port: number;
}

/**
 * The host and port of an address such as `tcp://localhost:7000`; its path means nothing.
 * @throws {DialError} kind `bad-address` for anything else.
 */
export function tcpTarget(address: string): TcpTarget {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const port = Number(url?.port);
  if (url?.protocol !== "tcp:" || url.hostname === "" || port === 0) {
    const message = `Address is not of the form tcp://host:port: ${printableAddress(address)}`;
    throw new DialError({ kind: "bad-address", message });
  }
  return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port };
}
