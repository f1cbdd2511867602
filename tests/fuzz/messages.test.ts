import assert from "node:assert/strict";
import type { Direction } from "@holdfast/core";
import { globalProtocol, teamProtocol } from "@holdfast/core/rtm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "../../packages/core/src/protocol/protocol.ts";
import { Receiver } from "../../packages/core/src/protocol/receiver.ts";
import { Fuzzing } from "./fuzzing.ts";
import { nested, word } from "./hostile.ts";
import { frames, TYPES, type Way } from "./rtm-frames.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

const fuzzing = new Fuzzing("messages");
const MAX_BYTES = 2_048;
const HALF = /\p{Surrogate}/gu;
const WAYS = Object.keys(TYPES) as Way[];
const DIRECTIONS: Readonly<Record<Way, Pick<Direction<never>, "validators">>> = {
  "global.client": globalProtocol.client,
  "global.server": globalProtocol.server,
  "team.client": teamProtocol.client,
  "team.server": teamProtocol.server,
};

interface Heard {
  readonly kind: Verdict["kind"];
  readonly type?: string | undefined;
  readonly message?: unknown;
  readonly reason?: string;
  readonly sample?: string;
}

/** What a receiver makes of frames. */
function receiverOf(way: Way, maxBytes = MAX_BYTES) {
  const heard: Heard[] = [];
  const receiver = new Receiver<object>(DIRECTIONS[way], globalProtocol.codec, maxBytes, {
    onMessage: (_, type, message) => void heard.push({ kind: "message", type, message }),
    onUnknown: (_, type, message) => void heard.push({ kind: "unknown", type, message }),
    onInvalid: (_, invalid) => void heard.push({ kind: "invalid", ...invalid }),
  });
  const source = {};
  return (frame: string | Uint8Array): Heard[] => {
    heard.length = 0;
    receiver.receive(source, frame);
    return heard;
  };
}

describe.each(WAYS)("%s", (way) => {
  it("D11 C63 C64 C65 S22 S24 every frame is one thing: a message that fits, unknown, or invalid with a sample", async () => {
    const receive = receiverOf(way);
    await fuzzing.check(
      12_000,
      fc.property(frames(way), (frame) => {
        fuzzing.inputs++;
        const [made, ...more] = receive(frame);
        const verdict = verdictOf(frame, MAX_BYTES, way);
        assert.equal(more.length, 0);
        assert.equal(made?.kind, verdict.kind);
        if (verdict.kind !== "invalid") {
          assert.equal(made?.type, verdict.type);
          return;
        }
        assert.ok(made?.reason);
        const { sample = "none".repeat(100) } = made;
        assert.ok(sample.length <= 201);
        if (typeof frame === "string") assert.ok(frame.startsWith(sample.replace(/…$/, "")));
      }),
    );
  });

  it("S22 whatever is to be sent is refused as bad-message, or arrives as what it was", async () => {
    const receive = receiverOf(way, 1e9);
    const direction = DIRECTIONS[way] as Direction<never>;
    const types = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...Object.keys(TYPES[way])) }, word);
    const value = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
      word,
      fc.nat(),
    );
    const names = [
      "team_id",
      "unique_id",
      "text",
      "message",
      "ws_url",
      "stats",
      "__proto__",
      "constructor",
      "type",
    ];
    const message = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 });
    await fuzzing.check(
      3_000,
      fc.property(types, message, (type, fields) => {
        fuzzing.inputs++;
        let frame: string | Uint8Array;
        try {
          frame = encodeMessage(direction, globalProtocol.codec, type, fields);
        } catch (error) {
          expect(error).toMatchObject({ code: "bad-message" });
          return;
        }
        expect(receive(frame)).toMatchObject([{ kind: "message", type }]);
      }),
    );
  });

  it.each(["arrays", "objects"] as const)(
    "S21 200,000 levels of %s, in every field, throw nothing",
    (kind) => {
      const receive = receiverOf(way, 4_194_304);
      const deep = nested(200_000, kind);
      for (const [type, fields] of Object.entries(TYPES[way])) {
        for (const field of kind === "arrays"
          ? [...fields, "further", "__proto__", "type"]
          : fields.slice(0, 1)) {
          fuzzing.inputs++;
          const frame = `{"type":"${type}","${field}":${deep}}`;
          const verdict = verdictOf(frame, 4_194_304, way);
          expect(receive(frame).map((made) => made.kind)).toEqual([verdict.kind]);
        }
      }
    },
  );

  it("S21 what is nested too deep to be written is refused as bad-message", () => {
    const direction = DIRECTIONS[way] as Direction<never>;
    const deep = JSON.parse(nested(200_000, "arrays"));
    for (const [type, fields] of Object.entries(TYPES[way])) {
      const message = {
        team_id: 1,
        unique_id: 1,
        text: "",
        message: "",
        ws_url: "",
        stats: [],
        further: deep,
      };
      const wrong = Object.fromEntries(fields.map((field) => [field, deep]));
      for (const given of [message, { ...message, ...wrong }]) {
        fuzzing.inputs++;
        expect(() => encodeMessage(direction, globalProtocol.codec, type, given)).toThrow(
          expect.objectContaining({ code: "bad-message" }),
        );
      }
    }
  });
});

it("C66 at the limit a frame is taken and one byte over it is not, however many bytes its characters have", async () => {
  const receive = receiverOf("team.server");
  const frame = (text: string): string => `{"type":"message","text":"${text}"}`;
  const room = MAX_BYTES - frame("").length;
  const characters = fc.constantFrom("a", "é", "€", "😀", "\ud800");
  await fuzzing.check(
    500,
    fc.property(fc.array(characters, { maxLength: 600 }), fc.integer({ min: -2, max: 2 }), (parts, over) => {
      fuzzing.inputs++;
      const text = parts.join("").replace(HALF, "\ufffd");
      const bytes = new TextEncoder().encode(text).length;
      const filled = text + "a".repeat(Math.max(0, room + over - bytes));
      const fits = new TextEncoder().encode(frame(filled)).length <= MAX_BYTES;
      expect(receive(frame(filled))).toMatchObject([{ kind: fits ? "message" : "invalid" }]);
    }),
  );
});

it("all of its share of inputs was tried", () => fuzzing.expectShare());
