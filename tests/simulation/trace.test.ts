import { expect, test } from "vitest";
import { Fnv1a, Trace } from "./trace.ts";

test.each([
  ["", "cbf29ce484222325"],
  ["a", "af63dc4c8601ec8c"],
  ["foobar", "85944171f73967e8"],
])("the hash of %j is that of the FNV-1a reference", (text, hash) => {
  const fnv = new Fnv1a();
  fnv.add(text);
  expect(fnv.hex).toBe(hash);
});

test("a trace hashes all lines and keeps the latest", () => {
  const [one, other] = [new Trace(() => 1), new Trace(() => 1)];
  for (let count = 0; count < 100; count++) {
    one.note("dial", count);
    other.note("dial", count === 0 ? "0" : count);
  }
  expect([one.lines, one.latest.at(-1)]).toEqual([100, "1 dial 99"]);
  expect(one.latest.length).toBeLessThan(30);
  expect(other.hash).not.toBe(one.hash);
});
