import { jsonByType } from "@holdfast/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Fuzzing, SHARES, shapesOfPrototypes } from "./fuzzing.ts";
import { json, mutated, NESTINGS, nested, noise, objectOf, word } from "./hostile.ts";

const fuzzing = new Fuzzing("codec");
const fieldsOf = (message: unknown): Map<string, unknown> =>
  new Map(Object.entries(message as object).filter(([key]) => key !== "type"));

it("all files together try at least 200,000 inputs", () => {
  expect(Object.values(SHARES).reduce<number>((sum, share) => sum + share, 0)).toBeGreaterThanOrEqual(
    200_000,
  );
});

it("pollution of a prototype would be seen", () => {
  const before = shapesOfPrototypes();
  Object.defineProperty(Object.prototype, "polluted", { value: 1, configurable: true });
  expect(shapesOfPrototypes()).not.toEqual(before);
  Reflect.deleteProperty(Object.prototype, "polluted");
  expect(shapesOfPrototypes()).toEqual(before);
});

it("S22 S24 C63 any frame is decoded as JSON or refused with an Error, and has a type only if it says one", async () => {
  await fuzzing.check(
    12_500,
    fc.property(fc.oneof(noise, mutated(json)), (frame) => {
      fuzzing.inputs++;
      let message: unknown;
      try {
        message = jsonByType.decode(frame);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        return;
      }
      expect(message).toEqual(JSON.parse(String(frame)));
      const type = jsonByType.typeOf(message);
      const isObject = typeof message === "object" && message !== null;
      const said =
        isObject && Object.hasOwn(message as object, "type")
          ? (message as { type: unknown }).type
          : undefined;
      expect(type).toBe(typeof said === "string" ? said : undefined);
    }),
  );
});

it("S22 a message of any type and any fields comes back as it was", async () => {
  const entries = fc.array(
    fc.tuple(
      word.map((key) => JSON.stringify(key)),
      json,
    ),
    { maxLength: 5 },
  );
  await fuzzing.check(
    12_500,
    fc.property(word, entries, (type, fields) => {
      fuzzing.inputs++;
      const message = JSON.parse(objectOf(fields)) as Record<string, unknown>;
      const frame = jsonByType.encode(type, message);
      const back = jsonByType.decode(frame);
      expect(jsonByType.typeOf(back)).toBe(type);
      // As JSON has it: what it cannot hold, such as an infinite number, is not the codec's to keep.
      const written = JSON.parse(JSON.stringify(message)) as object;
      expect(fieldsOf(back)).toEqual(fieldsOf(written));
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    }),
  );
});

it.each(NESTINGS)("S21 200,000 levels of %s are decoded or refused, and never end the process", (kind) => {
  for (const frame of [nested(200_000, kind), `{"type":"x","a":${nested(200_000, kind)}}`]) {
    fuzzing.inputs++;
    try {
      jsonByType.typeOf(jsonByType.decode(frame));
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
  }
});

it("all of its share of inputs was tried", () => fuzzing.expectShare());
