import { beforeEach, expect, test, vi } from "vitest";
import { echo } from "../../../../tests/support/echo-bench.ts";
import { createManualClock, createTestNetwork, type ManualClock } from "../testing/mod.ts";
import { createConnectionManager } from "./connection-manager.ts";
import { createTokenSource } from "./token-source.ts";

let clock: ManualClock;
beforeEach(() => {
  clock = createManualClock();
});
const later = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => void clock.setTimer(() => resolve(value), ms));

test("C11 500 connections whose token ran out while they were offline ask for one new token, together", async () => {
  let fetches = 0;
  const token = createTokenSource({
    fetch: () => later(20, `token-${++fetches}`),
    maxAgeMs: 60_000,
    clock,
  });
  const network = createTestNetwork({ clock });
  const seen = new Set<string | undefined>();
  network.listen("ws://server", ({ header }) => {
    seen.add(header("authorization"));
    return () => ({ onFrame: () => {}, onClose: () => {} });
  });
  const manager = createConnectionManager<number, object, object>({
    protocol: { ...echo, client: { validators: new Map() }, server: { validators: new Map() } },
    socket: network.socket,
    url: (key) => `ws://server/${key}`,
    headers: async () => ({ authorization: await token() }),
    clock,
    dials: { rate: 10_000, concurrency: 1_000 },
    heartbeat: false,
  });
  for (let key = 0; key < 500; key++) manager.add(key);
  await clock.advance(2_000);

  expect([manager.stats().phases.ready, fetches, [...seen]]).toEqual([500, 1, ["token-1"]]);

  network.refuse("server", { kind: "refused", message: "offline" });
  network.drop();
  await clock.advance(120_000);

  seen.clear();
  const offline = fetches;
  network.refuse("server", undefined);
  await clock.advance(120_000);
  expect(manager.stats().phases.ready).toBe(500);
  // Backoff spreads the crowd over two minutes, and a token lasts one: a handful of fetches, not 500.
  expect(seen.has("token-1")).toBe(false);
  expect(fetches - offline).toBeLessThanOrEqual(3);
  void manager.close();
  await clock.advance(1_000);
  expect(clock.pending).toBe(0);
});

test("a token is used again until it is too old, and not after it was expired", async () => {
  const fetch = vi.fn(() => "token");
  const token = createTokenSource({ fetch, maxAgeMs: 1_000, clock });
  await token();
  await clock.advance(999);
  await token();
  expect(fetch).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  await token();
  expect(fetch).toHaveBeenCalledTimes(2);
  token.expire("another");
  await token();
  expect(fetch).toHaveBeenCalledTimes(2);
  token.expire("token");
  await token();
  expect(fetch).toHaveBeenCalledTimes(3);
});

test("without an age it serves only those who waited for it", async () => {
  const fetch = vi.fn(() => later(5, "token"));
  const token = createTokenSource({ fetch, clock });
  const both = Promise.all([token(), token()]);
  await clock.advance(5);
  await both;
  void token();
  expect(fetch).toHaveBeenCalledTimes(2);
  await clock.advance(5);
});

test("C8 C9 a fetch that fails, throws or hangs is told to who waits, and the next asker begins anew", async () => {
  const answers = [
    () => Promise.reject(new Error("down")),
    () => {
      throw new Error("thrown");
    },
    () => new Promise<string>(() => {}),
    () => "token",
  ];
  const signals: AbortSignal[] = [];
  const token = createTokenSource({
    fetch: (signal) => {
      signals.push(signal);
      return (answers.shift() as () => string | Promise<string>)();
    },
    timeoutMs: 100,
    clock,
  });
  await expect(token()).rejects.toThrow("down");
  await expect(token()).rejects.toThrow("thrown");
  const hanging = token();
  await clock.advance(100);
  await expect(hanging).rejects.toMatchObject({
    code: "timeout",
    message: "Token was not fetched within 100 ms",
  });
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, true]);
  await expect(token()).resolves.toBe("token");
  expect(clock.pending).toBe(0);
});

test("C11 late refusals of an old token do not throw the fresh one away", async () => {
  let fetches = 0;
  const token = createTokenSource({ fetch: () => `token-${++fetches}`, maxAgeMs: 60_000, clock });
  const old = await token();
  for (let late = 0; late < 50; late++) {
    token.expire(old);
    await token();
  }
  expect(fetches).toBe(2);
});

test("a fetch that nobody waits for any more is stopped, and leaves no timer", async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  let stopped = 0;
  const token = createTokenSource({
    fetch: (signal) => {
      signal.addEventListener("abort", () => stopped++);
      return new Promise<string>(() => {});
    },
    clock,
  });
  const waits = [first, second].map(({ signal }) =>
    expect(token({ signal })).rejects.toMatchObject({ code: "aborted" }),
  );
  first.abort();
  await clock.settle();
  expect([stopped, clock.pending]).toEqual([0, 1]);
  second.abort();
  await Promise.all(waits);
  expect([stopped, clock.pending]).toEqual([1, 0]);
  const unending = token();
  unending.catch(() => {});
  const third = new AbortController();
  token({ signal: third.signal }).catch(() => {});
  third.abort();
  await clock.settle();
  expect(stopped).toBe(1);
  await clock.advance(10_000);
  await expect(unending).rejects.toMatchObject({ code: "timeout" });
});

test("bad options are named with their value", () => {
  expect(() => createTokenSource({ fetch: "x" as never })).toThrow("Option fetch must be a function: got x");
  expect(() => createTokenSource({ fetch: () => 1, maxAgeMs: -1 })).toThrow(
    "Option maxAgeMs must be between",
  );
});
