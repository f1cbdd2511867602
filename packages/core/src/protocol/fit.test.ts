import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { openObject } from "./exactly.ts";
import { fitOf } from "./fit.ts";

const row = openObject({ id: v.number(), on: v.boolean(), note: v.optional(v.string()) });
const simple = openObject({ text: v.string(), rows: v.array(row), maybe: v.optional(v.boolean()) });

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
    ["what may be anything, which a schema wants to be there", openObject({ any: v.unknown() })],
    ["a pipe", openObject({ text: v.pipe(v.string(), v.trim()) })],
    ["a default", openObject({ text: v.optional(v.string(), "a") })],
    ["a fallback", openObject({ text: v.fallback(v.string(), "a") })],
    ["a copy, which may run otherwise", { ...openObject({ text: v.string() }) }],
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

/** The look of an object with one field. */
const lookAt = (schema: v.GenericSchema): ((a: unknown) => boolean) => {
  const fits = fitOf(openObject({ a: schema })) as (value: unknown) => boolean;
  return (a) => fits({ a });
};

describe("of one field", () => {
  test("of a union it takes what its first simple schemas take, and nothing past one that is not simple", () => {
    const either = lookAt(v.union([v.string(), v.pipe(v.number(), v.integer()), v.boolean()]));
    expect(["a", 1, true].map(either)).toEqual([true, false, false]);
    const nested = lookAt(v.union([openObject({ x: v.string() }), v.custom(() => true)]));
    expect([{ x: "a" }, { x: 1 }].map(nested)).toEqual([true, false]);
  });

  test("of a check of the user's it takes what that takes; one that throws says nothing", () => {
    const even = lookAt(v.custom<number>((value) => Number(value) % 2 === 0));
    expect([2, 3].map(even)).toEqual([true, false]);
    const careless = lookAt(v.custom<string>((value) => (value as string).length > 0));
    expect(["a", "", null].map(careless)).toEqual([true, false, false]);
  });

  test("a key that has to be there is not taken as missing, and a sparse list is none", () => {
    const fits = fitOf(openObject({ a: v.custom(() => true) })) as (value: unknown) => boolean;
    expect([fits({}), fits({ a: undefined })]).toEqual([false, true]);
    expect(lookAt(v.array(v.string()))(new Array(2))).toBe(false);
  });

  test("what is inherited is not the message's own", () => {
    const fits = fitOf(openObject({ text: v.string() })) as (value: unknown) => boolean;
    expect([fits({ text: "a" }), fits(Object.create({ text: "a" }))]).toEqual([true, false]);
  });
});

test("a schema that leads back to itself has no look, and is defined all the same", () => {
  interface Tree {
    id: number;
    children?: Tree[] | undefined;
  }
  const tree: v.GenericSchema<Tree> = openObject({
    id: v.number(),
    get children() {
      return v.optional(v.array(tree));
    },
  }) as unknown as v.GenericSchema<Tree>;
  expect(fitOf(tree)).toBeUndefined();
  expect(v.is(tree, { id: 1, children: [{ id: 2 }] })).toBe(true);
});
