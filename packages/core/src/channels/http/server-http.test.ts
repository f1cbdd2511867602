import { describe, expect, test } from "vitest";
import { channelRig, knock } from "../../../../../tests/support/channel-rig.ts";

/** docs/protocols/channels.md, decisions 1 and 6: what the HTTP half takes, and what it answers. */

const post = (body: BodyInit, headers: Record<string, string> = {}): RequestInit => ({
  ...{ method: "POST", body, headers },
});

async function payloadOf(path: string, init?: RequestInit): Promise<unknown> {
  const { emit } = channelRig();
  const { status, body } = await emit(path, init);
  expect(body).toMatchObject({ success: true });
  expect(status).toBe(200);
  return (await emit("/news/history")).body.events[0].payload;
}

describe("decision 1 the payload", () => {
  test.each([
    ["a=1", { a: "1" }],
    ["a=1&a=2&b=3", { a: ["1", "2"], b: "3" }],
    ["a=x+y%20z&%C3%A9=%E2%82%AC", { a: "x y z", é: "€" }],
    ["flag", { flag: "" }],
    ["a=b=c&&", { a: "b=c" }],
    ["token=t", { token: "t" }],
  ])("of a GET is its parameters without the control parameters: %s", async (query, payload) => {
    expect(await payloadOf(`/news/emit?${query}`)).toEqual(payload);
  });

  test.each([
    ['{"hello":"world"}', { hello: "world" }],
    ["[]", []],
    ["0", 0],
    ['""', ""],
    ["false", false],
    ['\n {\r\n "a" :\n 1 }\n', { a: 1 }],
  ])("of a POST is its body, JSON of any content type: %j", async (body, payload) => {
    expect(await payloadOf("/news/emit", post(body, { "Content-Type": "image/png" }))).toEqual(payload);
  });

  test("stays as it was sent, but for line breaks: twenty digits and a lone surrogate arrive whole (S24)", async () => {
    const { emit, network, clock, server } = channelRig();
    const frames: string[] = [];
    const handler = { onFrame: (frame: unknown) => void frames.push(String(frame)), onClose: () => {} };
    void network.socket("ws://server/news/listen", handler, { signal: new AbortController().signal });
    await clock.advance(5);
    await emit("/news/emit", post('{"n":12345678901234567890,\n"s":"\\ud800"}'));
    await clock.advance(5);
    expect(frames[1]).toContain('"payload":{"n":12345678901234567890, "s":"\\ud800"},');
    await server.close();
  });

  test("S22 __proto__, constructor and prototype are plain data and plain names", async () => {
    const { emit, listen, clock } = channelRig();
    const listener = await listen("__proto__");
    await emit("/__proto__/emit?__proto__=1&constructor=2&prototype=3");
    await emit("/__proto__/emit", post('{"__proto__":{"polluted":true}}'));
    await clock.advance(5);
    const [query, body] = listener.of("DATA").map(({ payload }) => payload);
    expect(Object.keys(query)).toEqual(["__proto__", "constructor", "prototype"]);
    expect(JSON.stringify(body)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((await emit("/constructor/members")).body).toEqual({ success: true, members: [] });
  });

  const deep = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  const sized = (bytes: number): string => `"${"x".repeat(bytes - 2)}"`;
  const endless = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(0x20)) });

  test.each([
    ["no parameters", "/news/emit", undefined, 400, "NO_PAYLOAD"],
    ["control parameters alone", "/news/emit?require-ack=true", undefined, 400, "NO_PAYLOAD"],
    ["an empty body", "/news/emit?a=1", { method: "POST" }, 400, "NO_PAYLOAD"],
    ["a body of spaces", "/news/emit", post(" \n"), 400, "NO_PAYLOAD"],
    ["{}", "/news/emit", post(" {} "), 400, "NO_PAYLOAD"],
    ["null", "/news/emit", post("null"), 400, "NO_PAYLOAD"],
    ["no JSON", "/news/emit", post("{a:1}"), 400, "BAD_JSON"],
    ["two values", "/news/emit", post("1\n2"), 400, "BAD_JSON"],
    ["no UTF-8", "/news/emit", post(new Uint8Array([0x22, 0xff, 0x22])), 400, "BAD_JSON"],
    ["half a character", "/news/emit", post(new Uint8Array([0x22, 0xe2, 0x82])), 400, "BAD_JSON"],
    ["33 deep", "/news/emit", post(deep(33)), 400, "TOO_DEEP"],
    ["S21 30,000 deep", "/news/emit", post(deep(30_000)), 400, "TOO_DEEP"],
    ["one byte too many", "/news/emit", post(sized(65_537)), 413, "TOO_LARGE"],
    ["a declared length too large", "/news/emit", post("1", { "Content-Length": "65537" }), 413, "TOO_LARGE"],
    ["a body without end", "/news/emit", { ...post(endless()), duplex: "half" }, 413, "TOO_LARGE"],
    ["parameters too large", `/news/emit?a=${"x".repeat(65_536)}`, undefined, 413, "TOO_LARGE"],
    ["what cannot be decoded", "/news/emit?a=%zz", undefined, 400, "BAD_PARAMETER"],
    ["what is no UTF-8", "/news/emit?a=%ff", undefined, 400, "BAD_PARAMETER"],
  ] as const)("%s is refused", async (_, path, init, status, code) => {
    const { emit } = channelRig();
    const answer = await emit(path, init as RequestInit);
    expect(answer).toMatchObject({ status, body: { success: false, code, error: expect.any(String) } });
  });

  test("32 deep and exactly 64 KiB are taken", async () => {
    const { emit } = channelRig();
    expect((await emit("/news/emit", post(deep(32)))).status).toBe(200);
    expect((await emit("/news/emit", post(sized(65_536)))).status).toBe(200);
  });
});

