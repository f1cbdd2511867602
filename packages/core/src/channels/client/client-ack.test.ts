import { expect, test } from "vitest";
import { channelRig } from "../../../../../tests/support/channel-rig.ts";
import { data, scripted } from "../../../../../tests/support/channel-script.ts";
import { createChannelClient } from "./client.ts";

const acks = (said: readonly unknown[]): unknown[] =>
  said.flatMap((message) => {
    const { type, payload } = message as { type: string; payload?: { eventID: string } };
    return type === "ACK" ? [payload?.eventID] : [];
  });
const asked = { requires_ack: true };

test("decision 8: only what asks for it is acknowledged, after its listeners have returned", async () => {
  const { clock, client, peer } = scripted();
  await clock.until(client.connect());
  let before: number | undefined;
  client.on("event", () => {
    before = client.stats().acked;
  });
  peer().say(data("evt_1", 1));
  peer().say(data("evt_2", 2, asked));
  await clock.advance(5);
  expect(before).toBe(0);
  expect(acks(peer().said)).toEqual(["evt_2"]);
});

test("a listener that throws is reported once, the others hear it, and it is not acknowledged", async () => {
  const { clock, client, peer, all } = scripted();
  await clock.until(client.connect());
  const heard: unknown[] = [];
  client.on("event", ({ payload }) => {
    if (payload === 1) throw new Error("no room");
  });
  client.on("event", ({ payload }) => heard.push(payload));
  peer().say(data("evt_1", 1, asked));
  peer().say(data("evt_2", 2, asked));
  await clock.advance(5);
  expect(heard).toEqual([1, 2]);
  expect(all("error")).toMatchObject([
    { code: "listener-failed", message: "Listener of event failed: no room" },
  ]);
  expect(acks(peer().said)).toEqual(["evt_2"]);
});

test("what a listener promised is waited for, and a promise that fails leaves it unacknowledged", async () => {
  const { clock, client, peer, all } = scripted();
  await clock.until(client.connect());
  client.on(
    "event",
    ({ payload }) =>
      new Promise<void>((resolve, reject) =>
        clock.setTimer(() => (payload === 1 ? resolve() : reject(new Error("no disk"))), 100),
      ),
  );
  peer().say(data("evt_1", 1, asked));
  peer().say(data("evt_2", 2, asked));
  await clock.advance(90);
  expect(acks(peer().said)).toEqual([]);
  await clock.advance(20);
  expect(acks(peer().said)).toEqual(["evt_1"]);
  expect(all("error")).toHaveLength(1);
});

test("manual: ack() says it once, however often it is called", async () => {
  const { clock, client, peer, all } = scripted({ ack: "manual" });
  await clock.until(client.connect());
  peer().say(data("evt_1", 1, asked));
  peer().say(data("evt_2", 2));
  await clock.advance(5);
  expect(acks(peer().said)).toEqual([]);
  const [first, second] = all("event");
  expect([first?.ack(), first?.ack(), second?.ack()]).toEqual([true, true, false]);
  await clock.advance(5);
  expect(acks(peer().said)).toEqual(["evt_1"]);
  expect(client.stats().acked).toBe(1);
});

test("S38 an event is acknowledged on the connection that brought it, and on no later one", async () => {
  const { clock, network, client, peers, all } = scripted({ ack: "manual" });
  await clock.until(client.connect());
  network.say("server", JSON.stringify(data("evt_1", 1, asked)));
  await clock.advance(5);
  network.drop();
  await clock.advance(1);
  expect(all("event")[0]?.ack()).toBe(false);
  await clock.advance(1_000);
  expect(client.phase).toBe("ready");
  expect(all("event")[0]?.ack()).toBe(false);
  await clock.advance(5);
  expect(peers.map(({ said }) => said)).toEqual([[], []]);
});

test("an automatic acknowledgement whose connection is gone is told", async () => {
  const { clock, network, client, all } = scripted();
  await clock.until(client.connect());
  client.on("event", () => new Promise<void>((resolve) => clock.setTimer(resolve, 5_000)));
  network.say("server", JSON.stringify(data("evt_1", 1, asked)));
  await clock.advance(5);
  network.drop();
  await clock.advance(6_000);
  expect(all("dropped")).toEqual([{ count: 1, why: "the acknowledgement of evt_1 could not be sent" }]);
  expect(client.stats()).toMatchObject({ acked: 0, dropped: 1 });
});

test("S8 an event that nobody listens to is counted and not acknowledged; a stream is somebody", async () => {
  const rig = channelRig();
  const client = createChannelClient({
    ...{ url: "ws://server", channel: "news", socket: rig.network.socket, clock: rig.clock },
  });
  await rig.clock.until(client.connect());
  const emitted = (n: number) => rig.clock.until(rig.server.emit("news", { n }, { requireAck: true }));
  expect(await emitted(1)).toMatchObject({ code: "ACK_TIMEOUT", delivered: 1, acked: [] });
  expect(client.stats()).toMatchObject({ events: 0, unheard: 1, acked: 0 });
  const stream = client.events("event");
  expect(await emitted(2)).toMatchObject({ code: "delivered", acked: [client.clientId] });
  await stream.return?.();
  const off = client.on("event", () => {});
  expect(await emitted(3)).toMatchObject({ code: "delivered" });
  off();
  expect(await emitted(4)).toMatchObject({ code: "ACK_TIMEOUT" });
  expect(client.stats()).toMatchObject({ events: 2, unheard: 2, acked: 2 });
  await rig.clock.until(client.close());
});
