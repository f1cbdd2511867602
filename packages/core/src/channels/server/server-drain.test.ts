import { expect, test } from "vitest";
import { channelRig, knock } from "../../../../../tests/support/channel-rig.ts";
import { heldStore } from "../../../../../tests/support/held-store.ts";
import { createChannelServer } from "./server.ts";

/** docs/protocols/channels.md, how a server ends; S62. */

test("S62 drain lets nobody in, answers emits with 503 and Retry-After, and goes on reading", async () => {
  const { server, emit, listen, clock } = channelRig();
  await server.emit("news", { n: 1 });
  await listen();
  const drained = server.drain({ overMs: 1_000 });
  const refusal = await server.accept(knock("/news/listen"));
  expect(refusal).toMatchObject({ status: 503, headers: { "Retry-After": "1" } });
  expect(await emit("/news/emit?a=1")).toMatchObject({ status: 503, body: { code: "DRAINING" } });
  await expect(server.emit("news", { n: 2 })).rejects.toMatchObject({ code: "closed" });
  expect((await emit("/news/history")).body.events).toHaveLength(1);
  await clock.advance(1_100);
  await drained;
});

test("S62 emits that wait for acknowledgement are answered first, while their listeners are still there", async () => {
  const { server, emitting, listen, clock } = channelRig();
  const one = await listen();
  const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=1");
  const drained = server.drain({ overMs: 100 });
  await clock.advance(1_000);
  expect(one.ended).toBeUndefined();
  one.ack(eventId);
  await clock.advance(5);
  expect(await answer).toMatchObject({ status: 200, body: { acked: [one.id] } });
  await clock.advance(200);
  await drained;
  expect(one.of("ERROR")[0]?.payload.code).toBe("DRAINING");
  expect(one.ended).toBeDefined();
});

test("S62 who was let in before the drain and has its socket after it began is told to go too", async () => {
  const { server, listen, clock } = channelRig();
  await listen();
  const frames: string[] = [];
  const closes: Array<number | undefined> = [];
  const welcome = await server.accept(knock("/news/listen"));
  if (typeof welcome !== "function") throw new Error(welcome.reason);
  const drained = server.drain({ overMs: 1_000 });
  await clock.advance(10);
  const handler = welcome({
    bufferedAmount: 0,
    send: (frame) => frames.push(String(frame)) > 0,
    close: (code) => void closes.push(code),
  });
  expect([frames.some((text) => text.includes("DRAINING")), closes]).toEqual([true, [1012]]);
  handler.onClose({ kind: "closed", message: "gone" });
  await clock.advance(1_100);
  await drained;
});

