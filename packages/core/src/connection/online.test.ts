import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EchoBench, echo } from "../../../../tests/support/echo-bench.ts";
import { createConnectionManager } from "./connection-manager.ts";
import { hostOnline } from "./online.ts";

let bench: EchoBench;
/** A network that a test takes down and up again. */
let listeners: Set<() => void>;
const online = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const comeBack = (): void => {
  for (const listener of [...listeners]) listener();
};

beforeEach(() => {
  bench = new EchoBench();
  listeners = new Set();
});
afterEach(() => vi.unstubAllGlobals());

test("C52 when the network is back a waiting connection makes one attempt at once, and none if it needs none", async () => {
  const connection = bench.connect({ online, random: () => 1 });
  bench.network.refuse("server", { kind: "refused", message: "offline" });
  await bench.clock.advance(60_000);
  expect(connection.phase).toBe("waiting");
  const before = bench.network.dials.length;
  bench.network.refuse("server", undefined);
  comeBack();
  comeBack();
  await bench.clock.advance(10);
  expect([connection.phase, bench.network.dials.length - before]).toEqual(["ready", 1]);
  comeBack();
  await bench.clock.advance(10);
  expect(bench.network.dials.length - before).toBe(1);
  void connection.close();
  await bench.clock.advance(1_000);
  expect(listeners.size).toBe(0);
});

test("C52 a crowd comes back at the gate's pace, and its one listener goes with the manager", async () => {
  const { clock, network } = bench;
  const manager = createConnectionManager({
    protocol: echo,
    socket: network.socket,
    url: (key: number) => `ws://server/${key}`,
    clock,
    online,
    dials: { rate: 100 },
    random: () => 1,
  });
  network.refuse("server", { kind: "refused", message: "offline" });
  for (let key = 0; key < 100; key++) manager.add(key);
  await clock.advance(200_000);
  expect([manager.stats().phases.waiting, listeners.size]).toEqual([100, 1]);
  const before = network.dials.length;
  network.refuse("server", undefined);
  comeBack();
  await clock.advance(500);
  expect(network.dials.length - before).toBeLessThanOrEqual(60);
  await clock.advance(1_000);
  expect(manager.stats().phases.ready).toBe(100);
  void manager.close();
  await clock.advance(1_000);
  expect(listeners.size).toBe(0);
});

test("C52 the host's own event is listened to where there is one, and left when it ends", () => {
  const target = new EventTarget();
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
  vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
  const back = vi.fn();
  const off = hostOnline(back);
  target.dispatchEvent(new Event("online"));
  off();
  target.dispatchEvent(new Event("online"));
  expect(back).toHaveBeenCalledTimes(1);
});

test("C52 a host without such an event needs nothing", () => {
  vi.stubGlobal("addEventListener", undefined);
  expect(() => hostOnline(() => {})()).not.toThrow();
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no network");
    },
    "Option online failed: no network",
  ],
  ["gives no remover", () => ({ remove() {} }), "Option online failed: it must give a remover: got {}"],
] as const)("C52 a source that %s does no harm, and the console is told", async (_, source, told) => {
  const console = vi.spyOn(globalThis.console, "error").mockImplementation(() => {});
  const connection = bench.connect({ online: source as never });
  await bench.clock.advance(10);
  expect(connection.phase).toBe("ready");
  void connection.close();
  await bench.clock.advance(1_000);
  expect(connection.phase).toBe("closed");
  expect(console.mock.calls[0]?.[0]).toContain(told);
  console.mockRestore();
});
