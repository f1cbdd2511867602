import { describe, expect, test } from "vitest";
import { channelRig, enter } from "../../../../../tests/support/channel-rig.ts";

/** Floods, slow readers and farewells: S26 to S35. */

describe("flow", () => {
  test("S26 a flood is told once a second, dropped and counted, and closes after ten seconds with 1008", async () => {
    const { server, clock } = channelRig();
    const sent: string[] = [];
    const closes: Array<number | undefined> = [];
    const { handler } = await enter(server, {
      send: (frame) => sent.push(String(frame)) > 0,
      close: (code) => void closes.push(code),
    });
    const dropped: number[] = [];
    server.on("dropped", ({ count }) => void dropped.push(count));
    for (let step = 0; step < 1_050 && closes.length === 0; step++) {
      for (let index = 0; index < 10; index++) handler.onFrame('{"type":"DANCE"}');
      await clock.advance(10);
    }
    expect(closes).toEqual([1008]);
    const told = sent.filter((frame) => frame.includes("RATE_LIMITED")).length;
    expect(told).toBeGreaterThanOrEqual(9);
    expect(told).toBeLessThanOrEqual(12);
    expect(server.stats().rateLimited).toBe(dropped.reduce((sum, count) => sum + count, 0));
    // A burst of 100, and 50 a second since.
    expect(server.stats().unknown).toBeLessThanOrEqual(100 + 50 * 10.5);
  });

  test.each([
    [300, 1, 3_000, 10 / 3],
    [10_000, 10_000, 5_000, 0],
  ])(
    "S26 %i messages a second, %i at once, are what they say: %i are taken",
    async (rate, burst, count, gapMs) => {
      const { server, listen, clock } = channelRig({
        limits: { messagesPerSecond: rate, messageBurst: burst },
      });
      const one = await listen();
      for (let message = 0; message < count; message++) {
        one.say({ type: "DANCE" });
        if (gapMs > 0) await clock.advance(gapMs);
      }
      await clock.advance(5);
      expect(server.stats()).toMatchObject({ rateLimited: 0, unknown: count });
    },
  );

  test("S26 acknowledgements that are awaited are no flood: 200 a second for 15 s, and none is lost", async () => {
    const { server, listen, clock } = channelRig();
    const one = await listen();
    const outcomes: string[] = [];
    for (let event = 0; event < 3_000; event++) {
      const emitting = server.emit("news", { event }, { requireAck: true });
      void emitting.then(({ code }) => outcomes.push(code));
      await clock.advance(2);
      one.ack(one.of("DATA").at(-1)?.eventID ?? "");
      await clock.advance(3);
    }
    expect(outcomes).toEqual(Array(3_000).fill("delivered"));
    expect(server.stats()).toMatchObject({ rateLimited: 0, acked: 3_000 });
  });

  test("S27 S28 who does not read is closed with 1013 and dropped 2 s later, and the others get everything", async () => {
    const { server, listen, clock } = channelRig();
    const closes: Array<number | undefined> = [];
    const slow = { bufferedAmount: 0, terminated: 0 };
    await enter(server, {
      get bufferedAmount() {
        return slow.bufferedAmount;
      },
      send: (frame) => {
        slow.bufferedAmount += String(frame).length;
        return true;
      },
      close: (code) => void closes.push(code),
      terminate: () => void slow.terminated++,
    });
    const one = await listen();
    const dropped: unknown[] = [];
    server.on("dropped", (what) => void dropped.push(what));
    const answers = [];
    for (let index = 0; index < 40; index++) answers.push(await server.emit("news", "x".repeat(40_000)));
    await clock.advance(5);
    expect(closes).toEqual([1013]);
    expect(answers[0]?.delivered).toBe(2);
    expect(answers.at(-1)?.delivered).toBe(1);
    expect(one.of("DATA")).toHaveLength(40);
    expect(one.of("PRESENCE:LEFT")).toHaveLength(1);
    await clock.advance(2_000);
    expect(slow.terminated).toBe(1);
    expect(server.stats()).toMatchObject({ slow: 1, clients: 1 });
    expect(dropped).toEqual([
      expect.objectContaining({ channel: "news", count: 1, why: expect.stringMatching(/slow/i) }),
    ]);
  });

  test("S27 a member list larger than a queue lets a newcomer in, and what is emitted meanwhile follows it", async () => {
    const { server, clock } = channelRig({ limits: { connectionsPerAddress: 1_000 } });
    const presence = encodeURIComponent(JSON.stringify("\u4e00".repeat(1_300)));
    for (let member = 0; member < 300; member++) await enter(server, {}, `/news/listen?presence=${presence}`);
    const got: string[] = [];
    const newcomer = { bufferedAmount: 0 };
    await enter(server, {
      get bufferedAmount() {
        return newcomer.bufferedAmount;
      },
      send: (frame) => {
        newcomer.bufferedAmount += new TextEncoder().encode(String(frame)).length;
        return got.push((JSON.parse(String(frame)) as { type: string }).type) > 0;
      },
      close: (code) => void got.push(`closed ${code}`),
    });
    expect(newcomer.bufferedAmount).toBeGreaterThan(1_048_576);
    for (let n = 0; n < 3; n++) await server.emit("news", { n });
    await clock.advance(100);
    expect(got).toEqual(["CONNECTED"]);
    newcomer.bufferedAmount = 0;
    await clock.advance(20);
    expect(got).toEqual(["CONNECTED", "DATA", "DATA", "DATA"]);
    await server.emit("news", { n: 3 });
    expect(got).toHaveLength(5);
  });

  test("S32 S33 a listener that is gone leaves once, whatever comes after, and nothing of it is left", async () => {
    const { server, clock } = channelRig();
    const left: string[] = [];
    server.on("left", ({ clientId }) => void left.push(clientId));
    const { handler } = await enter(server, {});
    handler.onClose({ kind: "abnormal", message: "gone" });
    handler.onClose({ kind: "abnormal", message: "gone" });
    handler.onFrame('{"type":"PRESENCE","payload":1}');
    await clock.advance(5);
    expect(left).toHaveLength(1);
    expect(await server.members("news")).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("S34 S35 a farewell that is emitted when somebody leaves reaches the rest", async () => {
    const { server, listen, clock } = channelRig();
    const [one, two] = [await listen(), await listen()];
    server.on("left", ({ channel, clientId }) => void server.emit(channel, { farewell: clientId }));
    const twoId = two.id;
    two.socket.close(1000);
    await clock.advance(5);
    expect(one.of("DATA").map(({ payload }) => payload)).toEqual([{ farewell: twoId }]);
  });
});
