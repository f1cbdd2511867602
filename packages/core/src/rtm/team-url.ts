import { badAddress, printableAddress, webSocketUrl } from "../socket/address.ts";

/**
 * Where a team is to be dialled, as far as the global connection's own address allows it: a secure global
 * connection never leads to an insecure team connection unless that is allowed.
 *
 * @throws {DialError} kind `bad-address`
 */
export function teamUrl(wsUrl: string, globalAddress: string, allowInsecure: boolean): string {
  const url = webSocketUrl(wsUrl);
  if (!allowInsecure && url.protocol === "ws:" && isSecure(globalAddress)) {
    throw badAddress(`Team address ${printableAddress(url)} is insecure and the global connection is secure`);
  }
  return url.href;
}

/**
 * Whether headers that authenticate the global connection may go to this address: the same host and port, as well
 * protected, or a host that is trusted.
 */
export function mayHaveHeaders(
  address: string,
  globalAddress: string,
  trustedHosts: readonly string[],
): boolean {
  const { host } = new URL(address);
  if (trustedHosts.includes(host)) return true;
  if (!URL.canParse(globalAddress) || host !== new URL(globalAddress).host) return false;
  // Without a port in it, `host` stands for 443 here and for 80 there.
  return isSecure(address) === isSecure(globalAddress);
}

function isSecure(address: string): boolean {
  return URL.canParse(address) && ["wss:", "https:"].includes(new URL(address).protocol);
}
