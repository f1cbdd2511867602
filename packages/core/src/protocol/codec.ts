import { clip } from "../errors.ts";

/** How messages become frames. Both directions of a protocol share it. */
export interface Codec {
  /** A frame's message, unchecked. @throws anything: the frame is then reported as invalid with what was thrown. */
  decode(frame: string | Uint8Array): unknown;
  /** The type of a decoded message, or `undefined` when it has none. */
  typeOf(message: unknown): string | undefined;
  /** The frame of a message. */
  encode(type: string, message: object): string | Uint8Array;
}

/** JSON objects in text frames, told apart by their `type`. */
export const jsonByType: Codec = {
  decode(frame) {
    if (typeof frame !== "string")
      throw new Error(`Frame is binary, ${frame.length} bytes: text was expected`);
    return JSON.parse(frame);
  },
  typeOf(message) {
    const type = (message as { type?: unknown } | null | undefined)?.type;
    return typeof type === "string" ? type : undefined;
  },
  // A message that came with another type, such as a ping that is echoed as a pong, goes out as what it is now.
  encode: (type, message) => JSON.stringify("type" in message ? { ...message, type } : { type, ...message }),
};

/** The first characters of a frame, for a report. */
export function sampleOf(frame: string | Uint8Array): string {
  if (typeof frame === "string") return clip(frame);
  const bytes = Array.from(frame.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return frame.length > 32 ? `${bytes} …` : bytes;
}