describe("decisions 3 and 4 the control parameters", () => {
  test.each([
    ["clients=0"],
    ["clients=-1"],
    ["clients=1.5"],
    ["clients="],
    ["clients=all"],
    ["clients=1e1"],
    ["clients=client_a,2"],
    ["clients=client_a,"],
    ["clients=1&clients=2"],
    ["require-ack=yes"],
    ["require-ack="],
    ["require-ack=TRUE"],
    ["require-ack=1&require-ack=1"],
  ])("S40 %s is 400, names the parameter, and never becomes everybody", async (query) => {
    const { emit, listen, clock, server } = channelRig();
    const listener = await listen();
    const { status, body } = await emit(`/news/emit?a=1&${query}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: "BAD_PARAMETER" });
    expect(body.error).toContain(query.split("=")[0]);
    await clock.advance(5);
    expect(listener.of("DATA")).toEqual([]);
    expect(server.stats().emitted).toBe(0);
  });

  test.each([
    ["", "1 to 200"],
    ["k".repeat(201), "201"],
  ])("decision 5 an Idempotency-Key of the wrong length is 400", async (key, said) => {
    const { emit } = channelRig();
    const { status, body } = await emit("/news/emit?a=1", { headers: { "Idempotency-Key": key } });
    expect({ status, code: body.code }).toEqual({ status: 400, code: "BAD_PARAMETER" });
    expect(body.error).toContain(said);
  });
});

describe("paths and methods", () => {
  test.each([
    ["GET", "/", 404, "NOT_FOUND"],
    ["GET", "/news", 404, "NOT_FOUND"],
    ["GET", "/news/emit/more?a=1", 404, "NOT_FOUND"],
    ["GET", "/news/emit/?a=1", 404, "NOT_FOUND"],
    ["GET", "/news/constructor", 404, "NOT_FOUND"],
    ["GET", "/news/listen", 426, "UPGRADE_REQUIRED"],
    ["PUT", "/news/emit", 405, "METHOD_NOT_ALLOWED"],
    ["HEAD", "/news/emit", 405, "METHOD_NOT_ALLOWED"],
    ["POST", "/news/history", 405, "METHOD_NOT_ALLOWED"],
    ["DELETE", "/news/members", 405, "METHOD_NOT_ALLOWED"],
    ["GET", "//emit?a=1", 400, "BAD_CHANNEL"],
    ["GET", "/%00/emit?a=1", 400, "BAD_CHANNEL"],
    ["GET", "/a%2Fb/emit?a=1", 400, "BAD_CHANNEL"],
    ["GET", "/%ff/emit?a=1", 400, "BAD_CHANNEL"],
    ["GET", `/${"x".repeat(201)}/emit?a=1`, 400, "BAD_CHANNEL"],
    ["GET", `/${"x".repeat(200)}/emit?a=1`, 200, undefined],
    ["GET", "/%F0%9F%98%80%20x/emit?a=1", 200, undefined],
  ])("decision 1 %s %s is %i %s", async (method, path, status, code) => {
    const { emit } = channelRig();
    const answer = await emit(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.body?.code).toBe(code);
    if (status === 405) expect(answer.headers.get("allow")).toBe(path.includes("emit") ? "GET, POST" : "GET");
    if (status === 426) expect(answer.headers.get("upgrade")).toBe("websocket");
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("decision 6 history is oldest first, with ids and times, after an event and up to a limit", async () => {
    const { emit } = channelRig();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push((await emit(`/news/emit?n=${n}`)).body.eventID);
    const { body } = await emit("/news/history");
    expect(body).toMatchObject({ success: true, complete: true });
    expect(body.events.map((event: { eventID: string }) => event.eventID)).toEqual(ids);
    expect([...ids].sort()).toEqual(ids);
    for (const { time } of body.events) expect(Math.abs(Date.now() - time)).toBeLessThan(60_000);
    const numbers = async (query: string): Promise<unknown[]> =>
      (await emit(`/news/history?${query}`)).body.events.map(
        ({ payload }: { payload: { n: string } }) => payload.n,
      );
    expect(await numbers("limit=2")).toEqual(["2", "3"]);
    expect(await numbers(`since=${ids[0]}`)).toEqual(["2", "3"]);
    expect(await numbers(`since=${ids[0]}&limit=1`)).toEqual(["2"]);
    for (const bad of ["limit=0", "limit=x", "limit=1001", "since=1", "limit=1&limit=2"]) {
      expect(await emit(`/news/history?${bad}`)).toMatchObject({
        status: 400,
        body: { code: "BAD_PARAMETER" },
      });
    }
  });

  test("decision 6 members are listed with their presence", async () => {
    const { emit, listen } = channelRig();
    const one = await listen("news", `?presence=${encodeURIComponent('{"username":"Cerulean"}')}`);
    const two = await listen();
    expect((await emit("/news/members")).body).toEqual({
      success: true,
      members: [
        { clientID: one.id, presence: { username: "Cerulean" } },
        { clientID: two.id, presence: {} },
      ],
    });
  });
});

test("an answer ends with a newline, a refusal's too", async () => {
  const { server } = channelRig();
  for (const path of ["/news/members", "/news/history", "/news/emit?a=1", "/news/emit", "/nowhere"]) {
    const text = await (await server.fetch(new Request(`http://server${path}`))).text();
    expect(text).toMatch(/^\{"success":.*\}\n$/);
  }
});

describe("pages of other origins", () => {
  const from = (origin: string, more: Record<string, string> = {}): RequestInit => ({
    headers: { Origin: origin, ...more },
  });

  test("an allowed origin asks first, emits, and may read the answer", async () => {
    const { emit } = channelRig({ origins: ["https://app.example"] });
    const asked = await emit("/news/emit", { method: "OPTIONS", ...from("https://app.example") });
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(asked.headers.get("access-control-allow-headers")).toBe(
      "Authorization, Content-Type, Idempotency-Key",
    );
    for (const path of ["/news/emit?a=1", "/news/emit"]) {
      const { headers } = await emit(path, from("https://app.example"));
      expect(headers.get("access-control-allow-origin")).toBe("https://app.example");
      expect(headers.get("vary")).toBe("Origin");
    }
  });

  test("S5 another origin is refused before any hook is asked, and may read nothing", async () => {
    let asked = 0;
    const { emit } = channelRig({ authorize: () => ++asked > 0 });
    for (const origin of ["https://evil.example", "null", "http://server.evil.example"]) {
      const { status, body, headers } = await emit("/news/emit?a=1", from(origin));
      expect({ status, code: body.code }).toEqual({ status: 403, code: "BAD_ORIGIN" });
      expect(headers.has("access-control-allow-origin")).toBe(false);
    }
    expect((await emit("/news/emit?a=1", from("http://server"))).status).toBe(200);
    expect(asked).toBe(1);
  });

  test("S5 a picture on a page over plain HTTP, which sends no Sec-Fetch-Site, is known by its Referer", async () => {
    const { emit } = channelRig({ origins: ["https://app.example"] });
    const statusFrom = async (referer: string, more: Record<string, string> = {}): Promise<number> =>
      (await emit("/news/emit?a=1", { headers: { Referer: referer, ...more } })).status;
    for (const foreign of [
      "http://evil.example/page",
      "http://server.evil.example/",
      "http://x@evil/",
      "server",
    ])
      expect([foreign, await statusFrom(foreign)]).toEqual([foreign, 403]);
    for (const own of ["http://server/page?a=1", "https://app.example/x"])
      expect([own, await statusFrom(own)]).toEqual([own, 200]);
    // A browser that says that it is the same origin knows better; also of an IP address.
    expect(await statusFrom("http://127.0.0.1:8080/", { "Sec-Fetch-Site": "same-origin" })).toBe(200);
    expect(await statusFrom("http://evil.example/", { Origin: "https://app.example" })).toBe(200);
    const open = channelRig({ origins: ["*"] });
    expect((await open.emit("/news/emit?a=1", { headers: { Referer: "http://any.example/" } })).status).toBe(
      200,
    );
  });

  test("S5 a page that rebinds its name to this server is known by its Host", async () => {
    const { emit, server } = channelRig({ hosts: ["Chat.example", "[::1]:80"], origins: ["*"] });
    const statusOf = async (Host: string): Promise<number> =>
      (await emit("/news/history", { headers: { Host } })).status;
    for (const host of ["chat.example", "chat.EXAMPLE:8080", "[::1]:80"])
      expect([host, await statusOf(host)]).toEqual([host, 200]);
    for (const host of ["evil.example", "[::1]:81", "x.chat.example", ""])
      expect([host, await statusOf(host)]).toEqual([host, 403]);
    const headers = { Host: "evil.example", Origin: "http://evil.example" };
    expect(await server.accept(knock("/news/listen", headers))).toMatchObject({ status: 403 });
    expect(() => channelRig({ hosts: ["http://x"] })).toThrow("Option hosts must hold hosts such as");
  });

  test("S5 a picture on another page, which has no Origin, emits nothing", async () => {
    const { emit } = channelRig();
    for (const site of ["cross-site", "same-site"]) {
      const answer = await emit("/news/emit?a=1", { headers: { "Sec-Fetch-Site": site } });
      expect(answer).toMatchObject({ status: 403, body: { code: "BAD_ORIGIN" } });
    }
    for (const site of ["none", "same-origin"]) {
      expect((await emit("/news/emit?a=1", { headers: { "Sec-Fetch-Site": site } })).status).toBe(200);
    }
    const open = channelRig({ origins: ["*"] });
    expect((await open.emit("/news/emit?a=1", { headers: { "Sec-Fetch-Site": "cross-site" } })).status).toBe(
      200,
    );
  });
});
