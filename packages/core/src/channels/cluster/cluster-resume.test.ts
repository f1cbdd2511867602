import { describe, expect, test } from "vitest";
import { cluster } from "../../../../../tests/support/channel-cluster.ts";
import { channelRig, type Heard } from "../../../../../tests/support/channel-rig.ts";
import { heldStore } from "../../../../../tests/support/held-store.ts";
import { Deferred } from "../../deferred.ts";
import type { Backplane } from "../../server/backplane.ts";
import { memoryStore } from "../../server/memory-store.ts";

/** Several servers over one backplane: a listener resumes on any of them. */

const numbers = (frames: readonly Heard[]): unknown[] => frames.map(({ payload }) => payload.n);

describe("resume", () => {
  test.each([
    ["each with a history of its own", undefined],
    ["over one store", memoryStore()],
  ])(
    "decision 14 a listener moves to another server without gap, and repeats the last 10 s alone, %s",
    async (_, store) => {
      const { clock, a, b } = await cluster(store === undefined ? {} : { store });
      const first = await a.listen();
      await a.emit("/news/emit?n=0");
      await at(20_000, () => a.emit("/news/emit?n=1"));
      for (const n of [2, 3]) await a.emit(`/news/emit?n=${n}`);
      await b.emit("/news/emit?n=4");
      await clock.advance(5);
      const moved = await b.listen("news", `?since=${first.of("DATA")[2]?.eventID}`);
      await a.emit("/news/emit?n=5");
      await clock.advance(5);
      expect(moved.heard[0]).toMatchObject({ type: "CONNECTED", recovered: true });
      expect(numbers(moved.of("DATA"))).toEqual(["1", "2", "3", "4", "5"]);
      expect(moved.of("DATA").map(({ replayed }) => replayed)).toEqual([true, true, true, true, undefined]);
    },
  );

  test.each([
    ["each with a history of its own", undefined],
    ["over one store", memoryStore()],
  ])(
    "decision 14 what comes late from another server is not lost to who was cut off before, %s",
    async (_, store) => {
      const { clock, a, bus } = await cluster(store === undefined ? {} : { store });
      const end = bus.node();
      const gate = new Deferred<void>();
      const late: Backplane = {
        publish: async (subject, data) => {
          if (data.includes('"event"')) await gate.promise;
          await end.publish(subject, data);
        },
        subscribe: (subject, listener) => end.subscribe(subject, listener),
        lease: (key, value, ttlMs) => end.lease(key, value, ttlMs),
        release: (key) => end.release(key),
        leases: (prefix) => end.leases(prefix),
        ping: () => end.ping(),
        close: () => end.close(),
        [Symbol.asyncDispose]: () => end.close(),
      };
      const far = channelRig(
        { backplane: late, ...(store !== undefined && { store }) },
        { clock, host: "far" },
      );
      await clock.advance(5);
      const cut = await a.listen();
      const emitted = far.server.emit("news", { n: "far" });
      await clock.advance(1);
      await at(1_000, () => a.server.emit("news", { n: "near" }));
      await clock.advance(5);
      expect(numbers(cut.of("DATA"))).toEqual(["near"]);
      cut.socket.close(1000);
      gate.resolve();
      await clock.advance(5);
      await emitted;
      const again = await a.listen("news", `?since=${cut.of("DATA")[0]?.eventID}`);
      expect(again.heard[0]).toMatchObject({ type: "CONNECTED", recovered: true });
      expect(numbers(again.of("DATA"))).toContain("far");
      expect(again.of("DATA").every(({ replayed }) => replayed)).toBe(true);
    },
  );

  test("over one store an event goes to the others once it is in there", async () => {
    const { store, hold, release } = heldStore();
    const { clock, a, b } = await cluster({ store });
    const [here, there] = [await a.listen(), await b.listen()];
    await a.emit("/news/emit?n=0");
    hold();
    const { answer } = await a.emitting("/news/emit?n=1");
    await clock.advance(50);
    expect([numbers(here.of("DATA")), numbers(there.of("DATA"))]).toEqual([["0", "1"], ["0"]]);
    release();
    await clock.advance(5);
    expect((await answer).body).toMatchObject({ delivered: 2 });
    expect(numbers(there.of("DATA"))).toEqual(["0", "1"]);
  });

  test("decision 14 what the shared store could not keep is told to who resumes on another server", async () => {
    const { store, fail } = heldStore();
    const { clock, a, b } = await cluster({ store });
    a.server.on("error", () => {});
    const first = await a.listen();
    await a.emit("/news/emit?n=1");
    await clock.advance(5);
    fail(new Error("disk is full"));
    await a.emit("/news/emit?n=2");
    fail(undefined);
    await a.emit("/news/emit?n=3");
    await clock.advance(5);
    const moved = await b.listen("news", `?since=${first.of("DATA")[0]?.eventID}`);
    expect(moved.heard[0]).toMatchObject({ type: "CONNECTED", recovered: false });
    expect(numbers(moved.of("DATA"))).toEqual(["1", "3"]);
  });

  test("S62 a rolling drain: who leaves one server resumes on the other, and loses nothing", async () => {
    const { clock, a, b } = await cluster();
    const first = await a.listen();
    await b.emit("/news/emit?n=1");
    const drained = a.server.drain({ overMs: 100 });
    await clock.advance(50);
    await b.emit("/news/emit?n=2");
    await clock.advance(100);
    await drained;
    await b.emit("/news/emit?n=3");
    const moved = await b.listen("news", `?since=${first.of("DATA").at(-1)?.eventID}`);
    const got = new Set([...numbers(first.of("DATA")), ...numbers(moved.of("DATA"))]);
    expect([...got]).toEqual(["1", "2", "3"]);
    expect(moved.heard[0]).toMatchObject({ recovered: true });
  });
});

/** Acts as if the wall clock stood elsewhere. */
async function at(byMs: number, act: () => Promise<unknown>): Promise<void> {
  const real = Date.now;
  Date.now = () => real() + byMs;
  await act().finally(() => {
    Date.now = real;
  });
}
