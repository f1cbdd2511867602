import * as fc from "fast-check";
import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { jsonByType } from "./codec.ts";
import { openObject } from "./exactly.ts";
import { defineProtocol } from "./protocol.ts";
import { type Invalid, type MessageSink, Receiver } from "./receiver.ts";
import type { SchemaResult, StandardSchema } from "./standard-schema.ts";

interface Peer {
  readonly name: string;
}
const peer: Peer = { name: "peer" };

let clock: ManualClock;
let heard: string[];
let messages: object[];
let invalids: Invalid[];
let onMessage: (type: string) => void;

const sink: MessageSink<Peer> = {
  onMessage({ name }, type, message) {
    messages.push(message);
    heard.push(`${name} ${type} ${(message as { id?: number } | undefined)?.id ?? ""}`.trimEnd());
    onMessage(type);
  },
  onUnknown: ({ name }, type) => void heard.push(`${name} unknown ${type}`),
  onInvalid({ name }, invalid) {
    invalids.push(invalid);
    heard.push(`${name} invalid`);
  },
};

function schema(validate: (value: unknown) => unknown): StandardSchema<object> {
  const check = validate as StandardSchema<object>["~standard"]["validate"];
  return { "~standard": { version: 1, vendor: "test", validate: check } };
}
/** Takes as many milliseconds as the message says, and is fine with it. */
const slow = schema((value) => {
  const { ms = 0 } = value as { ms?: number };
  return new Promise<SchemaResult<object>>((resolve) => {
    clock.setTimer(() => resolve({ value: value as object }), ms);
  });
});
const { server } = defineProtocol({
  name: "test",
  client: {},
  server: { fast: openObject({}), text: openObject({ text: v.string() }), slow },
});
const receiver = (maxBytes = 1_000_000): Receiver<Peer> => new Receiver(server, jsonByType, maxBytes, sink);
const frame = (type: string, more: object = {}): string => JSON.stringify({ type, ...more });

beforeEach(() => {
  clock = createManualClock();
  heard = [];
  messages = [];
  invalids = [];
  onMessage = () => {};
});

describe("one frame", () => {
  test("a message that fits goes out at once, with what its schema gave", () => {
    receiver().receive(peer, '{"type":"text","text":"hi","more":1}');
    expect(heard).toEqual(["peer text"]);
    expect(messages).toEqual([{ type: "text", text: "hi", more: 1 }]);
  });

  test.each(["", "{", "null", "[]", "5", '"text"', '{"type":5}', "{}", "\u0000", "NaN"])(
    "C63 %j is invalid",
    (bad) => {
      receiver().receive(peer, bad);
      expect(heard).toEqual(["peer invalid"]);
      expect(invalids[0]).toEqual({ reason: expect.stringMatching(/./), sample: bad });
    },
  );

  test("C63 a message that does not fit is invalid, with its type and what is wrong", () => {
    receiver().receive(peer, '{"type":"text","text":5}');
    const reason = "text: Invalid type: Expected string but received 5";
    expect(invalids).toEqual([{ reason, sample: '{"type":"text","text":5}', type: "text" }]);
  });

  test("C64 bytes are invalid where text is expected, and shown as hex", () => {
    receiver().receive(peer, Uint8Array.from([123, 125]));
    expect(invalids).toEqual([{ reason: "Frame is binary, 2 bytes: text was expected", sample: "7b 7d" }]);
  });

  test("S22 types that objects inherit are unknown types", () => {
    const names = ["constructor", "__proto__", "prototype", "toString", "hasOwnProperty"];
    for (const name of names) receiver().receive(peer, frame(name));
    expect(heard).toEqual(names.map((name) => `peer unknown ${name}`));
  });

  test("S22 keys that objects inherit reach nobody's prototype", () => {
    const hostile =
      '{"type":"fast","__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"prototype":{"x":1}}';
    receiver().receive(peer, hostile);
    expect(heard).toEqual(["peer fast"]);
    expect((messages[0] as { x?: unknown }).x).toBeUndefined();
    expect(({} as { x?: unknown }).x).toBeUndefined();
    expect(Object.getPrototypeOf(messages[0])).toBe(Object.prototype);
  });

  test("S21 200,000 levels of nesting stop nothing, wherever they are", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const one = receiver();
    for (const text of [
      deep,
      `{"type":"fast","x":${deep}}`,
      `{"type":"text","text":${deep}}`,
      `{"type":"odd","x":${deep}}`,
    ]) {
      expect(() => one.receive(peer, text)).not.toThrow();
    }
    expect(heard).toEqual(["peer invalid", "peer fast", "peer invalid", "peer unknown odd"]);
    for (const { sample, reason } of invalids) expect(sample.length + reason.length).toBeLessThan(500);
  });

  test("lone surrogates are text like any other", () => {
    for (const text of ["\\ud800", "\ud800"]) receiver().receive(peer, `{"type":"text","text":"${text}"}`);
    expect(messages).toEqual(Array(2).fill({ type: "text", text: "\ud800" }));
  });

  test("whatever arrives, each frame has one outcome and nothing is thrown", () => {
    const unit = fc.constantFrom("{", '"type"', ":", '"fast"', "}", "5", "é", "\ud800", "\0");
    const frames = fc.oneof(fc.string({ unit }), fc.uint8Array({ maxLength: 50 }));
    fc.assert(
      fc.property(frames, (any) => {
        const before = heard.length;
        receiver(60).receive(peer, any);
        expect(heard.length).toBe(before + 1);
      }),
      { numRuns: 100 },
    );
  });
});

