import type { WireFrame } from "./wire-frame.ts";

/** What a server has to make of what it is sent. */
export type Outcome =
  /** These messages are handed over, and the connection goes on. */
  | { readonly taken: readonly (string | Uint8Array)[]; readonly pongs?: readonly string[] }
  /** The connection is failed with this close code; `undefined` where it ends without one. */
  | { readonly failed: number | undefined; readonly taken?: readonly string[] }
  /** The close is answered with this code; `undefined` where the answer has none. */
  | { readonly closed: number | undefined };

/** One case: frames, and what is to come of them. */
export interface Row {
  /** The section of RFC 6455 that says so, and the scenario where there is one. */
  readonly section: string;
  readonly name: string;
  readonly frames: readonly WireFrame[];
  readonly outcome: Outcome;
  /** What Deno's own server makes of it, where that is more than to leave the close code out of a failure. */
  readonly native?: Outcome;
}

/** Messages up to this size are taken. */
export const LIMIT = 65_536;

/** Bytes as they are. */
export function bad(...bytes: number[]): Uint8Array {
  return Uint8Array.of(...bytes);
}

/** A text of so many bytes. */
export function x(count: number): string {
  return "x".repeat(count);
}

/** These messages are handed over. */
export function taken(...messages: (string | Uint8Array)[]): Outcome {
  return { taken: messages };
}

/** The connection is failed with a code, after these messages. */
export function failed(code: number, ...before: string[]): Outcome {
  return { failed: code, taken: before };
}
