import type { HoldfastError } from "./errors.ts";

/**
 * Tells the console of an error that nobody listens for: it must neither kill the process nor be silent.
 * Only the message is told, which never holds a token.
 */
export function reportUnheard(name: string, error: HoldfastError): void {
  console.error(`${name}: ${error.message} (listen for "error" to handle this)`);
}
