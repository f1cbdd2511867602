import { type ChannelClient, createChannelClient, createChannelServer } from "@holdfast/core/channels";
import { createManualClock, createTestNetwork, type ManualClock } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import type { ListenView } from "./listen-view.ts";
import { Listening, type ListeningOptions } from "./listening.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly server: ReturnType<typeof createChannelServer>;
  readonly client: ChannelClient<unknown>;
  readonly listening: Listening;
  readonly shown: unknown[];
  readonly said: string[];
  /** Whether the view writes what it is given. */
  reading: boolean;
}

async function listeningTo(options: ListeningOptions): Promise<Rig> {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const server = createChannelServer({ clock });
  network.listen("ws://server", server.accept);
  const client = createChannelClient({
    ...{ url: "ws://server", channel: "news", ack: "manual", socket: network.socket, clock },
  });
  const shown: unknown[] = [];
  const said: string[] = [];
  const view: ListenView = {
    event: ({ payload }) => {
      if (rig.reading) shown.push(payload);
      return rig.reading;
    },
    happened: () => {},
    acked: (eventId, sent) => said.push(`${sent ? "acked" : "too late"} ${eventId}`),
    notice: (text) => said.push(text),
    end: ({ since }) => said.push(`since ${since}`),
  };
  const rig: Rig = {
    ...{ clock, server, client, shown, said, reading: true },
    listening: new Listening(client, view, options),
  };
  await clock.until(client.connect());
  return rig;
}

test("what was shown is acknowledged, and what was left out is not", async () => {
  const rig = await listeningTo({ ack: "auto", count: undefined });
  const { clock, server } = rig;
  expect((await clock.until(server.emit("news", 1, { requireAck: true }))).code).toBe("delivered");
  rig.reading = false;
  expect((await clock.until(server.emit("news", 2, { requireAck: true }))).code).toBe("ACK_TIMEOUT");
  expect(rig.shown).toEqual([1]);
  await clock.until(server.close());
});

test("after the last event that was asked for nothing is shown or acknowledged, and since is of that one", async () => {
  const { clock, server, client, listening, shown, said } = await listeningTo({ ack: "auto", count: 2 });
  const outcomes = [1, 2, 3].map((n) => server.emit("news", n, { requireAck: true }));
  const cause = await clock.until(client.closed);
  expect([shown, cause.kind, listening.complete]).toEqual([[1, 2], "local", true]);
  const [, second, third] = await clock.until(Promise.all(outcomes));
  expect([second?.code, third?.code]).toEqual(["delivered", "CLIENTS_LEFT"]);
  listening.end(cause);
  expect(said).toEqual([`since ${second?.eventId}`]);
  await clock.until(server.close());
});

test("by hand, it ends when what came has been acknowledged", async () => {
  const { clock, server, client, listening, said } = await listeningTo({ ack: "manual", count: 1 });
  const emitted = server.emit("news", 1, { requireAck: true });
  await clock.advance(100);
  expect(client.phase).toBe("ready");
  listening.answer("");
  const { code, eventId } = await clock.until(emitted);
  expect([code, said]).toEqual(["delivered", [`acked ${eventId}`]]);
  expect((await clock.until(client.closed)).kind).toBe("local");
  await clock.until(server.close());
});

test("what waits is told as lost with its connection, and when stdin ends it ends", async () => {
  const { clock, server, client, listening, said } = await listeningTo({ ack: "manual", count: 2 });
  void server.emit("news", 1, { requireAck: true });
  await clock.advance(100);
  await clock.until(server.close());
  await clock.advance(100);
  expect(said).toEqual(["1 event that waited cannot be acknowledged any more"]);
  listening.noMoreAnswers();
  expect([listening.complete, listening.everConnected]).toEqual([false, true]);
  await clock.until(client.close());
});
