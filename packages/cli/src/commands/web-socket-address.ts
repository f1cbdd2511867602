import { webSocketUrl } from "@holdfast/core/socket";
import { usageError } from "./usage-error.ts";

/**
 * Takes an address that a WebSocket can dial, as it was given.
 *
 * @param name What the user calls it, such as `argument url`.
 */
export function webSocketAddress(name: string): (text: string) => string {
  return (text) => {
    try {
      webSocketUrl(text);
      return text;
    } catch (error) {
      throw usageError(`${name}: ${(error as Error).message}`);
    }
  };
}
