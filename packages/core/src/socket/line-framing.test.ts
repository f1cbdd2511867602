import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeLine, LineDecoder } from "./line-framing.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
type Line = string | Uint8Array;

/** What a decoder makes of these chunks: its lines, and what each push returned. */
function decode(maxBytes: number, ...chunks: (string | Uint8Array)[]): { lines: Line[]; taken: boolean[] } {
  const decoder = new LineDecoder(maxBytes);
  const lines: Line[] = [];
  const taken = chunks.map((chunk) =>
    decoder.push(typeof chunk === "string" ? bytesOf(chunk) : chunk, (line) => lines.push(line)),
  );
  return { lines, taken };
}

describe("lines", () => {
  test("several in one chunk, one in several chunks, and a rest that is not one yet", () => {
    expect(decode(100, "a\nb\nc").lines).toEqual(["a", "b"]);
    expect(decode(100, "a", "b", "", "c\nd", "\n").lines).toEqual(["abc", "d"]);
  });

  test("`\\r\\n` ends a line too, also where a chunk ends between the two", () => {
    expect(decode(100, "a\r\nb\r", "\nc\n").lines).toEqual(["a", "b", "c"]);
  });

  test("a `\\r` inside a line, and all but the last before its end, stay", () => {
    expect(decode(100, "a\rb\r\r\n").lines).toEqual(["a\rb\r"]);
  });

  test("empty lines are dropped", () => expect(decode(100, "\n\r\n\n\na\n\n").lines).toEqual(["a"]));

  test("NUL and other control characters are text", () => {
    expect(decode(100, "\0\x1b[2J\u2028\n").lines).toEqual(["\0\x1b[2J\u2028"]);
  });

  test("a character cut by a chunk's end is whole again", () => {
    const [one, two, three, four] = bytesOf("😀");
    const [a, b, c] = [[one, two], [three], [four, 10]].map((part) => Uint8Array.from(part as number[]));
    expect(decode(100, a as Uint8Array, b as Uint8Array, c as Uint8Array).lines).toEqual(["😀"]);
  });

  test("C63 a line that is not UTF-8 is handed over as bytes of its own, and the next is text again", () => {
    const chunk = Uint8Array.from([0xff, 0xfe, 10, 97, 10]);
    const { lines } = decode(100, chunk);
    chunk.fill(0);
    expect(lines).toEqual([Uint8Array.from([0xff, 0xfe]), "a"]);
  });

  test("what is kept is not changed by the reader's buffer, which it may use again", () => {
    const decoder = new LineDecoder(100);
    const buffer = bytesOf("abc");
    const lines: Line[] = [];
    decoder.push(buffer, (line) => lines.push(line));
    buffer.fill(120);
    decoder.push(bytesOf("\n"), (line) => lines.push(line));
    expect(lines).toEqual(["abc"]);
  });
});

describe("C66 the longest line", () => {
  test.each([
    ["one below", "1234567\n", true],
    ["at the limit", "12345678\n", true],
    ["one above", "123456789\n", false],
    ["at the limit, in multi-byte characters", "éééé\n", true],
    ["one above, in multi-byte characters", "éééé1\n", false],
  ])("%s", (_, text, taken) => {
    expect(decode(8, text).taken).toEqual([taken]);
    expect(decode(8, ...text).taken.at(-1)).toBe(taken);
    expect(decode(8, text).lines).toHaveLength(taken ? 1 : 0);
  });

  test("is measured without its ending: `\\r\\n` counts as little as `\\n`", () => {
    expect(decode(8, "12345678\r\n")).toEqual({ lines: ["12345678"], taken: [true] });
    expect(decode(8, "12345678\r", "\n")).toEqual({ lines: ["12345678"], taken: [true, true] });
    expect(decode(8, "123456789\r\n").taken).toEqual([false]);
  });

  test("is refused before its end comes, and lines before it are handed over", () => {
    expect(decode(8, "a\n123456789")).toEqual({ lines: ["a"], taken: [false] });
  });

  test("once refused, nothing is taken any more", () => {
    const { lines, taken } = decode(8, "123456789", "\n", "a\n", "b\nc\n");
    expect(lines).toEqual([]);
    expect(taken).toEqual([false, false, false, false]);
  });

  test("many short lines are no long one", () => {
    expect(decode(2, "ab\n".repeat(10_000)).taken).toEqual([true]);
  });
});

describe("encodeLine", () => {
  const text = (line: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);

  test("S25 text with line breaks is still one line", () => {
    expect(text(encodeLine('a\r\nb\nc\rd\n\n{"type":"x"}'))).toBe('a b c d {"type":"x"}\n');
  });

  test("bytes with line breaks are still one line, and the given ones are left alone", () => {
    const bytes = Uint8Array.from([1, 10, 2]);
    expect([...encodeLine(bytes)]).toEqual([1, 32, 2, 10]);
    expect([...bytes]).toEqual([1, 10, 2]);
  });

  test("lone surrogates become the replacement character, and nothing throws", () => {
    expect(text(encodeLine("a\ud800b"))).toBe("a\ufffdb\n");
  });

  test("a byte order mark is part of the text, as it is in a WebSocket message", () => {
    expect(decode(100, encodeLine("\ufeffx")).lines).toEqual(["\ufeffx"]);
  });

  test("any text of one line survives the way, however it is cut", () => {
    const unit = fc.constantFrom("a", "é", "€", "😀", "\0", "\u2028", "\u0085", "\x1b", "\u{10ffff}");
    const line = fc.string({ unit, minLength: 1 });
    const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), cuts, (lines, sizes) => {
        const stream = Uint8Array.from(lines.flatMap((one) => [...encodeLine(one)]));
        const chunks: Uint8Array[] = [];
        for (let start = 0, turn = 0; start < stream.length; turn++) {
          const size = sizes[turn % sizes.length] as number;
          chunks.push(stream.subarray(start, start + size));
          start += size;
        }
        expect(decode(10_000, ...chunks).lines).toEqual(lines);
      }),
      { numRuns: 100 },
    );
  });
});
