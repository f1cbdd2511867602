import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { exactly, openObject } from "./exactly.ts";

interface Greeting {
  text: string;
}
interface Nested {
  inner: Greeting;
  list: Greeting[];
}

/* Each call under a `ts-expect-error` must not compile: `tsc` reports the line if it does. */

const text = v.string();
const closed = v.object({ text });
const optional = v.object({ text: v.optional(text) });
const more = v.object({ text, more: text });
exactly<Greeting>()(openObject({ text }));
exactly<Greeting>()(closed);
exactly<Nested>()(v.object({ inner: closed, list: v.array(closed) }));
exactly<Greeting | { number: number }>()(v.union([closed, v.object({ number: v.number() })]));
// @ts-expect-error a field is missing
exactly<Greeting>()(v.object({}));
// @ts-expect-error a field is extra
exactly<Greeting>()(more);
// @ts-expect-error a field is optional by mistake
exactly<Greeting>()(optional);
// @ts-expect-error a field may be undefined by mistake
exactly<Greeting>()(v.object({ text: v.undefinedable(text) }));
// @ts-expect-error a field may be null by mistake
exactly<Greeting>()(v.object({ text: v.nullable(text) }));
// @ts-expect-error a field is of another type
exactly<Greeting>()(v.object({ text: v.number() }));
// @ts-expect-error a field is narrower
exactly<Greeting>()(v.object({ text: v.literal("hi") }));
// @ts-expect-error a field is anything at all
exactly<Greeting>()(v.object({ text: v.any() }));
// @ts-expect-error the whole is anything at all
exactly<Greeting>()(v.any());
// @ts-expect-error the whole is unknown
exactly<Greeting>()(v.unknown());
// @ts-expect-error a field inside another is optional by mistake
exactly<Nested>()(v.object({ inner: optional, list: v.array(closed) }));
// @ts-expect-error an element of a list has an extra field
exactly<Nested>()(v.object({ inner: closed, list: v.array(more) }));
// @ts-expect-error the schema has one shape where there are two
exactly<Greeting | { number: number }>()(closed);

test("`exactly` gives the schema it was given", () => {
  const schema = openObject({ text });
  expect(exactly<Greeting>()(schema)).toBe(schema);
});

describe("openObject", () => {
  const parse = (input: unknown): unknown => v.safeParse(openObject({ text: v.string() }), input);

  test("C65 fields that it does not name pass through", () => {
    expect(parse({ text: "a", more: [1] })).toMatchObject({
      success: true,
      output: { text: "a", more: [1] },
    });
  });

  test("fields that it names are checked", () => {
    expect(parse({})).toMatchObject({ success: false });
    expect(parse({ text: 5, more: 1 })).toMatchObject({ success: false });
  });

  test("S22 keys that objects inherit harm neither the message nor others", () => {
    const hostile =
      '{"text":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":1}';
    const result = parse(JSON.parse(hostile)) as { success: boolean; output: Record<string, unknown> };
    expect(result.success).toBe(true);
    expect(result.output.text).toBe("a");
    expect(result.output.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(result.output)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
