import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { type Codec, jsonByType, sampleOf } from "./codec.ts";
import { openObject } from "./exactly.ts";
import { defineProtocol, encodeMessage } from "./protocol.ts";
import { describeIssues, type StandardSchema } from "./standard-schema.ts";

/** A Standard Schema from its check alone. */
function schema<Output>(validate: StandardSchema<Output>["~standard"]["validate"]): StandardSchema<Output> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

const echo = defineProtocol({
  name: "echo",
  client: {
    say: v.object({ text: v.string() }),
    open: openObject({ text: v.string() }),
    later: schema<{ text: string }>(async (value) => ({ value: value as { text: string } })),
    odd: schema<object>((value) => ({ value: value as object })),
  },
  server: { said: v.object({ text: v.string() }) },
});
const encode = (type: string, message: object, codec: Codec = jsonByType): string =>
  String(encodeMessage(echo.client, codec, type, message));
/** What was thrown, as code and message. */
function thrown(call: () => unknown): [unknown, string] {
  try {
    call();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return [code, message];
  }
  throw new Error("nothing was thrown");
}

describe("defineProtocol", () => {
  test("keeps each direction's checks by type, and JSON as the codec", () => {
    expect([...echo.server.validators.keys()]).toEqual(["said"]);
    expect(echo.codec).toBe(jsonByType);
  });

  test.each([undefined, null, {}, { "~standard": {} }, () => true, "string"])(
    "refuses %s as a schema",
    (bad) => {
      expect(() => defineProtocol({ name: "p", client: {}, server: { x: bad as never } })).toThrow(
        /^Schema p\.server\.x must be a Standard Schema: got /,
      );
    },
  );

  test('refuses "*", which an emitter would take for every event', () => {
    expect(() => defineProtocol({ name: "p", client: { "*": v.object({}) }, server: {} })).toThrow(TypeError);
  });

  test("S22 types that objects inherit are only names", () => {
    const names = ["constructor", "__proto__", "prototype", "toString"];
    const schemas = Object.fromEntries(names.map((name) => [name, v.object({})]));
    const { client, server } = defineProtocol({ name: "p", client: schemas, server: {} });
    expect([...client.validators.keys()].sort()).toEqual(names.sort());
    for (const name of names) {
      expect(encodeMessage(client, jsonByType, name, {})).toBe(`{"type":"${name}"}`);
      expect(server.validators.has(name)).toBe(false);
      expect(thrown(() => encodeMessage(server, jsonByType, name, {}))[0]).toBe("bad-message");
    }
  });

  test("any Standard Schema is taken, also one whose check needs its `this`", () => {
    const standard = {
      version: 1 as const,
      vendor: "class",
      expected: "yes",
      validate(value: unknown) {
        const fits = (value as { text?: unknown }).text === this.expected;
        return fits ? { value: value as object } : { issues: [{ message: "no" }] };
      },
    };
    const { client } = defineProtocol({ name: "p", client: { x: { "~standard": standard } }, server: {} });
    expect(encodeMessage(client, jsonByType, "x", { text: "yes" })).toBe('{"type":"x","text":"yes"}');
  });
});

describe("encodeMessage", () => {
  test("writes the type and what the schema gave", () => {
    expect(encode("say", { text: "hi", more: 1 })).toBe('{"type":"say","text":"hi"}');
    expect(encode("open", { text: "hi", more: 1 })).toBe('{"type":"open","text":"hi","more":1}');
  });

  test("refuses a type that the direction does not have, and names those it has", () => {
    expect(thrown(() => encode("shout", {}))).toEqual([
      "bad-message",
      "Message type shout is not one of say, open, later, odd",
    ]);
  });

  test("refuses what does not fit, and says where and what", () => {
    expect(thrown(() => encode("say", { text: 5 }))).toEqual([
      "bad-message",
      'Message say does not fit its schema: text: Invalid type: Expected string but received 5: got {"text":5}',
    ]);
  });

  test("refuses an asynchronous schema, whose rejection harms nobody", async () => {
    expect(thrown(() => encode("later", { text: "x" }))[0]).toBe("bad-message");
    const rejecting = defineProtocol({
      name: "p",
      client: { x: schema<object>(async () => Promise.reject()) },
      server: {},
    });
    expect(thrown(() => encodeMessage(rejecting.client, jsonByType, "x", {}))[0]).toBe("bad-message");
  });

  test("S22 the type that was checked is the type that is written, whatever the message holds", () => {
    expect(JSON.parse(encode("open", { text: "hi", type: "goodbye" }))).toEqual({ type: "open", text: "hi" });
  });

  test("refuses what fits and cannot be written: a circle, a BigInt", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const message of [circle, { n: 1n }]) {
      expect(thrown(() => encode("odd", message))[0]).toBe("bad-message");
    }
  });

  test("an error for a huge message is short", () => {
    expect(thrown(() => encode("say", { text: 5, more: "x".repeat(100_000) }))[1].length).toBeLessThan(300);
  });
});

describe("jsonByType", () => {
  test("C64 bytes are no frame of it", () => {
    expect(() => jsonByType.decode(new Uint8Array(3))).toThrow("Frame is binary, 3 bytes: text was expected");
  });

  test.each(["", "{", "nul", "[1", "\u0000"])("C63 %j is no JSON", (frame) => {
    expect(() => jsonByType.decode(frame)).toThrow(SyntaxError);
  });

  test.each([
    ["null"],
    ["5"],
    ['"type"'],
    ["[]"],
    ["{}"],
    ['{"type":5}'],
    ['{"type":null}'],
    ['{"type":["hello"]}'],
    ['{"__proto__":{"type":"hello"}}'],
    ['[{"type":"hello"}]'],
  ])("C63 %s has no type", (frame) => {
    expect(jsonByType.typeOf(jsonByType.decode(frame))).toBeUndefined();
  });

  test("the last of two types counts, as in every JSON parser", () => {
    expect(jsonByType.typeOf(jsonByType.decode('{"type":"a","type":"b"}'))).toBe("b");
  });
});

test("a sample is the beginning of a frame: text, or bytes as hex", () => {
  expect(sampleOf("")).toBe("");
  expect(sampleOf("x".repeat(200))).toBe("x".repeat(200));
  expect(sampleOf("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
  expect(sampleOf(Uint8Array.from([0, 10, 255]))).toBe("00 0a ff");
  expect(sampleOf(new Uint8Array(33))).toBe(`${Array(32).fill("00").join(" ")} …`);
});

test("issues are described by the first of them and its path", () => {
  expect(describeIssues([])).toBe("does not fit its schema");
  expect(describeIssues([{ message: "bad" }, { message: "worse" }])).toBe("bad");
  expect(describeIssues([{ message: "bad", path: ["a", 0, { key: "b" }, Symbol("c")] }])).toBe(
    "a.0.b.Symbol(c): bad",
  );
});
