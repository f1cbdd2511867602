import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memory, type Socket } from "@holdfast/core";
import { type ChannelServer, createChannelServer } from "@holdfast/core/channels";
import { createManualClock, type ManualClock } from "@holdfast/core/testing";
import { expect, test } from "vitest";

const EMITS = 100_000;
/** Emits that wait at the same time, and those who listen: each emit is for two of them. */
const AT_ONCE = 100;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Emits so many events, each of which is acknowledged by the two that it is for. */
async function emitAll(
  server: ChannelServer,
  clock: ManualClock,
  ids: readonly string[],
  count: number,
): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE) {
    const emits = ids.map((id, at) => {
      const clients = [id, ids[(at + 1) % AT_ONCE] as string];
      return server.emit("news", { n: n + at }, { requireAck: true, clients });
    });
    for (const { code, acked } of await Promise.all(emits)) {
      if (code !== "delivered" || acked?.length !== 2) throw new Error(`${code} by ${acked}`);
    }
    // No listener says more than its rate allows.
    await clock.advance(10);
  }
}

test("S38 S50 decision 12: 100,000 acknowledged emits leave no entry, no timer and no memory behind", async () => {
  const network = memory();
  const clock = createManualClock();
  const server = createChannelServer({
    clock,
    limits: { messagesPerSecond: 1_000 },
    history: { maxEvents: 10 },
  });
  network.listen("ws://server", server.accept);
  const ids: string[] = [];
  for (let index = 0; index < AT_ONCE; index++) {
    let socket: Socket | undefined;
    const onFrame = (frame: unknown): void => {
      const { type, eventID, clientID } = JSON.parse(String(frame));
      if (type === "CONNECTED") ids.push(clientID);
      if (type !== "DATA") return;
      const ack = JSON.stringify({ type: "ACK", payload: { eventID } });
      socket?.send(ack);
      // Once more, or for an event that never was.
      socket?.send(index % 2 === 0 ? ack : ack.replace("evt_", "evt_0"));
    };
    const { signal } = new AbortController();
    socket = await network.socket("ws://server/news/listen", { onFrame, onClose: () => {} }, { signal });
  }
  await emitAll(server, clock, ids, EMITS / 10);
  const { timers, clients } = server.stats();
  const before = heapBytes();
  await emitAll(server, clock, ids, EMITS - EMITS / 10);
  expect(server.stats()).toMatchObject({
    ...{ timers, clients, pendingAcks: 0, channels: 1, emitted: EMITS, acked: 2 * EMITS },
    ignoredAcks: 2 * EMITS,
  });
  // One object kept of each emit would be over 5 MB.
  expect(heapBytes() - before).toBeLessThan(3_000_000);
  await server.close();
  expect(server.stats()).toMatchObject({ timers: 0, clients: 0, channels: 0 });
});
