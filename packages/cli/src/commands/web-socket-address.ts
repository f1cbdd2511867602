import { webSocketUrl } from "@holdfast/core/socket";
import { CommanderError } from "commander";
import { printable } from "../output/printable.ts";

/** An address that a WebSocket can dial, as it was given. */
export function webSocketAddress(text: string): string {
  try {
    webSocketUrl(text);
    return text;
  } catch (error) {
    // Commander would put the value in front, with whatever password or token is in it.
    throw new CommanderError(
      2,
      "holdfast.badAddress",
      `error: argument url: ${printable((error as Error).message)}`,
    );
  }
}
