import { expect, test } from "vitest";
import { frameOfBytes, frameOfParts, frameOfText } from "./server-frame.ts";

const HEAD: Readonly<Record<number, number>> = { 0: 2, 125: 2, 126: 4, 65535: 4, 65536: 10 };

test.each(Object.entries(HEAD))("a text of %s bytes has a head of %s", (length, head) => {
  const text = "x".repeat(Number(length));
  const frame = frameOfText(text);
  expect(frame.length).toBe(Number(length) + head);
  expect(frame[0]).toBe(0x81);
  expect(frame.toString("utf8", head)).toBe(text);
});

test("a text that many sockets are sent in a row is encoded once", () => {
  const text = JSON.stringify({ to: "all", what: "é" });
  expect(frameOfText(text)).toBe(frameOfText(text));
  expect(frameOfText(`${text}.`)).not.toBe(frameOfText(text));
});

test("an encoded text is not kept beyond its turn", async () => {
  const frame = frameOfText("once");
  await undefined;
  expect(frameOfText("once")).not.toBe(frame);
});

test.each([
  ["head", "tail"],
  ["", "tail"],
  ["head", ""],
  ["é", "€"],
  ["\ud83d", "\ude00"],
  ["lone \ud83d", "x"],
  ["x".repeat(120), "ü".repeat(5)],
])("the frame of %j and %j is that of their text", (head, tail) => {
  expect(frameOfParts(head, tail)).toEqual(frameOfText(head + tail));
});

test("a frame of bytes is a copy", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const frame = frameOfBytes(bytes);
  bytes.fill(0);
  expect([...frame]).toEqual([0x82, 3, 1, 2, 3]);
});
