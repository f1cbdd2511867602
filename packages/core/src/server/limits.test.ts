import { describe, expect, test } from "vitest";
import { type ServerLimits, serverLimits } from "./limits.ts";

const DEFAULTS = serverLimits();

describe("limits", () => {
  test("have their defaults", () => {
    expect(DEFAULTS).toMatchObject({ maxMessageBytes: 65_536, maxDepth: 32, connectionsPerAddress: 20 });
    expect(serverLimits({ maxDepth: 7 })).toEqual({ ...DEFAULTS, maxDepth: 7 });
  });

  test.each(Object.keys(DEFAULTS) as Array<keyof ServerLimits>)("%s is checked", (name) => {
    expect(serverLimits({ [name]: 1 })[name]).toBe(1);
    for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => serverLimits({ [name]: bad })).toThrow(`Option limits.${name} must be`);
    }
    expect(() => serverLimits({ [name]: "5" as unknown as number })).toThrow(TypeError);
  });

  test("that are no object are refused", () => {
    expect(() => serverLimits(5 as unknown as ServerLimits)).toThrow(
      "Option limits must be an object: got 5",
    );
  });
});
