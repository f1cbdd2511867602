import { describe, expect, test } from "vitest";
import { functionOption, numberOption, objectOption, signalOption, wordOption } from "./options.ts";

describe("numberOption", () => {
  test("gives the number, and its default only for `undefined`", () => {
    expect(numberOption("x", undefined, 7)).toBe(7);
    expect(numberOption("x", 0, 7)).toBe(0);
    expect(numberOption("x", 0.5, 7)).toBe(0.5);
    expect(numberOption("x", 2_147_483_647, 7)).toBe(2_147_483_647);
  });

  test("takes both bounds and nothing beyond them", () => {
    const bounds = { min: 1, max: 3 };
    expect(numberOption("x", 1, 2, bounds)).toBe(1);
    expect(numberOption("x", 3, 2, bounds)).toBe(3);
    expect(() => numberOption("x", 0.999, 2, bounds)).toThrow(
      new RangeError("Option x must be between 1 and 3: got 0.999"),
    );
    expect(() => numberOption("x", 3.001, 2, bounds)).toThrow(RangeError);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 2 ** 31])(
    "C43 %s is out of bounds",
    (value) => expect(() => numberOption("x", value, 7)).toThrow(RangeError),
  );

  test("Infinity is taken where it is the bound", () => {
    const bounds = { max: Number.POSITIVE_INFINITY };
    expect(numberOption("x", Number.POSITIVE_INFINITY, 1, bounds)).toBe(Number.POSITIVE_INFINITY);
    expect(() => numberOption("x", Number.NaN, 1, bounds)).toThrow(RangeError);
  });

  test.each([
    ["5", "5"],
    [null, "null"],
    [5n, "5"],
    [true, "true"],
    [[5], "[5]"],
    [() => 5, "a function"],
  ])("%s is no number", (value, shown) =>
    expect(() => numberOption("x", value, 7)).toThrow(
      new TypeError(`Option x must be a number: got ${shown}`),
    ),
  );
});

describe("wordOption", () => {
  const words = ["queue", "reject"] as const;

  test("gives the word, and its default only for `undefined`", () => {
    expect(wordOption("x", undefined, words, "queue")).toBe("queue");
    expect(wordOption("x", "reject", words, "queue")).toBe("reject");
  });

  test.each(["Queue", "", "constructor", "length", null, 0, ["queue"]])("%s is none of them", (value) => {
    expect(() => wordOption("x", value, words, "queue")).toThrow(TypeError);
  });

  test("names the words and the value", () => {
    expect(() => wordOption("x", "drop", words, "queue")).toThrow(
      "Option x must be one of queue, reject: got drop",
    );
  });
});

test("functionOption takes functions only", () => {
  const fn = (): void => {};
  expect(functionOption("x", fn)).toBe(fn);
  expect(functionOption("x", Date)).toBe(Date);
  for (const value of [undefined, null, {}, "() => 1"]) {
    expect(() => functionOption("x", value)).toThrow(TypeError);
  }
});

test("objectOption takes objects, and gives an empty one for `undefined`", () => {
  const given = { a: 1 };
  expect(objectOption("x", given)).toBe(given);
  expect(objectOption("x", undefined)).toEqual({});
  for (const value of [null, [], "x", 1, true, () => {}]) {
    expect(() => objectOption("x", value as never)).toThrow(TypeError);
  }
});

test("signalOption takes what can be listened to", () => {
  const { signal } = new AbortController();
  expect(signalOption("x", signal)).toBe(signal);
  expect(signalOption("x", undefined)).toBeUndefined();
  for (const value of [null, {}, new AbortController(), "abort", 0]) {
    expect(() => signalOption("x", value)).toThrow(TypeError);
  }
});

test("a value of any size or shape is shown in a line of bounded length", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  for (const value of ["x".repeat(10_000), circular, Symbol("s"), new Map(), Object.create(null)]) {
    let message = "";
    try {
      numberOption("x", value, 1);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^Option x must be a number: got ./);
    expect(message.length).toBeLessThan(130);
  }
});
