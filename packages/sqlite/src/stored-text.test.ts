import { expect, it } from "vitest";
import { fromStored, toStored } from "./stored-text.ts";

const texts = [
  "",
  "a",
  "é😀",
  "a\0b",
  "\0",
  "\ud800",
  "a\udc00b",
  "\u0001",
  "\u0001a",
  '\u0001"a"',
  '"a"',
  "\\u0000",
];

it("every text comes back, and no two are kept as the same", () => {
  expect(texts.map((text) => fromStored(toStored(text)))).toEqual(texts);
  expect(new Set(texts.map(toStored)).size).toBe(texts.length);
});

it("what is kept has no NUL and no half of a pair, and ordinary text stays as it is", () => {
  for (const text of texts.map(toStored)) {
    expect(text).not.toContain("\0");
    expect(new TextDecoder().decode(new TextEncoder().encode(text))).toBe(text);
  }
  expect(toStored('{"é":"😀"}')).toBe('{"é":"😀"}');
});
