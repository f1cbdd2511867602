import { expect, test } from "vitest";
import { inexactInteger } from "./inexact-integer.ts";

test.each(["9007199254740993", '{"id":[-12345678901234567891]}', "9".repeat(400)])("%s holds one", (json) => {
  expect(inexactInteger(json)).toMatch(/^-?\d+$/);
});

test.each([
  "1",
  "-0",
  "1e400",
  "0.1",
  "9007199254740992",
  '"9007199254740993"',
  '{"a\\"9007199254740993":1.5e-7}',
  "true",
])("%s holds none", (json) => expect(inexactInteger(json)).toBeUndefined());
