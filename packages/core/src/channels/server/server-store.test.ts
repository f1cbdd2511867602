import { describe, expect, test } from "vitest";
import { channelRig } from "../../../../../tests/support/channel-rig.ts";
import { heldStore } from "../../../../../tests/support/held-store.ts";

/** A store that fails, hangs, or comes from an earlier life: events are delivered all the same, and what is lost is told. */

describe("a store that fails", () => {
  test("decision 14 who resumes before an event that was not kept is told that something is lost", async () => {
    const { listen, server, clock } = channelRig();
    server.on("error", () => {});
    const first = await listen();
    const outcomes = await Promise.all(
      Array.from({ length: 20_500 }, (_, n) => server.emit("news", { n }).then(({ stored }) => stored)),
    );
    expect(outcomes.filter((stored) => !stored)).toHaveLength(500);
    await clock.advance(5);
    const near = first.of("DATA").at(19_900)?.eventID;
    const again = await listen("news", `?since=${near}`);
    expect(again.heard[0]).toMatchObject({ type: "CONNECTED", recovered: false });
    const behind = await listen("news", `?since=${first.of("DATA").at(-1)?.eventID}`);
    expect(behind.heard[0]).toMatchObject({ recovered: true });
  });

  test("decision 14 an append that took too long counts as lost", async () => {
    const { store, hold, release } = heldStore();
    const { listen, server, clock } = channelRig({ store });
    server.on("error", () => {});
    const since = (await server.emit("news", { n: 0 })).eventId;
    hold();
    const emitted = server.emit("news", { n: 1 });
    await clock.advance(5_001);
    expect(await emitted).toMatchObject({ stored: false });
    release();
    const again = await listen("news", `?since=${since}`);
    expect(again.heard[0]).toMatchObject({ type: "CONNECTED", recovered: false });
  });

  test("delivers all the same, says stored: false, and is degraded until it works again", async () => {
    const { store, fail } = heldStore();
    const { listen, emit, server, clock } = channelRig({ store });
    const told: string[] = [];
    const errors: string[] = [];
    server.on("health", ({ status }) => void told.push(status));
    server.on("error", ({ message }) => void errors.push(message));
    const one = await listen();
    fail(new Error("disk is full"));
    expect((await emit("/news/emit?a=1")).body).toMatchObject({ success: true, delivered: 1, stored: false });
    expect(await server.health()).toMatchObject({
      status: "degraded",
      store: { ok: false, error: "disk is full" },
    });
    await clock.advance(5);
    expect(one.of("DATA")).toHaveLength(1);
    expect(await emit("/news/history")).toMatchObject({ status: 503, body: { code: "STORE_FAILED" } });
    const resuming = await listen("news", `?since=${one.of("DATA")[0]?.eventID}`);
    expect(resuming.heard[0]).toMatchObject({ type: "CONNECTED", recovered: false });
    fail(undefined);
    expect((await emit("/news/emit?a=2")).body).not.toHaveProperty("stored");
    expect(told).toEqual(["degraded", "ok"]);
    expect(await server.health()).toMatchObject({ status: "ok", store: { ok: true } });
    expect(told).toEqual(["degraded", "ok"]);
    expect(errors).toEqual([expect.stringContaining("disk is full")]);
    fail(new Error("no such file"));
    for (const n of [1, 2, 3]) await server.emit("news", { n });
    expect(errors).toEqual([
      expect.stringContaining("disk is full"),
      expect.stringContaining("no such file"),
    ]);
  });

  test("S43 that hangs at the first look holds events for 1 s, all of them, and reorders none", async () => {
    const { store, hold } = heldStore();
    const { listen, server, clock } = channelRig({ store });
    server.on("error", () => {});
    const one = await listen();
    hold();
    for (let n = 0; n < 10; n++) {
      void server.emit("news", { n });
      await clock.advance(110);
    }
    server.once("emitted").then(() => server.emit("news", { n: "late" }));
    void server.emit("news", { n: 10 });
    await clock.advance(5);
    expect(one.of("DATA").map(({ payload }) => payload.n)).toEqual([...Array(11).keys(), "late"]);
    void server.emit("news", { n: "soon" });
    await clock.advance(5);
    expect(one.of("DATA").at(-1)?.payload).toEqual({ n: "soon" });
  });

  test("S56 after a restart with the clock an hour back, CONNECTED sorts between what is stored and what is to come", async () => {
    const { store } = heldStore();
    const real = Date.now;
    try {
      Date.now = () => real() + 3_600_000;
      const before = channelRig({ store });
      for (const n of [1, 2]) await before.server.emit("news", { n });
      await before.server.close();
    } finally {
      Date.now = real;
    }
    const { listen, server, clock } = channelRig({ store });
    const one = await listen();
    expect(one.heard[0]).toMatchObject({ type: "CONNECTED" });
    expect(one.heard[0]).not.toHaveProperty("recovered");
    await server.emit("news", { n: 3 });
    await clock.advance(5);
    const again = await listen("news", `?since=${one.heard[0]?.eventID}`);
    expect(again.heard[0]).toMatchObject({ type: "CONNECTED", recovered: true });
    expect(again.of("DATA").map(({ payload }) => payload.n)).toEqual([3]);
  });

  test("S55 who joined while events waited for that look gets them, and again when it resumes after CONNECTED", async () => {
    const { store, hold, release } = heldStore();
    const { listen, server, clock } = channelRig({ store });
    hold();
    void server.emit("news", { n: 1 });
    const one = await listen();
    void server.emit("news", { n: 2 });
    expect(one.heard).toEqual([]);
    release();
    await clock.advance(5);
    expect(one.heard.map(({ type }) => type)).toEqual(["CONNECTED", "DATA", "DATA"]);
    const again = await listen("news", `?since=${one.heard[0]?.eventID}`);
    expect(again.of("DATA").map(({ payload }) => payload.n)).toEqual([1, 2]);
  });

  test("that hangs holds an answer for 5 s and no longer", async () => {
    const { store, hold } = heldStore();
    const { listen, server, clock } = channelRig({ store });
    server.on("error", () => {});
    await server.emit("news", { n: 1 });
    const one = await listen();
    hold();
    const emitted = server.emit("news", { n: 2 });
    await clock.advance(5);
    expect(one.of("DATA")).toHaveLength(1);
    await clock.advance(5_000);
    expect(await emitted).toMatchObject({ code: "delivered", stored: false });
  });
});
