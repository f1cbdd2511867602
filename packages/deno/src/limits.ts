import type { CloseCause } from "@holdfast/core";

/** JavaScript may not send 1009: the code that says the same to the peer of a native WebSocket. */
export const TOO_LARGE_CODE: number = 4009;

/** Why a connection ended whose peer sent a message over a limit that this package keeps. */
export function tooLarge(maxBytes: number): CloseCause {
  return { kind: "too-large", message: `Message was larger than ${maxBytes} bytes` };
}
