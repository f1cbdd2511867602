import { badAddress, printableAddress } from "./address.ts";

/** Where a TCP address leads. */
export interface TcpTarget {
  /** Host name or IP address, without brackets. */
  readonly host: string;
  /** Port, from 1 to 65535. */
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
    throw badAddress(`Address is not of the form tcp://host:port: ${printableAddress(address)}`);
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port };
}
