const encoder = new TextEncoder();

/** How many bytes a frame has on the wire: text counts as UTF-8. */
export function byteLength(frame: string | Uint8Array): number {
  return typeof frame === "string" ? encoder.encode(frame).length : frame.length;
}

/** Whether a frame has more than `maxBytes` bytes; text is only encoded when its length leaves it open. */
export function isLarger(frame: string | Uint8Array, maxBytes: number): boolean {
  if (frame.length > maxBytes) return true;
  return typeof frame === "string" && frame.length * 3 > maxBytes && byteLength(frame) > maxBytes;
}
