import { webSocketUrl } from "@holdfast/core/socket";
import { InvalidArgumentError } from "commander";
import { printable } from "../output/printable.ts";

/** An address that a WebSocket can dial, as it was given. */
export function webSocketAddress(text: string): string {
  try {
    webSocketUrl(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(`${printable((error as Error).message)}.`);
  }
}
