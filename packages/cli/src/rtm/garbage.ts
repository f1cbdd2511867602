import type { Frame, Random } from "@holdfast/core";
import { pick } from "./pick.ts";

/**
 * Frames that are no message a client may count: not JSON, cut short, bytes, JSON of the wrong kind, a known
 * type of the wrong shape, an unknown type, and terminal control sequences. `props` is in most of them as bait.
 */
const GARBAGE: ReadonlyArray<(random: Random) => Frame> = [
  () => "props, but not JSON",
  () => '{"type":"message","text":"props, cut sho',
  (random) => Uint8Array.from({ length: 1 + Math.floor(random() * 64) }, () => Math.floor(random() * 256)),
  () => new TextEncoder().encode('{"type":"message","text":"props as bytes"}'),
  () => "",
  () => "null",
  () => '["message","props"]',
  () => '{"text":"props without a type"}',
  () => '{"type":["message"],"text":"props"}',
  () => '{"type":"message","text":["props"]}',
  () => '{"type":"message","texts":"props"}',
  () => '{"type":"message.edited","text":"props of an unknown type"}',
  () => '{"type":"pong","unique_id":{}}',
  () => '{"__proto__":{"type":"message","text":"props"}}',
  () => "\u001b[2J\u001b[31m\u001b]0;props\u0007\u009b1m",
];

/** A frame of garbage. */
export function garbage(random: Random): Frame {
  return pick(GARBAGE, random)(random);
}
