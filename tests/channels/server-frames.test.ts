import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Heard, post, RawPeer, until } from "./raw-peer.ts";
import { SERVERS, type Served } from "./served.ts";
import { CLIENT_FRAMES, SERVER_FRAMES } from "./spec-frames.ts";

const CLIENT_ID = /^client_[\w-]{16,}$/;
const CERULEAN = "?presence=%7B%22username%22%3A%22Cerulean%22%7D";

/** An example of the specification with the ids of a real connection, which has an `eventID` (decision 7). */
function example<Type extends keyof typeof SERVER_FRAMES>(
  type: Type,
  clientID: string,
  payload?: object,
): object {
  const frame = SERVER_FRAMES[type];
  return {
    ...frame,
    ...{ clientID, eventID: expect.stringMatching(/^evt_[\w-]{16,}$/) },
    payload: { ...frame.payload, ...payload },
  };
}

/** The frames by the specification's examples and decisions 7 to 14. Each test has a channel of its own. */
describe.each(SERVERS)("channel frames on %s", (runtime, serve) => {
  let server: Served;
  let quick: Served;
  beforeAll(async () => {
    const limits = { pingIntervalMs: 150, pongTimeoutMs: 400 };
    [server, quick] = await Promise.all([serve(), serve({ limits })]);
  });
  afterAll(async () => {
    await Promise.all([server, quick].map((one) => one[Symbol.asyncDispose]()));
  });

  test("decisions 7, 8 and 9: CONNECTED, JOINED, UPDATED, DATA and LEFT are the examples, and nothing more", async () => {
    await using first = await RawPeer.listen(server.host, "transcript", CERULEAN);
    expect(first.heard[0]).toEqual(example("CONNECTED", first.id, { members: [] }));
    expect(first.id).toMatch(CLIENT_ID);
    const second = await RawPeer.listen(server.host, "transcript");
    const members = [{ clientID: first.id, presence: { username: "Cerulean" } }];
    expect(second.heard[0]).toEqual(example("CONNECTED", second.id, { members }));
    const subject = { clientID: second.id };
    expect(await first.hear("PRESENCE:JOINED")).toEqual(example("PRESENCE:JOINED", first.id, subject));
    second.say({ type: "PRESENCE", payload: { username: "Cerulean" } });
    for (const peer of [first, second]) {
      expect(await peer.hear("PRESENCE:UPDATED")).toEqual(example("PRESENCE:UPDATED", peer.id, subject));
    }
    const answer = post(server.host, "transcript/emit?require-ack=true", { hello: "world" });
    for (const peer of [first, second]) {
      const data = await peer.hear("DATA");
      expect(data).toEqual(example("DATA", peer.id));
      peer.say({ ...CLIENT_FRAMES.ACK, payload: { eventID: data.eventID } });
    }
    expect((await answer).body.acked.toSorted()).toEqual([first.id, second.id].toSorted());
    second.socket.close();
    expect(await first.hear("PRESENCE:LEFT")).toEqual(example("PRESENCE:LEFT", first.id, subject));
    await post(server.host, "transcript/emit", { hello: "world" });
    const plain = await first.hear("DATA", ({ requires_ack }) => requires_ack === false);
    expect(plain).toEqual({ ...example("DATA", first.id), requires_ack: false });
    expect(first.of("PRESENCE:LEFT")).toHaveLength(1);
    expect(second.of("PRESENCE:JOINED")).toEqual([]);
  });

  test("decisions 7 and 11: PING is the example; after a PONG every frame carries the round trip", async () => {
    await using peer = await RawPeer.listen(quick.host, "ping");
    const ping = await peer.hear("PING");
    expect(ping).toEqual(example("PING", peer.id));
    peer.say(CLIENT_FRAMES.PONG);
    const second = await peer.hear("PING", ({ eventID }) => eventID !== ping.eventID);
    expect(second.latency).toBeGreaterThanOrEqual(0);
    expect(second.latency).toBeLessThan(400);
    expect(Number.isInteger(second.latency)).toBe(true);
  });

  test("decision 11 S30: no PONG is the example's ERROR, PRESENCE:LEFT to the others, and close 4408", async () => {
    await using other = await RawPeer.listen(quick.host, "mute");
    other.socket.on("message", (data) => {
      if (JSON.parse(String(data)).type === "PING") other.say({ type: "pong" });
    });
    const mute = await RawPeer.listen(quick.host, "mute");
    expect(await mute.hear("ERROR")).toEqual(example("ERROR", mute.id));
    expect((await mute.closed)[0]).toBe(4408);
    expect(await other.hear("PRESENCE:LEFT")).toMatchObject({ payload: { clientID: mute.id } });
    await other.hear("PING", ({ eventID }) => eventID !== other.of("PING")[0]?.eventID);
    expect(other.of("PRESENCE:LEFT")).toHaveLength(1);
    expect((await quick.stats()).pingTimeouts).toBeGreaterThanOrEqual(1);
  });

  test("S17 compression is offered, and not taken: nothing can grow when it is read", async () => {
    // `ws` offers permessage-deflate unless it is told otherwise.
    await using peer = await RawPeer.listen(server.host, "compression");
    expect(peer.socket.extensions).toBe("");
  });

  test("decision 9: a presence of 4 KiB is taken, one byte more is INVALID_MESSAGE and changes nothing", async () => {
    await using peer = await RawPeer.listen(server.host, "presence");
    peer.say({ type: "PRESENCE", payload: "x".repeat(4_094) });
    await peer.hear("PRESENCE:UPDATED");
    peer.say({ type: "PRESENCE", payload: "y".repeat(4_095) });
    expect((await peer.hear("ERROR")).payload.code).toBe("INVALID_MESSAGE");
    await using later = await RawPeer.listen(server.host, "presence");
    expect(later.heard[0]?.payload.members[0].presence).toBe("x".repeat(4_094));
  });

  test("decision 10: types in any case are read, unknown ones are ignored and counted", async () => {
    await using peer = await RawPeer.listen(server.host, "case");
    const before = (await server.stats()).unknown;
    for (const type of ["SUBSCRIBE", "__proto__", "constructor", "data"]) peer.say({ type, payload: {} });
    const answer = post(server.host, "case/emit?require-ack=true", { n: 1 });
    peer.say({ type: "ack", payload: { eventID: (await peer.hear("DATA")).eventID } });
    expect((await answer).status).toBe(200);
    peer.say({ type: "Presence", payload: 1 });
    await peer.hear("PRESENCE:UPDATED");
    expect(peer.of("ERROR")).toEqual([]);
    expect((await server.stats()).unknown - before).toBe(4);
  });

  test("decision 10 S24: what is no message is INVALID_MESSAGE; the tenth within a minute closes with 1008", async () => {
    const peer = await RawPeer.listen(server.host, "garbage");
    const frames = ["{", "1", "null", "[]", '{"type":5}', new Uint8Array([1, 2]), "", "{}", '{"type":"ACK"}'];
    for (const [index, frame] of frames.entries()) {
      peer.say(frame);
      await until("one more ERROR", () => peer.of("ERROR").length === index + 1);
    }
    expect(new Set(peer.of("ERROR").map(({ payload }) => payload.code))).toEqual(
      new Set(["INVALID_MESSAGE"]),
    );
    peer.say("the tenth");
    expect((await peer.closed)[0]).toBe(runtime === "Deno" ? 4008 : 1008);
  });

  test("decision 13: ids are new with each connection and each frame, and events sort as they were delivered", async () => {
    const peers = await Promise.all(Array.from({ length: 8 }, () => RawPeer.listen(server.host, "ids")));
    for (let n = 0; n < 30; n++) await post(server.host, "ids/emit", { n });
    const datas = await Promise.all(peers.map((peer) => heardAll(peer, 30)));
    for (const data of datas) {
      expect(data.map(({ payload }) => payload.n)).toEqual(Array.from({ length: 30 }, (_, n) => n));
      const ids = data.map(({ eventID }) => String(eventID));
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(30);
    }
    expect(new Set(peers.map(({ id }) => id)).size).toBe(8);
    await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  });

  test("decision 14 S54 S55: who resumes gets what was emitted since, in order, once, and then what is emitted now", async () => {
    const first = await RawPeer.listen(server.host, "resume");
    const quietSince = String(first.heard[0]?.eventID);
    first.socket.terminate();
    for (const n of [1, 2, 3]) await post(server.host, "resume/emit", { n });
    for (const round of [1, 2]) {
      await using again = await RawPeer.listen(server.host, "resume", `?since=${quietSince}`);
      expect(again.heard[0]).toEqual({ ...example("CONNECTED", again.id, { members: [] }), recovered: true });
      await post(server.host, "resume/emit", { n: 3 + round });
      const data = await heardAll(again, 3 + round);
      expect(data.map(({ payload }) => payload.n)).toEqual([1, 2, 3, 4, 5].slice(0, 3 + round));
      const replayed = data.slice(0, -1);
      expect(replayed).toEqual(
        replayed.map(({ payload: { n }, eventID }) => ({
          ...{ type: "DATA", payload: { n }, eventID, clientID: again.id, latency: 0 },
          ...{ requires_ack: false, replayed: true },
        })),
      );
    }
  });

  test("decision 14 S53: an id that history does not reach back to is recovered: false, and never silent", async () => {
    await using peer = await RawPeer.listen(server.host, "gap", "?since=evt_of_another_life");
    expect(peer.heard[0]).toMatchObject({ type: "CONNECTED", recovered: false });
    await expect(RawPeer.listen(server.host, "gap", "?since=nonsense")).rejects.toThrow("400");
  });
});

/** So many DATA frames, once they are there. */
async function heardAll(peer: RawPeer, count: number): Promise<Heard[]> {
  await until(`${count} events`, () => peer.of("DATA").length >= count);
  return peer.of("DATA");
}
