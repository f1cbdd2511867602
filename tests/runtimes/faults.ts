import type { FaultStep } from "@holdfast/node/testing";
import { helloText, saidText } from "./probe-protocol.ts";

const UPGRADE: FaultStep = { do: "upgrade" };
const HELLO: FaultStep = { do: "text", text: helloText };
const said = (text: string): FaultStep => ({ do: "text", text: saidText(text) });

/** A peer that does nothing wrong. */
const PROPER: readonly FaultStep[] = [UPGRADE, HELLO];
const MUTE: readonly FaultStep[] = [...PROPER, { do: "mute" }];
const NEVER: readonly FaultStep[] = [{ do: "never-answer" }];

const refused = (status: number, headers: Readonly<Record<string, string>> = {}): FaultStep[] => [
  { do: "refuse", status, headers },
];
/** Refuses once with this status, and asks to be left alone for a second. */
const busyOnce = (status: number): (readonly FaultStep[])[] => [
  refused(status, { "retry-after": "1" }),
  PROPER,
];

/** What the frames of `garbage` are, besides the message after them. */
const GARBAGE: readonly FaultStep[] = [
  { do: "text", text: "not json" },
  { do: "text", text: '{"no":"type"}' },
  { do: "text", text: "" },
  { do: "text", text: '{"type":"said","text":7}' },
  { do: "text", text: '{"type":"nobody-knows"}' },
  { do: "binary", bytes: Uint8Array.of(0xff, 0x00, 0xfe) },
];

/** A frame header with a reserved opcode (RFC 6455, section 5.2). */
const RESERVED_OPCODE: FaultStep = { do: "raw", bytes: Uint8Array.of(0x83, 0x00) };

/** How many messages `says-then-closes` sends before its close frame. */
export const SAID_BEFORE_CLOSE = 200;
/** A text with characters of one to four bytes, which fragments cut through. */
export const FRAGMENTED_TEXT: string = "aé€😀".repeat(400);
/** The size of the frame of `oversized`, over the default limit of a connection, in bytes. */
export const OVERSIZED_BYTES = 2_097_152;

/** What the connections of a server meet, in the order of their arrival; the last entry is for all that follow. */
const TABLE = {
  proper: [PROPER],
  "never-answers": [NEVER],
  "never-answers-once": [NEVER, PROPER],
  "answers-late-once": [[{ do: "wait", ms: 500 }, ...PROPER], PROPER],
  "answers-byte-by-byte": [[{ do: "upgrade", byteDelayMs: 2 }, HELLO]],
  "no-hello-once": [[UPGRADE], PROPER],
  "ends-before-hello-once": [[UPGRADE, { do: "end" }], PROPER],
  "not-http-once": [
    [{ do: "raw", bytes: new TextEncoder().encode("220 mail ready\r\n\r\n") }, { do: "end" }],
    PROPER,
  ],
  "refuses-401": [refused(401)],
  "refuses-403": [refused(403)],
  "busy-429-once": busyOnce(429),
  "busy-503-once": busyOnce(503),
  "answers-200-once": [refused(200), PROPER],
  "answers-302-once": [refused(302, { location: "/elsewhere" }), PROPER],
  "answers-404-once": [refused(404), PROPER],
  "answers-500-once": [refused(500), PROPER],
  mute: [MUTE],
  "mute-once": [MUTE, PROPER],
  "closes-4001-left-open-once": [[...PROPER, { do: "close", code: 4001, leaveOpen: true }], PROPER],
  "closes-without-code-once": [[...PROPER, { do: "close" }], PROPER],
  "ends-once": [[...PROPER, { do: "end" }], PROPER],
  "resets-once": [[...PROPER, { do: "reset" }], PROPER],
  "says-then-closes": [
    [
      ...PROPER,
      ...Array.from({ length: SAID_BEFORE_CLOSE }, (_, index) => said(`${index}`)),
      { do: "close", code: 4000, reason: "enough" },
    ],
    PROPER,
  ],
  flaps: [[...PROPER, { do: "end" }]],
  garbage: [[...PROPER, ...GARBAGE, said("after")]],
  "invalid-utf8-once": [[...PROPER, { do: "invalid-utf8" }], PROPER],
  "reserved-opcode-once": [[...PROPER, RESERVED_OPCODE], PROPER],
  fragments: [[...PROPER, { do: "fragments", text: saidText(FRAGMENTED_TEXT), bytes: 701 }]],
  drip: [[...PROPER, { do: "drip", text: saidText("slow"), byteDelayMs: 5 }, said("after")]],
  oversized: [[...PROPER, { do: "oversized", bytes: OVERSIZED_BYTES }, said("after")]],
  "oversized-always": [[...PROPER, { do: "oversized", bytes: OVERSIZED_BYTES }]],
  "stops-reading": [[...PROPER, { do: "stop-reading" }]],
  chaos: [
    [...PROPER, { do: "end" }],
    NEVER,
    [...PROPER, { do: "reset" }],
    [UPGRADE],
    MUTE,
    [...PROPER, { do: "close", code: 1012 }],
    refused(503),
    [...PROPER, { do: "close", code: 4001, leaveOpen: true }],
    [...PROPER, { do: "invalid-utf8" }],
    [UPGRADE, { do: "reset" }],
    MUTE,
    [...PROPER, RESERVED_OPCODE],
    [...PROPER, said("calm")],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly FaultStep[])[]>>;

/** The name of what a server does wrong. */
export type FaultName = keyof typeof TABLE;

/** The same, to look up. */
export const FAULTS: ReadonlyMap<string, readonly (readonly FaultStep[])[]> = new Map(Object.entries(TABLE));
