import { webSocketUrl } from "@holdfast/core/socket";
import { CommanderError } from "commander";
import { printable } from "../output/printable.ts";

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
      // Commander would put the value in front, with whatever password or token is in it.
      const problem = `error: ${name}: ${printable((error as Error).message)}`;
      throw new CommanderError(2, "holdfast.badAddress", problem);
    }
  };
}
