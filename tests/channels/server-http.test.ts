import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, post, RawPeer, until } from "./raw-peer.ts";
import { SERVERS, type Served } from "./served.ts";

const ID = /^evt_[\w-]{16,}$/;

/** The HTTP half by decisions 1 to 6, asked with nothing but `fetch` and `ws`. Each test has a channel of its own. */
describe.each(SERVERS)("channels over HTTP on %s", (_runtime, serve) => {
  let server: Served;
  let quick: Served;
  beforeAll(async () => {
    [server, quick] = await Promise.all([serve(), serve({ ackTimeoutMs: 150 })]);
  });
  afterAll(async () => {
    await Promise.all([server, quick].map((one) => one[Symbol.asyncDispose]()));
  });

  test("decision 1: a GET emits its parameters without the control parameters; a repeated key is an array", async () => {
    await using peer = await RawPeer.listen(server.host, "d1-get");
    const query = `a=1&b=x&b=y&token=t&require-ack=false&clients=${peer.id}&c=%26%C3%A9&__proto__=p`;
    expect(await ask(server.host, `d1-get/emit?${query}`)).toMatchObject({ status: 200 });
    const { payload } = await peer.hear("DATA");
    expect(JSON.stringify(payload)).toBe('{"a":"1","b":["x","y"],"token":"t","c":"&é","__proto__":"p"}');
  });

  test("decision 1: a POST of any content type emits its JSON, whatever it is", async () => {
    await using peer = await RawPeer.listen(server.host, "d1-post");
    const bodies = ['{"hello":"world"}', "[]", "0", "false", '""', '"text"', " [1, {}] "];
    const types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "image/png", ""];
    for (const [index, body] of bodies.entries()) {
      const headers = { "Content-Type": types[index % types.length] ?? "" };
      expect(await ask(server.host, "d1-post/emit", { method: "POST", body, headers })).toMatchObject({
        status: 200,
      });
    }
    await peer.hear("DATA", ({ payload }) => Array.isArray(payload) && payload.length === 2);
    expect(peer.of("DATA").map(({ payload }) => payload)).toEqual(bodies.map((body) => JSON.parse(body)));
  });

  test("decision 1: nothing to emit is 400, and so is what is no JSON; too large is 413", async () => {
    const say = async (body: BodyInit | undefined): Promise<unknown> => {
      const { status, body: answer } = await ask(server.host, "d1-bad/emit", {
        method: "POST",
        ...(body !== undefined && { body }),
      });
      return [status, answer.code];
    };
    for (const nothing of ["{}", "null", "", undefined, " { } "]) {
      expect([nothing, await say(nothing)]).toEqual([nothing, [400, "NO_PAYLOAD"]]);
    }
    for (const broken of ["{", "hello", "{'a':1}", "[1,]", new Uint8Array([34, 0xff, 34])]) {
      expect([broken, await say(broken)]).toEqual([broken, [400, "BAD_JSON"]]);
    }
    expect(await say("[".repeat(33) + "]".repeat(33))).toEqual([400, "TOO_DEEP"]);
    expect(await say(JSON.stringify("x".repeat(65_534)))).toEqual([200, undefined]);
    expect(await say(JSON.stringify("x".repeat(65_535)))).toEqual([413, "TOO_LARGE"]);
    for (const path of ["d1-bad/emit", "d1-bad/emit?clients=1&require-ack=true"]) {
      expect(await ask(server.host, path)).toMatchObject({ status: 400, body: { code: "NO_PAYLOAD" } });
    }
  });

  test("decision 1: another method is 405 with Allow, another path 404, a name that is none 400", async () => {
    for (const [method, path, allow] of [
      ["PUT", "x/emit", "GET, POST"],
      ["DELETE", "x/emit", "GET, POST"],
      ["POST", "x/history", "GET"],
      ["POST", "x/members", "GET"],
      ["POST", "x/listen", "GET"],
    ] as const) {
      const { status, headers, body } = await ask(server.host, path, { method });
      expect([path, status, headers.get("allow"), body.code]).toEqual([
        ...[path, 405, allow],
        "METHOD_NOT_ALLOWED",
      ]);
    }
    for (const path of ["", "x", "x/other", "x/emit/y", "x/y/emit"])
      expect([path, (await ask(server.host, path)).body.code]).toEqual([path, "NOT_FOUND"]);
    for (const name of ["%00", "%FF", "a%2Fb", "a".repeat(201)])
      expect([name, (await ask(server.host, `${name}/emit?a=1`)).body.code]).toEqual([name, "BAD_CHANNEL"]);
  });

  test("decision 2: an emit is answered with its id and how many sockets took it, and with nothing else", async () => {
    const empty = await post(server.host, "d2/emit", { n: 1 });
    expect(empty.body).toEqual({ success: true, eventID: expect.stringMatching(ID), delivered: 0 });
    await using peer = await RawPeer.listen(server.host, "d2");
    const { status, body } = await post(server.host, "d2/emit", { n: 2 });
    expect([status, body]).toEqual([200, { success: true, eventID: expect.any(String), delivered: 1 }]);
    expect(await peer.hear("DATA")).toMatchObject({ eventID: body.eventID, requires_ack: false });
  });

  test("decision 3 S40: n distinct ones at random; none, a part, less than one or more than there are is 400", async () => {
    const peers = await Promise.all([1, 2, 3, 4].map(() => RawPeer.listen(server.host, "d3")));
    for (const clients of ["0", "-1", "1.5", "", "1e1", "%2B2", "5", "99999999999999999999"]) {
      const { status, body } = await ask(server.host, `d3/emit?a=1&clients=${clients}`);
      expect([clients, status, body.success]).toEqual([clients, clients === "" ? status : 400, false]);
    }
    for (let n = 0; n < 20; n++) {
      const { body } = await post(server.host, `d3/emit?clients=${1 + (n % 4)}`, { n });
      expect(body.delivered).toBe(1 + (n % 4));
    }
    await post(server.host, "d3/emit", "last");
    await Promise.all(peers.map((peer) => peer.hear("DATA", ({ payload }) => payload === "last")));
    for (let n = 0; n < 20; n++) {
      const got = peers.map((peer) => peer.of("DATA").filter(({ payload }) => payload.n === n).length);
      expect([n, ...got.toSorted()]).toEqual([n, ...[0, 0, 0, 0].fill(1, 3 - (n % 4))]);
    }
    await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  });

  test("decision 3 S39: named ones, each once; the unknown are missing; none known is 404 and never everyone", async () => {
    await using one = await RawPeer.listen(server.host, "d3-ids");
    await using other = await RawPeer.listen(server.host, "d3-ids");
    await using stranger = await RawPeer.listen(server.host, "d3-elsewhere");
    const ids = [one.id, stranger.id, one.id, "client_of_nobody"].join(",");
    expect((await post(server.host, `d3-ids/emit?clients=${ids}`, { n: 1 })).body).toEqual({
      ...{ success: true, eventID: expect.any(String), delivered: 1 },
      missing: [stranger.id, "client_of_nobody"],
    });
    const none = await post(server.host, `d3-ids/emit?clients=${stranger.id}`, { n: 2 });
    expect(none).toMatchObject({ status: 404, body: { code: "UNKNOWN_CLIENTS", missing: [stranger.id] } });
    await post(server.host, "d3-ids/emit", "last");
    for (const peer of [one, other]) await peer.hear("DATA", ({ payload }) => payload === "last");
    expect([one, other].map((peer) => peer.of("DATA").length)).toEqual([2, 1]);
    expect(stranger.of("DATA")).toEqual([]);
  });

  test("decision 4: require-ack is true, 1, false or 0, and anything else 400", async () => {
    await using peer = await RawPeer.listen(server.host, "d4");
    peer.socket.on("message", (data) => {
      const { type, eventID, requires_ack } = JSON.parse(String(data));
      if (type === "DATA" && requires_ack) peer.ack(eventID);
    });
    for (const value of ["true", "1", "false", "0"]) {
      for (const aim of ["", "&clients=1", `&clients=${peer.id}`]) {
        const { status, body } = await post(server.host, `d4/emit?require-ack=${value}${aim}`, { value });
        const acked = value === "true" || value === "1" ? [peer.id] : undefined;
        expect([value, aim, status, body.acked]).toEqual([value, aim, 200, acked]);
      }
    }
    for (const value of ["", "yes", "TRUE", "2", "true&require-ack=true"]) {
      const { status, body } = await post(server.host, `d4/emit?require-ack=${value}`, { value });
      expect([value, status, body.code]).toEqual([value, 400, "BAD_PARAMETER"]);
    }
    expect((await post(server.host, "d4-empty/emit?require-ack=true", { n: 1 })).body).toMatchObject({
      code: "NO_CLIENTS",
    });
  });

  test("decision 4 S37: who leaves is not waited for: 410 long before 408", async () => {
    await using good = await RawPeer.listen(server.host, "d4-left");
    const leaves = await RawPeer.listen(server.host, "d4-left");
    const before = performance.now();
    const answer = post(server.host, "d4-left/emit?require-ack=true", { n: 1 });
    good.ack((await good.hear("DATA")).eventID);
    await leaves.hear("DATA");
    leaves.socket.terminate();
    expect(await answer).toMatchObject({
      status: 410,
      body: { code: "CLIENTS_LEFT", acked: [good.id], left: [leaves.id] },
    });
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  test("decision 4 S41: a caller that hangs up frees what was waiting", async () => {
    await using peer = await RawPeer.listen(server.host, "d4-hang-up");
    const stop = new AbortController();
    const init = { method: "POST", body: '"x"', signal: stop.signal };
    const answer = ask(server.host, "d4-hang-up/emit?require-ack=true", init);
    await peer.hear("DATA");
    expect((await server.stats()).pendingAcks).toBe(1);
    stop.abort();
    await expect(answer).rejects.toThrow();
    await until("nothing waits", async () => (await server.stats()).pendingAcks === 0);
  });

  test("decision 5 S42: the same key delivers once and answers the same, also while the first still waits", async () => {
    await using peer = await RawPeer.listen(server.host, "d5");
    const say = (payload: unknown, channel = "d5"): ReturnType<typeof post> =>
      post(server.host, `${channel}/emit?require-ack=true`, payload, { "Idempotency-Key": "k1" });
    const [first, second] = [say({ n: 1 }), say({ n: 1 })];
    peer.ack((await peer.hear("DATA")).eventID);
    expect((await second).body).toEqual((await first).body);
    expect((await say({ n: 1 })).body).toEqual((await first).body);
    expect(await say({ n: 2 })).toMatchObject({ status: 422, body: { code: "IDEMPOTENCY_MISMATCH" } });
    expect((await say({ n: 1 }, "d5-other")).body.code).toBe("NO_CLIENTS");
    expect(peer.of("DATA")).toHaveLength(1);
  });

  test("decision 6: listen without an upgrade is 426; members are named with their presence", async () => {
    const { status, headers, body } = await ask(server.host, "d6/listen");
    expect([status, headers.get("upgrade"), body.code]).toEqual([426, "websocket", "UPGRADE_REQUIRED"]);
    expect((await ask(server.host, "d6/members")).body).toEqual({ success: true, members: [] });
    await using peer = await RawPeer.listen(
      server.host,
      "d6",
      "?presence=%7B%22username%22%3A%22Cerulean%22%7D",
    );
    expect((await ask(server.host, "d6/members")).body.members).toEqual([
      { clientID: peer.id, presence: { username: "Cerulean" } },
    ]);
  });

  test("decision 6: history is oldest first with ids and times, after an event, up to a limit", async () => {
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push((await post(server.host, "d6-h/emit", { n })).body.eventID);
    const { body } = await ask(server.host, "d6-h/history");
    const all = ids.map((eventID, at) => ({ eventID, payload: { n: at + 1 }, time: expect.any(Number) }));
    expect(body).toEqual({ success: true, events: all, complete: expect.any(Boolean) });
    expect(Math.abs(Date.now() - body.events[2].time)).toBeLessThan(60_000);
    const part = await ask(server.host, `d6-h/history?since=${ids[0]}&limit=1`);
    expect(part.body.events).toEqual(all.slice(1, 2));
    expect((await ask(server.host, "d6-h/history?limit=2")).body.events).toEqual(all.slice(1));
    for (const bad of ["limit=0", "limit=x", "since=nonsense"]) {
      expect([bad, (await ask(server.host, `d6-h/history?${bad}`)).body.code]).toEqual([
        bad,
        "BAD_PARAMETER",
      ]);
    }
  });

  test("decision 12 S38: an ACK that is late, repeated or foreign is ignored and counted", async () => {
    await using peer = await RawPeer.listen(quick.host, "d12");
    await using stranger = await RawPeer.listen(quick.host, "d12");
    const before = await quick.stats();
    const late = post(quick.host, `d12/emit?require-ack=true&clients=${peer.id}`, { n: 1 });
    const { eventID } = await peer.hear("DATA", ({ payload }) => payload.n === 1);
    stranger.ack(eventID);
    expect(await late).toMatchObject({ status: 408, body: { missing: [peer.id] } });
    peer.ack(eventID);
    const good = post(quick.host, `d12/emit?require-ack=true&clients=${peer.id}`, { n: 2 });
    const second = await peer.hear("DATA", ({ payload }) => payload.n === 2);
    for (const _ of [1, 2, 3]) peer.ack(second.eventID);
    expect(await good).toMatchObject({ status: 200, body: { acked: [peer.id] } });
    peer.say({ type: "PRESENCE", payload: "done" });
    await peer.hear("PRESENCE:UPDATED");
    const after = await quick.stats();
    expect([after.acked - before.acked, after.ignoredAcks - before.ignoredAcks]).toEqual([1, 4]);
  });
});

test.concurrent.each(SERVERS)(
  "decision 4 S36: not all within 5.0 s is 408, with who acknowledged and who is silent, on %s",
  async (_runtime, serve) => {
    await using server = await serve();
    await using good = await RawPeer.listen(server.host, "d4");
    await using silent = await RawPeer.listen(server.host, "d4");
    const before = performance.now();
    const answer = post(server.host, "d4/emit?require-ack=true", { n: 1 });
    good.ack((await good.hear("DATA")).eventID);
    expect(await answer).toMatchObject({
      status: 408,
      body: { code: "ACK_TIMEOUT", delivered: 2, acked: [good.id], missing: [silent.id] },
    });
    // A timer of the host may be a moment early; how late it is, is up to the machine.
    expect(performance.now() - before).toBeGreaterThan(4_950);
  },
);
