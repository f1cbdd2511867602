import { expect, it } from "vitest";
import { frame, OPCODE } from "./frame.ts";
import { FrameReader, MAX_MESSAGE_BYTES } from "./frame-reader.ts";

const MASK = [0x11, 0x22, 0x33, 0x44];

/** A frame as a dialler sends it. */
function masked(opcode: number, payload: string | Uint8Array, isFinal = true): Buffer {
  const bytes = Buffer.from(payload);
  const whole = Buffer.from(frame(opcode, bytes, isFinal));
  const head = whole.subarray(0, whole.length - bytes.length);
  head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, Buffer.from(MASK), bytes.map((byte, index) => byte ^ (MASK[index % 4] ?? 0))]);
}

/** What is told of these bytes, in pieces of so many. */
function told(bytes: Uint8Array, pieceBytes = bytes.length): string[] {
  const events: string[] = [];
  const reader = new FrameReader({
    onText: (text) => events.push(`text ${text.length < 1_000 ? text : text.length}`),
    onPing: (payload) => events.push(`ping ${Buffer.from(payload)}`),
    onClose: (code) => events.push(`close ${code}`),
    onBreach: (code) => events.push(`breach ${code}`),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return events;
}

it.each([1, 2, 3, 7, 64, 1_000_000])("tells the same of pieces of %i bytes", (pieceBytes) => {
  const frames = [
    masked(OPCODE.text, "hé", false),
    masked(OPCODE.ping, "inside"),
    masked(OPCODE.continuation, "", false),
    masked(OPCODE.continuation, "llo"),
    masked(OPCODE.binary, "bytes"),
    masked(OPCODE.pong, ""),
    masked(OPCODE.text, ""),
    masked(OPCODE.text, "x".repeat(300)),
    masked(OPCODE.text, "y".repeat(70_000)),
    masked(OPCODE.close, Buffer.of(0x0f, 0xa0, 65)),
    masked(OPCODE.text, "after the close"),
  ];
  expect(told(Buffer.concat(frames), pieceBytes)).toEqual([
    "ping inside",
    "text héllo",
    "text ",
    `text ${"x".repeat(300)}`,
    "text 70000",
    "close 4000",
  ]);
});

it("tells of a close without a code", () => {
  expect(told(masked(OPCODE.close, ""))).toEqual(["close undefined"]);
});

it("a character may be split between two fragments", () => {
  const [one, two] = [
    masked(OPCODE.text, Buffer.of(0xc3), false),
    masked(OPCODE.continuation, Buffer.of(0xa9)),
  ];
  expect(told(Buffer.concat([one, two]))).toEqual(["text é"]);
});

it("a message of the limit is taken, and one byte more is not, fragments or none", () => {
  const half = "x".repeat(MAX_MESSAGE_BYTES / 2);
  const first = masked(OPCODE.text, half, false);
  expect(told(Buffer.concat([first, masked(OPCODE.continuation, half)]))).toEqual([
    `text ${MAX_MESSAGE_BYTES}`,
  ]);
  expect(told(Buffer.concat([first, masked(OPCODE.continuation, `${half}y`)]))).toEqual(["breach 1009"]);
  expect(told(masked(OPCODE.text, `${half}${half}y`))).toEqual(["breach 1009"]);
});

it("a breach is told once, and nothing after it", () => {
  const unmasked = frame(OPCODE.text, Buffer.from("x"));
  expect(told(Buffer.concat([unmasked, unmasked, masked(OPCODE.text, "x")]), 1)).toEqual(["breach 1002"]);
});