test("S62 1,000 listeners leave evenly over the drain, each told why, with 1012", async () => {
  const { server, clock } = channelRig();
  const closes: Array<{ code: number | undefined; atMs: number; last: string }> = [];
  for (let index = 0; index < 1_000; index++) {
    const answer = await server.accept(knock(`/room${index % 10}/listen`));
    if (typeof answer !== "function") throw new Error(answer.reason);
    let last = "";
    const handler = answer({
      bufferedAmount: 0,
      send: (frame) => {
        last = String(frame);
        return true;
      },
      close: (code) => {
        closes.push({ code, atMs: clock.now(), last });
        queueMicrotask(() => handler.onClose({ kind: "abnormal", message: "gone" }));
      },
    });
  }
  const startedAt = clock.now();
  const drained = server.drain({ overMs: 10_000 });
  await clock.advance(10_050);
  await drained;
  expect(closes).toHaveLength(1_000);
  for (const { code, last } of closes) {
    expect(code).toBe(1012);
    expect(last).toContain('"code":"DRAINING"');
  }
  const perSecond = new Map<number, number>();
  for (const { atMs } of closes) {
    const second = Math.min(9, Math.floor((atMs - startedAt) / 1_000));
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  for (let second = 0; second < 10; second++) {
    expect(perSecond.get(second)).toBeGreaterThanOrEqual(90);
    expect(perSecond.get(second)).toBeLessThanOrEqual(110);
  }
  expect(server.stats()).toMatchObject({ clients: 0, timers: 0 });
  expect(clock.pending).toBe(0);
});

test("S62 who stays a little longer is not told of each that leaves: all are about to", async () => {
  const { server, listen, clock } = channelRig();
  const listeners = [await listen(), await listen(), await listen()];
  const drained = server.drain({ overMs: 300 });
  await clock.advance(400);
  await drained;
  for (const listener of listeners) expect(listener.of("PRESENCE:LEFT")).toEqual([]);
});

test("a listener that does not answer the close is dropped, and the drain ends all the same", async () => {
  const { server, clock } = channelRig();
  const answer = await server.accept(knock("/news/listen"));
  if (typeof answer !== "function") throw new Error(answer.reason);
  let terminated = 0;
  answer({ bufferedAmount: 0, send: () => true, close: () => {}, terminate: () => void terminated++ });
  const drained = server.drain({ overMs: 0 });
  await clock.advance(2_001);
  await drained;
  expect(terminated).toBe(1);
});

test("drain and close twice, close inside a drain, and a drain after a close all end", async () => {
  const { server, listen, clock } = channelRig();
  const one = await listen();
  const drained = server.drain({ overMs: 60_000 });
  expect(server.drain()).toBe(drained);
  await clock.advance(5);
  await server.close();
  await server.close();
  await drained;
  await server.drain();
  await clock.advance(5);
  expect(one.ended).toBeDefined();
  expect(clock.pending).toBe(0);
  expect(server.stats().timers).toBe(0);
});

test("close answers what waits, and leaves no timer behind", async () => {
  const rig = channelRig({
    authorize: ({ action }) => (action === "members" ? new Promise(() => {}) : true),
  });
  rig.server.on("error", () => {});
  await rig.listen();
  const headers = { "Idempotency-Key": "k" };
  const { answer } = await rig.emitting("/news/emit?a=1&require-ack=1", { headers });
  const hanging = rig.emit("/news/members");
  await rig.clock.settle();
  await rig.server.close();
  expect((await answer).status).toBe(410);
  expect((await hanging).status).toBe(503);
  await rig.clock.advance(5);
  expect(rig.clock.pending).toBe(0);
  expect((await rig.emit("/news/emit?a=1")).status).toBe(503);
});

test.each([
  [{ authorize: true }, /authorize.*true/],
  [{ origins: ["app.example"] }, /origins.*app.example/],
  [{ limits: { maxMessageBytes: 0 } }, /limits.maxMessageBytes.*0/],
  [{ history: { maxEvents: "many" } }, /history.maxEvents.*many/],
  [{ ackTimeoutMs: -1 }, /ackTimeoutMs.*-1/],
  [{ tokenInQuery: "yes" }, /tokenInQuery.*yes/],
  [{ store: {} }, /store.append/],
  [{ backplane: { publish: () => {} } }, /backplane.subscribe/],
])("%o is refused at the call", (options, message) => {
  expect(() => createChannelServer(options as never)).toThrow(message);
});

test("S62 who is still catching up is told why it must leave, once CONNECTED is out and not before", async () => {
  const { store, hold, release } = heldStore();
  const { server, clock } = channelRig({ store });
  const since = (await server.emit("news", { n: 0 })).eventId;
  for (let n = 1; n <= 30; n++) await server.emit("news", { n, pad: "x".repeat(60_000) });
  const peer = async (): Promise<string[]> => {
    const sent: string[] = [];
    const socket = {
      bufferedAmount: 0,
      send: (frame: unknown) => {
        socket.bufferedAmount += String(frame).length;
        return (
          sent.push(String(JSON.parse(String(frame)).payload.code ?? JSON.parse(String(frame)).type)) > 0
        );
      },
      close: (code?: number) => void sent.push(`closed ${code}`),
    };
    const answer = await server.accept(knock(`/news/listen?since=${since}`));
    if (typeof answer === "function") answer(socket);
    await clock.advance(5);
    return sent;
  };
  const halfway = await peer();
  hold();
  const waiting = await peer();
  void server.drain({ overMs: 0 });
  await clock.advance(5);
  expect(halfway[0]).toBe("CONNECTED");
  expect(halfway.slice(-2)).toEqual(["DRAINING", "closed 1012"]);
  expect(waiting).toEqual(["closed 1012"]);
  release();
  await clock.advance(3_000);
  expect(waiting).toEqual(["closed 1012"]);
});
