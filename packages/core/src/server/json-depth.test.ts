import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonByType } from "../protocol/codec.ts";
import { depthLimited, isTooDeep } from "./json-depth.ts";

/** How deep a value is, by the book: nothing that is hostile is ever given to it. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("isTooDeep", () => {
  test.each([
    ["31", 31, false],
    ["32", 32, false],
    ["33", 33, true],
  ])("%s deep, where 32 are allowed", (_, depth, deeper) => {
    expect(isTooDeep("[".repeat(depth) + "]".repeat(depth), 32)).toBe(deeper);
    expect(isTooDeep('{"a":'.repeat(depth).concat("1", "}".repeat(depth)), 32)).toBe(deeper);
  });

  test("S21 200,000 deep is refused, and nothing overflows", () => {
    expect(isTooDeep("[".repeat(200_000), 32)).toBe(true);
    expect(isTooDeep('{"a":'.repeat(200_000), 32)).toBe(true);
    expect(isTooDeep(`${"[".repeat(200_000)}${"]".repeat(200_000)}`, 200_000)).toBe(false);
  });

  test("what is inside a string does not count, however it is escaped", () => {
    for (const text of ["[[[", '"[', "\\[", '\\"[', '\\\\"[[[', "\\"]) {
      const json = JSON.stringify({ [text]: text });
      expect(isTooDeep(json, 1)).toBe(false);
      expect(isTooDeep(json, 0)).toBe(true);
    }
  });

  test("side by side is not deep", () => {
    expect(isTooDeep(JSON.stringify(Array(10_000).fill([])), 2)).toBe(false);
  });

  test("a string of 64 KiB of backslashes or quotes takes no time", () => {
    const text = JSON.stringify(['"'.repeat(65_536), "\\".repeat(65_536)]);
    expect(isTooDeep(text, 1)).toBe(false);
    expect(isTooDeep(`["${"\\".repeat(65_536)}`, 1)).toBe(false);
  });

  test("agrees with a walk through what was parsed", () => {
    const spaces = fc.constantFrom(undefined, 1, "\t");
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat(9), spaces, (value, max, space) => {
        expect(isTooDeep(JSON.stringify(value, null, space), max)).toBe(depthOf(value) > max);
      }),
      { numRuns: 1_000 },
    );
  });

  test("says something of any text", () => {
    const character = fc.constantFrom("[", "]", "{", "}", '"', "\\", "a", "\u0000", "\ud800");
    fc.assert(
      fc.property(
        fc.array(character).map((all) => all.join("")),
        (text) => {
          expect(typeof isTooDeep(text, 3)).toBe("boolean");
        },
      ),
    );
  });
});

describe("a codec with a limit on depth", () => {
  const codec = depthLimited(jsonByType, 2);

  test("refuses what is deeper before it is decoded, and decodes the rest", () => {
    expect(codec.decode('{"type":"x","payload":[]}')).toEqual({ type: "x", payload: [] });
    expect(() => codec.decode('{"type":"x","payload":[[]]}')).toThrow("JSON is nested more than 2 deep");
    expect(() => codec.decode(new Uint8Array(3))).toThrow("binary");
    expect(codec.typeOf({ type: "x" })).toBe("x");
    expect(codec.encode("x", {})).toBe('{"type":"x"}');
  });
});
