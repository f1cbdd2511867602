import { describe, expect, test } from "vitest";
import { channelRig, enter, type Heard, type RawListener } from "../../../../../tests/support/channel-rig.ts";
import { heldStore } from "../../../../../tests/support/held-store.ts";

/** docs/protocols/channels.md, decision 14: resume, without gap or repeat. */

const numbers = (frames: readonly Heard[]): number[] => frames.map(({ payload }) => payload.n);

describe("decision 14 resume", () => {
  test("replays what came after the event, in order, then goes live without gap or repeat", async () => {
    const { listen, server, clock } = channelRig();
    const first = await listen();
    for (const n of [1, 2, 3, 4]) await server.emit("news", { n });
    await clock.advance(5);
    const second = await listen("news", `?since=${first.of("DATA")[1]?.eventID}`);
    await server.emit("news", { n: 5 });
    await clock.advance(5);
    expect(second.heard[0]).toMatchObject({ type: "CONNECTED", recovered: true });
    expect(numbers(second.of("DATA"))).toEqual([3, 4, 5]);
    expect(second.of("DATA").map(({ replayed }) => replayed)).toEqual([true, true, undefined]);
    const ids = second.of("DATA").map(({ eventID }) => eventID);
    expect(ids).toEqual(
      first
        .of("DATA")
        .slice(2)
        .map(({ eventID }) => eventID),
    );
    expect(second.of("DATA").every(({ clientID }) => clientID === second.id)).toBe(true);
  });

  test("without since CONNECTED says nothing of it", async () => {
    const { listen } = channelRig();
    expect((await listen()).heard[0]).not.toHaveProperty("recovered");
  });

  test("an event that is to be acknowledged and comes while history is read is told as such, once", async () => {
    const { store, hold, release } = heldStore();
    const { listen, server, clock } = channelRig({ store });
    const first = await listen();
    await server.emit("news", { n: 1 });
    await clock.advance(5);
    const since = first.of("DATA")[0]?.eventID;
    hold();
    const resuming = await listen("news", `?since=${since}`);
    const outcome = server.emit("news", { n: 2 }, { requireAck: true });
    await clock.advance(5);
    release();
    await clock.advance(5);
    const [data, ...more] = resuming.of("DATA");
    expect([data?.payload.n, data?.requires_ack, more]).toEqual([2, true, []]);
    for (const listener of [first, resuming]) listener.ack(data?.eventID ?? "");
    await clock.advance(5);
    expect((await outcome).acked?.toSorted()).toEqual([first.id, resuming.id].toSorted());
  });

  test("S43 what is emitted while history is read waits, and comes once and in order", async () => {
    const { store, hold, release } = heldStore();
    const { listen, server, clock } = channelRig({ store });
    const first = await listen();
    await server.emit("news", { n: 1 });
    await server.emit("news", { n: 2 });
    await clock.advance(5);
    hold();
    const resuming = await listen("news", `?since=${first.of("DATA")[0]?.eventID}`);
    void server.emit("news", { n: 3 });
    const other = await listen();
    void server.emit("news", { n: 4 });
    await clock.advance(5);
    expect(resuming.heard).toEqual([]);
    release();
    await clock.advance(5);
    expect(resuming.heard.map(({ type }) => type)).toEqual([
      ...["CONNECTED", "DATA", "DATA", "PRESENCE:JOINED", "DATA"],
    ]);
    expect(numbers(resuming.of("DATA"))).toEqual([2, 3, 4]);
    expect(resuming.of("PRESENCE:JOINED")[0]?.payload.clientID).toBe(other.id);
    expect(resuming.heard[0]?.payload.members.map(({ clientID }: { clientID: string }) => clientID)).toEqual([
      first.id,
    ]);
  });

  test("decision 14 after a restart over the same store, what comes while history is read comes once", async () => {
    const { store, hold, release } = heldStore();
    const before = channelRig({ store });
    const first = await before.listen();
    for (const n of [1, 2]) await before.server.emit("news", { n });
    await before.clock.advance(5);
    await before.server.close();
    const { listen, server, clock } = channelRig({ store });
    hold();
    const resuming = await listen("news", `?since=${first.of("DATA")[0]?.eventID}`);
    const emitted = server.emit("news", { n: 3 });
    await clock.advance(5);
    release();
    await clock.advance(5);
    await emitted;
    await server.emit("news", { n: 4 });
    await clock.advance(5);
    expect(resuming.heard[0]).toMatchObject({ type: "CONNECTED", recovered: true });
    expect(numbers(resuming.of("DATA"))).toEqual([2, 3, 4]);
    const ids = resuming.of("DATA").map(({ eventID }) => eventID);
    expect([...ids].sort()).toEqual(ids);
  });

  test("S54 two in a row repeat nothing, also where the first was lost halfway", async () => {
    const { listen, server, clock } = channelRig();
    const first = await listen();
    for (const n of [1, 2, 3]) await server.emit("news", { n });
    await clock.advance(5);
    const second = await listen("news", `?since=${first.of("DATA")[0]?.eventID}`);
    const third = await listen("news", `?since=${second.of("DATA").at(-1)?.eventID}`);
    expect(numbers(second.of("DATA"))).toEqual([2, 3]);
    expect(third.heard[0]).toMatchObject({ recovered: true });
    expect(third.of("DATA")).toEqual([]);
    // It saw CONNECTED and nothing else: what it resumes after lies before what it was to get.
    const fourth = await listen("news", `?since=${second.heard[0]?.eventID}`);
    expect(numbers(fourth.of("DATA"))).toEqual([2, 3]);
  });

  test("S55 who never got an event resumes after CONNECTED", async () => {
    const { listen, server, clock } = channelRig();
    await server.emit("news", { n: 0 });
    const quiet = await listen();
    const empty = await listen("empty");
    await clock.advance(60_000);
    await server.emit("news", { n: 1 });
    await server.emit("empty", { n: 2 });
    for (const [listener, channel, expected] of [
      [quiet, "news", [1]],
      [empty, "empty", [2]],
    ] as const) {
      const again: RawListener = await listen(channel, `?since=${listener.heard[0]?.eventID}`);
      expect(again.heard[0]).toMatchObject({ type: "CONNECTED", recovered: true });
      expect(numbers(again.of("DATA"))).toEqual(expected);
    }
  });

  test("S53 history that does not reach back says so, and gives what it still holds", async () => {
    const { listen, server, clock } = channelRig({ history: { maxEvents: 2 } });
    const first = await listen();
    for (const n of [1, 2, 3, 4]) await server.emit("news", { n });
    await clock.advance(5);
    const second = await listen("news", `?since=${first.of("DATA")[0]?.eventID}`);
    expect(second.heard[0]).toMatchObject({ recovered: false });
    expect(numbers(second.of("DATA"))).toEqual([3, 4]);
    const third = await listen("news", `?since=${first.of("DATA")[1]?.eventID}`);
    expect(third.heard[0]).toMatchObject({ recovered: true });
  });

  test("S53 an id of another life, of the future, or of no such server is recovered: false", async () => {
    const { listen, server } = channelRig();
    await server.emit("news", { n: 1 });
    const past = `evt_${"-".repeat(27)}`;
    const future = `evt_${"z".repeat(27)}`;
    for (const since of [past, future, "evt_short"]) {
      const listener = await listen("news", `?since=${since}`);
      expect(listener.heard[0]).toMatchObject({ type: "CONNECTED", recovered: false });
    }
  });

  test("S56 an hour on the wall clock, there or back, ends no history", async () => {
    const { listen, server, clock } = channelRig();
    const first = await listen();
    const real = Date.now;
    try {
      await server.emit("news", { n: 1 });
      Date.now = () => real() - 3_600_000;
      await server.emit("news", { n: 2 });
      Date.now = () => real() + 7_200_000;
      await server.emit("news", { n: 3 });
      await clock.advance(5);
      const again = await listen("news", `?since=${first.of("DATA")[0]?.eventID}`);
      expect(again.heard[0]).toMatchObject({ recovered: true });
      expect(numbers(again.of("DATA"))).toEqual([2, 3]);
    } finally {
      Date.now = real;
    }
    await clock.advance(3_600_001);
    expect(
      (await server.fetch(new Request("http://server/news/history")).then((r) => r.json())).events,
    ).toEqual([]);
  });

  test("events that were aimed at some are in no history", async () => {
    const { listen, server, emit } = channelRig();
    const one = await listen();
    await server.emit("news", { n: 1 }, { clients: 1 });
    await server.emit("news", { n: 2 }, { clients: [one.id] });
    await server.emit("news", { n: 3 });
    const { body } = await emit("/news/history");
    expect(body.events.map(({ payload }: { payload: unknown }) => payload)).toEqual([{ n: 3 }]);
  });

  test("S27 a history larger than a queue is sent as fast as it is read, and live events follow it", async () => {
    const { server, clock } = channelRig();
    const since = (await server.emit("news", { n: 0 })).eventId;
    for (let n = 1; n <= 60; n++) await server.emit("news", { n, pad: "x".repeat(60_000) });
    const sent: string[] = [];
    const socket = {
      bufferedAmount: 0,
      send: (frame: unknown) => {
        sent.push(String(frame));
        socket.bufferedAmount += String(frame).length;
        return true;
      },
      close: (code?: number) => void sent.push(`closed ${code}`),
    };
    const answer = await server.accept({ path: `/news/listen?since=${since}`, header: () => undefined });
    if (typeof answer === "function") answer(socket);
    for (let step = 0; step < 100; step++) {
      await clock.advance(20);
      socket.bufferedAmount = Math.max(0, socket.bufferedAmount - 200_000);
      if (step === 3) await server.emit("news", { n: 61 });
    }
    const frames = sent.map((text) => JSON.parse(text) as Heard);
    expect(numbers(frames.slice(1))).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
  });

  test("S29 a slow consumer that was closed comes back and gets all that it missed", async () => {
    const { server, listen, clock } = channelRig();
    const slow = { bufferedAmount: 0, sent: [] as string[] };
    await enter(server, {
      get bufferedAmount() {
        return slow.bufferedAmount;
      },
      send: (frame) => {
        slow.sent.push(String(frame));
        slow.bufferedAmount += String(frame).length;
        return true;
      },
    });
    for (let n = 1; n <= 30; n++) await server.emit("news", { n, pad: "x".repeat(50_000) });
    await clock.advance(5);
    const got = slow.sent.map((text) => JSON.parse(text) as Heard).filter(({ type }) => type === "DATA");
    expect(got.length).toBeLessThan(30);
    const back = await listen("news", `?since=${got.at(-1)?.eventID}`);
    expect(back.heard[0]).toMatchObject({ recovered: true });
    expect([...numbers(got), ...numbers(back.of("DATA"))]).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
  });

  test("more live events than may wait while history is read: closed with 1013, and nothing is silently lost", async () => {
    const { store, hold, release } = heldStore();
    const { server, clock } = channelRig({ store });
    const since = (await server.emit("news", { n: 0 })).eventId;
    hold();
    const closes: Array<number | undefined> = [];
    const socket = { bufferedAmount: 0, send: () => true, close: (code?: number) => void closes.push(code) };
    const answer = await server.accept({ path: `/news/listen?since=${since}`, header: () => undefined });
    if (typeof answer === "function") answer(socket);
    for (let n = 1; n <= 20; n++) void server.emit("news", "x".repeat(60_000));
    await clock.advance(5);
    expect(closes).toEqual([1013]);
    release();
    await clock.advance(3_000);
    expect(server.stats()).toMatchObject({ clients: 0, slow: 1 });
  });
});
