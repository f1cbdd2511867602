import type { CloseCause, Frame } from "@holdfast/core";

/** An address that can be dialled: an unspecified host is reached on the loopback. */
export function addressOf(scheme: string, host: string, port: number): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${scheme}://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** JavaScript may not send 1009: the code that says the same to the peer of a native WebSocket. */
export const TOO_LARGE_CODE: number = 4009;

/** Why a connection ended whose peer sent a message over a limit that this package keeps. */
export function tooLarge(maxBytes: number): CloseCause {
  return { kind: "too-large", message: `Message was larger than ${maxBytes} bytes` };
}

const encoder = new TextEncoder();

/** Text is measured only where its length leaves a doubt: one UTF-16 unit is one to three bytes. */
export function exceeds(frame: Frame | ArrayBuffer, maxBytes: number): boolean {
  if (typeof frame !== "string") return frame.byteLength > maxBytes;
  if (frame.length > maxBytes || frame.length * 3 <= maxBytes) return frame.length > maxBytes;
  return encoder.encode(frame).length > maxBytes;
}
