import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { fitOf } from "./fit.ts";

const row = v.looseObject({ id: v.number(), on: v.boolean(), note: v.optional(v.string()) });
const simple = v.looseObject({ text: v.string(), rows: v.array(row), maybe: v.optional(v.boolean()) });

describe("a quick look", () => {
  const fits = fitOf(simple) as (value: unknown) => boolean;

  test("takes what fits as it is, with fields that nobody named", () => {
    expect(fits({ text: "a", rows: [{ id: 1, on: true }], maybe: undefined, more: [1] })).toBe(true);
    expect(fits({ text: "a", rows: [] })).toBe(true);
  });

  test.each([
    [{}],
    [{ text: 1, rows: [] }],
    [{ text: "a", rows: [{ id: Number.NaN, on: true }] }],
    [{ text: "a", rows: [{ id: 1, on: true, note: null }] }],
    [null],
    ["text"],
    [[]],
  ])("says nothing of %j", (value) => {
    expect(fits(value)).toBe(false);
  });

  test.each([
    '{"text":"a","rows":[],"__proto__":{"x":1}}',
    '{"text":"a","rows":[],"constructor":1}',
    '{"text":"a","rows":[],"prototype":1}',
  ])("S22 leaves %s to the schema, which strips such keys", (frame) => {
    expect(fits(JSON.parse(frame))).toBe(false);
  });

  test("never says yes where the schema says no, nor where the schema would change something", () => {
    const value = fc.oneof(fc.json(), fc.json({ maxDepth: 1 })).map((text) => JSON.parse(text) as unknown);
    const near = fc.record(
      {
        text: fc.oneof(fc.string(), value),
        rows: fc.oneof(fc.array(fc.record({ id: fc.double(), on: fc.boolean() })), value),
        maybe: fc.oneof(fc.boolean(), value),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(near, value), (input) => {
        if (!fits(input)) return;
        const result = v.safeParse(simple, input);
        expect(result.success).toBe(true);
        expect(result.output).toEqual(input);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("there is none", () => {
  test.each([
    ["an object that drops what it does not name", v.object({ text: v.string() })],
    ["what may be anything, which a schema wants to be there", v.looseObject({ any: v.unknown() })],
    ["a pipe", v.looseObject({ text: v.pipe(v.string(), v.trim()) })],
    ["a default", v.looseObject({ text: v.optional(v.string(), "a") })],
    ["an asynchronous schema", v.looseObjectAsync({ text: v.string() })],
    ["a union of what is not simple", v.union([v.pipe(v.string(), v.trim())])],
    [
      "another library's schema",
      { "~standard": { version: 1, vendor: "other", validate: () => ({ value: 1 }) } },
    ],
  ])("for %s", (_, schema) => {
    expect(fitOf(schema)).toBeUndefined();
  });
});

test("of a union it takes what its simple schemas take, and of a custom one what its check takes", () => {
  const either = fitOf(v.union([v.pipe(v.number(), v.integer()), v.string()])) as (value: unknown) => boolean;
  expect([either("a"), either(1)]).toEqual([true, false]);
  const even = fitOf(v.custom<number>((value) => Number(value) % 2 === 0)) as (value: unknown) => boolean;
  expect([even(2), even(3)]).toEqual([true, false]);
});
