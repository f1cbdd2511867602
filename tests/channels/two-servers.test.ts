import { memoryBackplane } from "@holdfast/core/server";
import { type ChannelServer, createChannelServer, type SocketListener, serve } from "@holdfast/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, post, RawPeer, until } from "./raw-peer.ts";

/** A server of several, on real sockets. */
interface Node {
  readonly server: ChannelServer;
  readonly listener: SocketListener;
  readonly host: string;
}

describe("two servers over one backplane", () => {
  const bus = memoryBackplane();
  const nodes: Node[] = [];
  const hostOf = (index: number): string => nodes[index]?.host ?? "";
  beforeAll(async () => {
    for (const _ of [1, 2]) {
      const server = createChannelServer({
        backplane: bus.node(),
        limits: { connectionsPerAddress: 1_000 },
      });
      const listener = await serve({ port: 0, fetch: server.fetch, accept: server.accept });
      nodes.push({ server, listener, host: new URL(listener.address).host });
    }
  });
  afterAll(async () => {
    for (const { server, listener } of nodes) {
      await server.close();
      await listener.close();
      expect(server.stats().timers).toBe(0);
    }
  });
  /** One who listens on each. */
  const two = async (channel: string): Promise<[RawPeer, RawPeer]> => {
    const first = await RawPeer.listen(hostOf(0), channel);
    const second = await RawPeer.listen(hostOf(1), channel);
    await first.hear("PRESENCE:JOINED", ({ payload }) => payload.clientID === second.id);
    return [first, second];
  };
  const closeAll = async (...peers: RawPeer[]): Promise<void> => {
    await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  };

  test("S60 an event that is emitted on one is heard on both, once", async () => {
    const [first, second] = await two("heard");
    for (const [index, at] of [0, 1].entries()) {
      const { body } = await post(hostOf(at), "heard/emit", { n: index });
      expect(body.delivered).toBe(2);
    }
    await post(hostOf(0), "heard/emit", "last");
    for (const peer of [first, second]) {
      await peer.hear("DATA", ({ payload }) => payload === "last");
      expect(peer.of("DATA").map(({ payload }) => payload)).toEqual([{ n: 0 }, { n: 1 }, "last"]);
    }
    await closeAll(first, second);
  });

  test("decision 4 S36 S37: acknowledgements come from both, and who leaves the other server is not waited for", async () => {
    const [first, second] = await two("acks");
    const both = post(hostOf(0), "acks/emit?require-ack=true", { n: 1 });
    for (const peer of [first, second]) peer.ack((await peer.hear("DATA")).eventID);
    const { status, body } = await both;
    expect([status, body.acked.toSorted()]).toEqual([200, [first.id, second.id].toSorted()]);
    const left = post(hostOf(0), "acks/emit?require-ack=true", { n: 2 });
    first.ack((await first.hear("DATA", ({ payload }) => payload.n === 2)).eventID);
    await second.hear("DATA", ({ payload }) => payload.n === 2);
    second.socket.terminate();
    expect(await left).toMatchObject({ status: 410, body: { acked: [first.id], left: [second.id] } });
    await closeAll(first);
  });

  test("decision 3: who listens on the other server can be named, and is among the members", async () => {
    const [first, second] = await two("aim");
    const { body } = await post(hostOf(0), `aim/emit?clients=${second.id}`, { n: 1 });
    expect(body).toMatchObject({ success: true, delivered: 1 });
    expect((await second.hear("DATA")).payload).toEqual({ n: 1 });
    expect(first.of("DATA")).toEqual([]);
    for (const at of [0, 1]) {
      const ids = (await ask(hostOf(at), "aim/members")).body.members.map(
        ({ clientID }: { clientID: string }) => clientID,
      );
      expect(ids.toSorted()).toEqual([first.id, second.id].toSorted());
    }
    await closeAll(first, second);
  });

  test("decision 9 S45: joined, updated and left are told on the other server, once each", async () => {
    const [first, second] = await two("presence");
    second.say({ type: "PRESENCE", payload: "here" });
    expect((await first.hear("PRESENCE:UPDATED")).payload).toEqual({ clientID: second.id, presence: "here" });
    second.socket.close();
    await first.hear("PRESENCE:LEFT");
    const types = first.heard.map(({ type }) => type);
    expect(types).toEqual(["CONNECTED", "PRESENCE:JOINED", "PRESENCE:UPDATED", "PRESENCE:LEFT"]);
    await closeAll(first);
  });

  test("decision 14: who comes back at the other server resumes there", async () => {
    const [first, second] = await two("roam");
    const { eventID } = (await post(hostOf(0), "roam/emit", { n: 1 })).body;
    await second.hear("DATA");
    first.socket.terminate();
    for (const n of [2, 3]) await post(hostOf(0), "roam/emit", { n });
    const again = await RawPeer.listen(hostOf(1), "roam", `?since=${eventID}`);
    expect(again.heard[0]).toMatchObject({ recovered: true });
    // With the last 10 s before it: an event of another server may have come behind it.
    await until("all", () => again.of("DATA").length === 3);
    expect(again.of("DATA").map(({ payload }) => payload.n)).toEqual([1, 2, 3]);
    await closeAll(second, again);
  });
});
