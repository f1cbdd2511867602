import { encodeLine, LineDecoder } from "@holdfast/core/socket";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Fuzzing } from "./fuzzing.ts";
import { word } from "./hostile.ts";

const fuzzing = new Fuzzing("lines");
const MAX_BYTES = 24;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

const encoder = new TextEncoder();

/** Bytes in which line breaks, halves of characters and plain letters are all likely. */
const stream = fc
  .array(
    fc.oneof(
      fc.constantFrom([NEWLINE], [CARRIAGE_RETURN], [CARRIAGE_RETURN, NEWLINE], [0], [0xef, 0xbb, 0xbf]),
      fc.constantFrom([0xc3], [0xa9], [0xed, 0xa0, 0x80], [0xff], [0xf0, 0x9f, 0x98, 0x80]),
      fc.array(fc.constantFrom(97, 98, 123, 34), { maxLength: 14 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => new Uint8Array(parts.flat()));

/** What the stream's lines are, by the docstring: split, without `\r`, without empty ones, up to one too long. */
function linesOf(bytes: Uint8Array): { lines: Uint8Array[]; fits: boolean } {
  const lines: Uint8Array[] = [];
  let start = 0;
  const trimmed = (end: number): Uint8Array =>
    bytes.subarray(start, bytes[end - 1] === CARRIAGE_RETURN && end > start ? end - 1 : end);
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const line = trimmed(end);
    if (line.length > MAX_BYTES) return { lines, fits: false };
    if (line.length > 0) lines.push(line);
    start = end + 1;
  }
  return { lines, fits: trimmed(bytes.length).length <= MAX_BYTES };
}

function decoded(chunks: readonly Uint8Array[], maxBytes = MAX_BYTES) {
  const decoder = new LineDecoder(maxBytes);
  const lines: Array<string | Uint8Array> = [];
  let fits = true;
  for (const chunk of chunks) {
    // A reader reuses its buffer.
    const buffer = new Uint8Array(chunk);
    fits = decoder.push(buffer, (line) => void lines.push(line));
    buffer.fill(0);
  }
  return { lines, fits };
}

function chunked(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const asBytes = (line: string | Uint8Array): number[] => [
  ...(typeof line === "string" ? encoder.encode(line) : line),
];

it("S25 any chunking of any bytes gives the lines that the bytes hold, and the same end", async () => {
  await fuzzing.check(
    14_000,
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
      fuzzing.inputs += 2;
      const whole = linesOf(bytes);
      for (const chunks of [chunked(bytes, cuts), Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))]) {
        const { lines, fits } = decoded(chunks);
        expect(lines.map(asBytes)).toEqual(whole.lines.map((line) => [...line]));
        expect(bytes.length === 0 || fits === whole.fits).toBe(true);
      }
    }),
  );
});

it("S25 a text goes through as one line, whatever it holds, with its line breaks as spaces", async () => {
  await fuzzing.check(
    4_000,
    fc.property(fc.array(word, { maxLength: 5 }), (parts) => {
      fuzzing.inputs++;
      const text = parts.join("");
      const sent = encodeLine(text);
      expect(sent.indexOf(NEWLINE)).toBe(sent.length - 1);
      // Half a surrogate pair has no bytes of its own: it becomes U+FFFD, as on a WebSocket.
      const kept = text.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[\r\n]+/g, " ");
      expect(decoded([sent], 100_000)).toEqual({ lines: kept === "" ? [] : [kept], fits: true });
    }),
  );
});

it("bytes go through as one line, with a newline as a space and without a last carriage return", async () => {
  await fuzzing.check(
    4_000,
    fc.property(stream, (bytes) => {
      fuzzing.inputs++;
      const kept = Array.from(bytes, (byte) => (byte === NEWLINE ? 32 : byte));
      if (kept.at(-1) === CARRIAGE_RETURN) kept.pop();
      const { lines } = decoded([encodeLine(bytes)], 100_000);
      expect(lines.map(asBytes)).toEqual(kept.length === 0 ? [] : [kept]);
    }),
  );
});

it("all of its share of inputs was tried", () => fuzzing.expectShare());
