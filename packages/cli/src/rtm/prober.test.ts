import { expect, test } from "vitest";
import { Prober } from "./prober.ts";

function setUp(): {
  prober: Prober;
  pings: () => number;
  told: Array<[string, boolean]>;
  prove(name: string): void;
} {
  let pings = 0;
  const told: Array<[string, boolean]> = [];
  const prober = new Prober(() => {
    pings++;
  });
  const prove = (name: string): void => prober.prove((proven) => told.push([name, proven]));
  return { prober, pings: () => pings, told, prove };
}

test("a pong proves what was asked before its ping", () => {
  const { prober, pings, told, prove } = setUp();
  prove("a");
  expect([pings(), told]).toEqual([1, []]);
  prober.ponged();
  expect(told).toEqual([["a", true]]);
});

test("a pong of an older ping proves nothing that was asked after that ping", () => {
  const { prober, pings, told, prove } = setUp();
  prober.ping();
  prove("a");
  prove("b");
  expect(pings()).toBe(1);
  prober.ponged();
  expect([pings(), told]).toEqual([2, []]);
  prober.ponged();
  expect(told).toEqual([
    ["a", true],
    ["b", true],
  ]);
});

test("a pong that nobody asked for proves nothing", () => {
  const { prober, told, prove } = setUp();
  prober.ponged();
  prove("a");
  expect(told).toEqual([]);
});

test("a second sign of life is not asked for while one is awaited", () => {
  const { prober, pings } = setUp();
  prober.ping();
  prober.ping();
  expect(pings()).toBe(1);
});

test("whoever waits when the peer goes, or asks later, is told that nothing is proven", () => {
  const { prober, told, prove } = setUp();
  prove("a");
  prove("b");
  prober.end();
  prove("c");
  expect(told).toEqual([
    ["a", false],
    ["b", false],
    ["c", false],
  ]);
});

test("without a ping nothing is ever proven", () => {
  const told: boolean[] = [];
  new Prober(undefined).prove((proven) => told.push(proven));
  expect(told).toEqual([false]);
});
