import { describe, expect, test } from "vitest";
import { memory } from "../socket/memory-network.ts";
import { createManualClock } from "./manual-clock.ts";
import { seededRandom } from "./random.ts";
import { createTestNetwork, type TestNetwork, type TestNetworkOptions } from "./test-network.ts";

const clock = createManualClock();

/** What JavaScript lets through. */
const as = <Type>(value: unknown): Type => value as Type;

describe("a call that makes no sense throws at once, naming option and value", () => {
  test.each<[unknown, string]>([
    [undefined, "Option clock must be a Clock, such as createManualClock(): got undefined"],
    [null, "Option options must be an object: got null"],
    [{}, "Option clock must be a Clock, such as createManualClock(): got undefined"],
    [{ clock: null }, "Option clock.now must be a function: got undefined"],
    [{ clock: { now: () => 0 } }, "Option clock.setTimer must be a function: got undefined"],
    [{ clock, latencyMs: -5 }, "Option latencyMs must be between 0 and 2147483647: got -5"],
    [{ clock, latencyMs: Number.NaN }, "Option latencyMs must be between 0 and 2147483647: got NaN"],
    [{ clock, latencyMs: "5" }, "Option latencyMs must be a number: got 5"],
  ])("createTestNetwork(%o)", (options, message) => {
    expect(() => createTestNetwork(as<TestNetworkOptions>(options))).toThrow(message);
  });

  test.each<[string, (network: TestNetwork) => unknown, string]>([
    [
      "refuse kind",
      ({ refuse }) => refuse("/x", as({ kind: "wrong", message: "m" })),
      "cause.kind must be one of refused, timeout",
    ],
    ["refuse kind", ({ refuse }) => refuse("/x", as({ kind: "wrong", message: "m" })), "got wrong"],
    ["refuse nothing", ({ refuse }) => refuse("/x", as(null)), "aborted: got undefined"],
    [
      "refuse message",
      ({ refuse }) => refuse("/x", as({ kind: "busy" })),
      "cause.message must be a string: got undefined",
    ],
    [
      "refuse match",
      ({ refuse }) => refuse(as(/x/), undefined),
      "match (when it is no string) must be a function",
    ],
    ["silence", ({ silence }) => silence("/x", as("yes")), "silent must be true or false: got yes"],
    ["silence", ({ silence }) => silence("/x", as(undefined)), "silent must be true or false: got undefined"],
    ["hold", ({ hold }) => hold("/x", as(1)), "held must be true or false: got 1"],
    ["drop", ({ drop }) => drop(as(7)), "must be a function: got 7"],
    ["live", ({ live }) => live(as(7)), "must be a function: got 7"],
    ["mute", ({ mute }) => mute("", as("forth")), "way must be one of there, back: got forth"],
    ["close high", ({ close }) => close("", 99_999), "code must be between 0 and 65535: got 99999"],
    ["close half", ({ close }) => close("", 1000.5), "code must be a whole number: got 1000.5"],
    ["close without", ({ close }) => close("", as(undefined)), "code must be a number: got undefined"],
    ["close reason", ({ close }) => close("", 1000, as(5)), "reason must be a string: got 5"],
    ["say", ({ say }) => say("", as(42)), "frame (when it is no Uint8Array) must be a string: got 42"],
    [
      "listen",
      ({ listen }) => listen("http//bad", () => ({ status: 404, reason: "" })),
      "address must be a URL with a host, such as ws://server: got http//bad",
    ],
  ])("network: %s", (_, call, message) => {
    expect(() => call(createTestNetwork({ clock }))).toThrow(message);
  });

  test.each(["http//bad", "", "server:80", "ws://"])("memory().listen(%o)", (address) => {
    expect(() => memory().listen(address, () => ({ status: 404, reason: "" }))).toThrow(
      new TypeError(`Option address must be a URL with a host, such as ws://server: got ${address}`),
    );
  });

  test("an address is told without its secrets", () => {
    const listen = () =>
      memory().listen("user:secret@host?token=secret", () => ({ status: 404, reason: "" }));
    expect(listen).toThrow("got host");
    expect(listen).not.toThrow("secret");
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("clock.advance and clock.stall by %s", (ms) => {
    for (const move of [clock.advance, clock.stall]) {
      expect(() => move(ms)).toThrow(`Option ms must be between 0 and 9007199254740991: got ${ms}`);
      expect(() => move(as("9"))).toThrow("Option ms must be a number: got 9");
      expect(() => move(as(undefined))).toThrow("Option ms must be a number: got undefined");
    }
    expect(clock.now()).toBe(0);
  });

  test.each([Number.NaN, 1.5, Number.POSITIVE_INFINITY])("seededRandom(%s)", (seed) => {
    expect(() => seededRandom(seed)).toThrow(/Option seed must be .*: got (NaN|1.5|Infinity)/);
    expect(() => seededRandom(1, seed)).toThrow(/Option stream must be .*: got (NaN|1.5|Infinity)/);
  });
});

test("what makes sense is taken: a month, no latency, a function, any two-byte code, a cause of no sense", async () => {
  const time = createManualClock();
  await time.advance(3_000_000_000);
  await time.stall(0.5);
  expect(time.now()).toBe(3_000_000_000.5);
  const network = createTestNetwork({ clock: time, latencyMs: 0 });
  createTestNetwork({ clock: time, latencyMs: () => 5 });
  for (const code of [0, 1005, 1006, 65_535]) expect(network.close("", code)).toBe(0);
  expect(network.say("", new Uint8Array(1))).toBe(0);
  network.refuse(() => true, { kind: "busy", message: "", retryAfterMs: Number.NaN });
  seededRandom(-1, 2);
});