describe("C66 the size limit counts bytes", () => {
  const exact = (filler: string): string => frame("text", { text: filler });
  test.each([
    ["one-byte characters", "xxxxxxxx"],
    ["two-byte characters", "éééé"],
    ["three-byte characters", "€€€"],
    ["four-byte characters", "😀😀"],
  ])("%s: one below, at and one above", (_, filler) => {
    const size = new TextEncoder().encode(exact(filler)).length;
    for (const limit of [size + 1, size, size - 1]) receiver(limit).receive(peer, exact(filler));
    expect(heard).toEqual(["peer text", "peer text", "peer invalid"]);
    expect(invalids[0]?.reason).toBe(`Frame is larger than ${size - 1} bytes`);
    expect(invalids[0]?.type).toBeUndefined();
  });

  test("a lone surrogate counts as the three bytes it is sent as", () => {
    const text = '{"type":"text","text":"\ud800"}';
    receiver(text.length + 2).receive(peer, text);
    receiver(text.length + 1).receive(peer, text);
    expect(heard).toEqual(["peer text", "peer invalid"]);
  });

  test("bytes are counted as they are", () => {
    receiver(2).receive(peer, new Uint8Array(2));
    receiver(2).receive(peer, new Uint8Array(3));
    expect(invalids.map(({ reason }) => reason)).toEqual([
      "Frame is binary, 2 bytes: text was expected",
      "Frame is larger than 2 bytes",
    ]);
  });

  test("the sample of a huge frame is short", () => {
    receiver(10).receive(peer, "x".repeat(1_000_000));
    expect(invalids[0]?.sample).toHaveLength(201);
  });
});

describe("the reader's own faults", () => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("mine");
      },
    ],
    ["gives nothing", () => undefined],
    ["gives issues that are none", () => ({ issues: [null] })],
  ])("a schema that %s makes its message invalid", (_, validate) => {
    const odd = defineProtocol({ name: "odd", client: {}, server: { x: schema(validate) } });
    const one = new Receiver(odd.server, jsonByType, 100, sink);
    one.receive(peer, frame("x"));
    expect(heard).toEqual(["peer invalid"]);
    expect(invalids[0]?.type).toBe("x");
  });

  test("a codec that throws makes its frame invalid", () => {
    const codec = {
      ...jsonByType,
      typeOf: (): string => {
        throw new Error("no type");
      },
    };
    new Receiver(server, codec, 100, sink).receive(peer, "{}");
    expect(invalids).toEqual([{ reason: "no type", sample: "{}" }]);
  });
});

