import type { Frame } from "@holdfast/core";
import { pick } from "./pick.ts";
import { MAX_MESSAGE_BYTES } from "./settings.ts";

const deep = "[".repeat(1_500) + "]".repeat(1_500);

/** Frames that no bot may count, on any connection; `props` is in most of them as bait. */
const GARBAGE: readonly Frame[] = [
  "",
  "props, but not JSON",
  '{"type":"message","text":"props, cut sho',
  "null",
  "[]",
  deep,
  '["message","props"]',
  '{"text":"props without a type"}',
  '{"type":["message"],"text":"props"}',
  '{"type":"message","text":["props"]}',
  '{"type":"message","text":null}',
  '{"type":"message","texts":"props"}',
  '{"type":"Message","text":"props of an unknown type"}',
  '{"type":"__proto__","text":"props"}',
  '{"type":"constructor","text":"props"}',
  '{"__proto__":{"type":"message","text":"props"}}',
  '{"type":"pong","unique_id":{}}',
  '{"type":"team.join","team_id":null}',
  '{"type":"team.left","team_id":[1]}',
  '{"type":"team.connect","team_id":1}',
  '{"type":"team.join","team_id":9007199254740993}',
  '{"type":"error"}',
  `{"type":"message","text":"props ${"x".repeat(MAX_MESSAGE_BYTES)}"}`,
  "\u001b[2J\u0007",
  "\ud800",
  new Uint8Array(0),
  Uint8Array.of(0, 255, 128),
  new TextEncoder().encode('{"type":"message","text":"props as bytes"}'),
];

/** A frame of garbage. */
export function garbage(random: () => number): Frame {
  return pick(GARBAGE, random);
}