describe("C74 asynchronous schemas keep the order of the wire", () => {
  const advance = (): Promise<void> => clock.advance(1_000);

  test("whatever each one takes, and whatever comes between", async () => {
    const kinds = fc.constantFrom("slow", "fast", "unknown", "{");
    const frames = fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 20 })), { maxLength: 12 });
    const lineOf = (kind: string, id: number): string => {
      if (kind === "{") return "peer invalid";
      return kind === "unknown" ? "peer unknown unknown" : `peer ${kind} ${id}`;
    };
    const property = fc.asyncProperty(frames, async (list) => {
      heard = [];
      const one = receiver();
      for (const [id, [kind, ms]] of list.entries()) {
        one.receive(peer, kind === "{" ? kind : frame(kind, { id, ms }));
      }
      await advance();
      expect(heard).toEqual(list.map(([kind], id) => lineOf(kind, id)));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("frames that come while others wait, or are handed over, go last", async () => {
    const one = receiver();
    onMessage = (type) => type === "slow" && one.receive(peer, frame("fast", { id: 3 }));
    one.receive(peer, frame("slow", { id: 1, ms: 10 }));
    await clock.advance(5);
    one.receive(peer, frame("fast", { id: 2 }));
    await advance();
    expect(heard).toEqual(["peer slow 1", "peer fast 2", "peer fast 3"]);
  });

  test("other sources do not wait", async () => {
    const one = receiver();
    one.receive(peer, frame("slow", { ms: 10 }));
    one.receive({ name: "other" }, frame("fast"));
    expect(heard).toEqual(["other fast"]);
    await advance();
    expect(heard).toEqual(["other fast", "peer slow"]);
  });

  test("once nothing waits, messages go out at once again", async () => {
    const one = receiver();
    one.receive(peer, frame("slow"));
    await advance();
    one.receive(peer, frame("fast"));
    expect(heard).toEqual(["peer slow", "peer fast"]);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("mine"))],
    ["finds issues", async () => ({ issues: [{ message: "mine" }] })],
    ["gives nothing", async () => undefined],
    ["gives issues that are none", async () => ({ issues: [null] })],
  ])("one that %s makes its message invalid, and later ones go on", async (_, validate) => {
    const { server } = defineProtocol({
      name: "odd",
      client: {},
      server: { x: schema(validate), fast: openObject({}) },
    });
    const one = new Receiver(server, jsonByType, 100, sink);
    one.receive(peer, frame("x"));
    one.receive(peer, frame("fast"));
    await advance();
    one.receive(peer, frame("fast"));
    await advance();
    expect(heard).toEqual(["peer invalid", "peer fast", "peer fast"]);
    expect(invalids[0]?.type).toBe("x");
  });

  test("a promise of another realm or library is waited for, and is not the message", async () => {
    const later = Promise.resolve({ issues: [{ message: "mine" }] });
    Object.setPrototypeOf(later, Object.create(null, Object.getOwnPropertyDescriptors(Promise.prototype)));
    const odd = defineProtocol({ name: "odd", client: {}, server: { x: schema(() => later) } });
    new Receiver(odd.server, jsonByType, 100, sink).receive(peer, frame("x"));
    await advance();
    expect(heard).toEqual(["peer invalid"]);
  });

  test("at most 1024 wait; more are invalid, and order and health are kept", async () => {
    const one = receiver();
    for (let id = 0; id < 1_030; id++) one.receive(peer, frame(id === 0 ? "slow" : "fast", { id, ms: 1 }));
    expect(heard).toEqual(Array(6).fill("peer invalid"));
    await advance();
    await advance();
    for (let turn = 0; turn < 200; turn++) await clock.settle();
    expect(heard).toHaveLength(1_030);
    expect(heard.slice(6)).toEqual(
      [...Array(1_024).keys()].map((id) => `peer ${id === 0 ? "slow" : "fast"} ${id}`),
    );
    one.receive(peer, frame("fast"));
    expect(heard.at(-1)).toBe("peer fast");
  });
});
