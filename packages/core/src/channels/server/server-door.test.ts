import { describe, expect, test } from "vitest";
import { channelRig, knock } from "../../../../../tests/support/channel-rig.ts";
import type { Refusal } from "../../socket/listener.ts";
import type { Authorize, AuthorizeRequest } from "./server-options.ts";

/** docs/protocols/channels.md, who is let in: S5 to S13. */

const base64url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** What the door answers: `welcome`, or the refusal's status and code. */
async function answerOf(
  rig: ReturnType<typeof channelRig>,
  ...asked: Parameters<typeof knock>
): Promise<string | { status: number; code: string; headers: Refusal["headers"]; error: string }> {
  const answer = await rig.server.accept(knock(...asked));
  if (typeof answer === "function") return "welcome";
  const { code, error } = JSON.parse(answer.reason);
  return { status: answer.status, code, headers: answer.headers, error };
}

describe("origin", () => {
  const cookie = { Cookie: "session=1" };
  test.each([
    ["S5 a foreign origin with a cookie", { ...cookie, Origin: "https://evil.example" }, 403],
    ["S6 a cookie without an origin", cookie, 403],
    ["S7 origin null", { Origin: "null" }, 403],
    [
      "S7 an IP address as origin, also where it is the host",
      { Origin: "http://192.0.2.1", Host: "192.0.2.1" },
      403,
    ],
    ["the server's own host", { ...cookie, Origin: "https://chan.example", Host: "chan.example" }, 200],
    ["an origin that is allowed", { ...cookie, Origin: "https://app.example" }, 200],
    ["no browser at all", {}, 200],
  ])("%s", async (_, headers, status) => {
    let asked = 0;
    const rig = channelRig({ origins: ["https://app.example"], authorize: () => ++asked > 0 });
    const answer = await answerOf(rig, "/news/listen", headers);
    if (status === 200) expect(answer).toBe("welcome");
    else expect(answer).toMatchObject({ status, code: "BAD_ORIGIN" });
    expect(asked).toBe(status === 200 ? 1 : 0);
    expect(rig.server.stats().refused).toBe(status === 200 ? 0 : 1);
  });

  test("S6 a cookie without an origin is taken where that is allowed", async () => {
    const rig = channelRig({ allowCookieWithoutOrigin: true });
    expect(await answerOf(rig, "/news/listen", cookie)).toBe("welcome");
  });
});

describe("credentials", () => {
  const seen = async (
    path: string,
    headers: Record<string, string>,
    options: { tokenInQuery?: boolean } = {},
  ): Promise<string | undefined> => {
    let token: string | undefined = "never asked";
    const rig = channelRig({
      ...options,
      authorize: (request) => {
        token = request.token;
        return true;
      },
    });
    await answerOf(rig, path, headers);
    return token;
  };

  test("come from Authorization, from a subprotocol, or from nowhere", async () => {
    expect(await seen("/news/listen", { Authorization: "Bearer t0k" })).toBe("t0k");
    const protocols = `holdfast, bearer.${base64url("tökén/+=")}`;
    expect(await seen("/news/listen", { "Sec-WebSocket-Protocol": protocols })).toBe("tökén/+=");
    expect(await seen("/news/listen", {})).toBeUndefined();
  });

  test("S8 in the query they count only where that was switched on", async () => {
    expect(await seen("/news/listen?token=secret", {})).toBeUndefined();
    expect(await seen("/news/listen?token=secret", {}, { tokenInQuery: true })).toBe("secret");
  });

  test("S8 in the query a token is no payload where that was switched on", async () => {
    const { emit } = channelRig({ tokenInQuery: true });
    await emit("/news/emit?token=secret&a=1");
    expect((await emit("/news/history")).body.events[0].payload).toEqual({ a: "1" });
    expect(await emit("/news/emit?token=secret")).toMatchObject({
      status: 400,
      body: { code: "NO_PAYLOAD" },
    });
  });

  test.each([
    [{ Authorization: "Basic c2VjcmV0" }],
    [{ Authorization: "Bearer" }],
    [{ "Sec-WebSocket-Protocol": "holdfast, bearer.c2Vj*cmV0" }],
    [{ "Sec-WebSocket-Protocol": "holdfast, bearer." }],
    [{ "Sec-WebSocket-Protocol": `holdfast, bearer.${base64url("a")}, bearer.c2VjcmV0` }],
    // A transport that takes the first would echo the token (S9).
    [{ "Sec-WebSocket-Protocol": "bearer.c2VjcmV0, holdfast" }],
  ])("S8 S9 %o is 401, and the token is in no answer", async (headers) => {
    const answer = await answerOf(channelRig(), "/news/listen", headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
    expect(JSON.stringify(answer)).not.toMatch(/c2Vj|secret/);
  });
});

describe("S11 the hook", () => {
  const never = new Promise<never>(() => {});
  test.each<[string, Authorize, number, string]>([
    ["false", () => false, 403, "FORBIDDEN"],
    ["unauthenticated", () => "unauthenticated", 401, "UNAUTHORIZED"],
    ["expired", () => ({ expiresAt: Date.now() - 1 }), 401, "UNAUTHORIZED"],
    ["throws", () => JSON.parse("secret"), 503, "AUTHORIZE_FAILED"],
    ["rejects", () => Promise.reject(new Error("no database")), 503, "AUTHORIZE_FAILED"],
    ["never settles", () => never, 503, "AUTHORIZE_FAILED"],
    ["gives nonsense", () => undefined as never, 503, "AUTHORIZE_FAILED"],
    ["gives a time that is none", () => ({ expiresAt: Number.NaN }), 503, "AUTHORIZE_FAILED"],
  ])("that %s refuses, over HTTP and at the upgrade", async (_, authorize, status, code) => {
    const rig = channelRig({ authorize });
    const errors: string[] = [];
    rig.server.on("error", ({ message }) => void errors.push(message));
    const upgrade = answerOf(rig, "/news/listen");
    const answers = Promise.all([upgrade, rig.emit("/news/emit?a=1")]);
    await rig.clock.advance(5_000);
    const [refusal, answer] = await answers;
    expect(refusal).toMatchObject({ status, code });
    expect(answer).toMatchObject({ status, body: { code } });
    if (status === 503) expect(answer.headers.get("retry-after")).toBe("1");
    expect(errors).toHaveLength(status === 503 ? 2 : 0);
    expect(rig.clock.pending).toBe(0);
  });

  test("is shown the action, the channel, the headers and the peer, and is told when it is not awaited any more", async () => {
    const seen: AuthorizeRequest[] = [];
    const rig = channelRig({
      authorize: (request) => {
        seen.push(request);
        return request.action === "members" ? never : true;
      },
    });
    rig.server.on("error", () => {});
    await rig.emit("/a%20b/emit?x=1", { headers: { "X-Key": "1" } });
    await answerOf(rig, "/a%20b/listen", { "X-Key": "2" }, "192.0.2.1");
    const late = rig.emit("/a%20b/members");
    await rig.clock.advance(5_001);
    await late;
    expect(seen.map(({ action, channel, peer }) => ({ action, channel, peer }))).toEqual([
      { action: "emit", channel: "a b", peer: "192.0.2.9" },
      { action: "listen", channel: "a b", peer: "192.0.2.1" },
      { action: "members", channel: "a b", peer: "192.0.2.9" },
    ]);
    expect(seen.map((request) => request.header("x-key"))).toEqual(["1", "2", undefined]);
    expect(seen.map(({ signal }) => signal.aborted)).toEqual([false, false, true]);
  });

  test("S12 a leave that ends is told, and the listener closed", async () => {
    const rig = channelRig({ authorize: () => ({ expiresAt: Date.now() + 30_000 }) });
    const listener = await rig.listen();
    await rig.clock.advance(20_000);
    listener.say({ type: "PONG" });
    expect(listener.ended).toBeUndefined();
    await rig.clock.advance(4_000);
    for (const _ of listener.of("PING")) listener.say({ type: "PONG" });
    await rig.clock.advance(2_000);
    for (const _ of listener.of("PING")) listener.say({ type: "PONG" });
    await rig.clock.advance(4_010);
    expect(listener.of("ERROR")[0]?.payload).toMatchObject({ code: "EXPIRED" });
    expect(listener.ended).toMatchObject({ code: 4401 });
  });
});

describe("S13 caps", () => {
  test("an address has 20 connections, the next is 429 with Retry-After, and a close makes room for exactly one", async () => {
    const rig = channelRig();
    const sockets: Array<{ onClose(): void }> = [];
    const enter = async (peer: string): Promise<boolean> => {
      const answer = await rig.server.accept(knock("/news/listen", {}, peer));
      if (typeof answer !== "function") return false;
      const socket = { bufferedAmount: 0, send: () => true, close: () => {}, terminate: () => {} };
      const handler = answer(socket);
      sockets.push({ onClose: () => handler.onClose({ kind: "abnormal", message: "gone" }) });
      return true;
    };
    for (let index = 0; index < 20; index++) expect(await enter("192.0.2.1")).toBe(true);
    const refusal = await answerOf(rig, "/news/listen", {}, "192.0.2.1");
    expect(refusal).toMatchObject({
      status: 429,
      code: "TOO_MANY_CONNECTIONS",
      headers: { "Retry-After": "10" },
    });
    expect(await enter("192.0.2.2")).toBe(true);
    sockets[0]?.onClose();
    sockets[0]?.onClose();
    expect(await enter("192.0.2.1")).toBe(true);
    expect(await enter("192.0.2.1")).toBe(false);
    expect(rig.server.stats().clients).toBe(21);
  });

  test("refusals of the hook and those who hang up before the socket keep no place", async () => {
    const rig = channelRig({ authorize: ({ channel }) => channel === "open" });
    for (let index = 0; index < 50; index++) {
      await rig.server.accept(knock("/shut/listen", {}, "192.0.2.1"));
      await rig.server.accept(knock("/open/listen", {}, "192.0.2.1"));
    }
    expect(await answerOf(rig, "/open/listen", {}, "192.0.2.1")).toBe("welcome");
  });

  test("those who wait for the hook count, so that a hook that hangs gathers no crowd", async () => {
    const rig = channelRig({ authorize: () => new Promise<never>(() => {}) });
    rig.server.on("error", () => {});
    const waiting = Array.from({ length: 20 }, () => answerOf(rig, "/news/listen", {}, "192.0.2.1"));
    expect(await answerOf(rig, "/news/listen", {}, "192.0.2.1")).toMatchObject({ status: 429 });
    await rig.clock.advance(5_000);
    await Promise.all(waiting);
    expect(rig.clock.pending).toBe(0);
  });
});

test.each([
  ["/news/emit", 404, "NOT_FOUND"],
  ["/news", 404, "NOT_FOUND"],
  ["/%00/listen", 400, "BAD_CHANNEL"],
  ["/%2e/listen", 400, "BAD_CHANNEL"],
  ["/.%2E/listen", 400, "BAD_CHANNEL"],
  ["/news/listen?since=5", 400, "BAD_PARAMETER"],
  ["/news/listen?presence={", 400, "BAD_PARAMETER"],
  [`/news/listen?presence=${"[".repeat(40)}`, 400, "BAD_PARAMETER"],
  [`/news/listen?presence="${"x".repeat(4_095)}"`, 400, "BAD_PARAMETER"],
  // 1e20 is shown to the others with 21 digits.
  [`/news/listen?presence=[${Array(800).fill("1e20").join()}]`, 400, "BAD_PARAMETER"],
])("an upgrade of %s is %i %s", async (path, status, code) => {
  expect(await answerOf(channelRig(), path)).toMatchObject({ status, code });
});

test("a presence of exactly 4 KiB is taken", async () => {
  expect(await answerOf(channelRig(), `/news/listen?presence="${"x".repeat(4_094)}"`)).toBe("welcome");
});

describe("S16 refused", () => {
  test("tells the channel, the code, the peer and the origin, at the upgrade and over HTTP, and no token", async () => {
    const rig = channelRig({
      tokenInQuery: true,
      authorize: ({ token, channel }) => {
        if (channel === "broken") throw new Error("no database");
        return token === undefined ? "unauthenticated" : false;
      },
    });
    const told: unknown[] = [];
    rig.server.on("refused", (refused) => void told.push(refused));
    rig.server.on("error", () => {});
    await rig.server.accept(knock("/a%20b/listen?token=secret", {}, "192.0.2.1"));
    await rig.server.accept(knock("/news/listen", { Origin: "https://evil.example" }, "192.0.2.1"));
    await rig.server.accept(knock("/?token=secret", { Origin: "null" }));
    await rig.emit("/news/emit?a=1");
    await rig.emit("/broken/emit?a=1&token=secret");
    const origin = undefined;
    expect(told).toEqual([
      { channel: "a b", code: "FORBIDDEN", peer: "192.0.2.1", origin },
      { channel: "news", code: "BAD_ORIGIN", peer: "192.0.2.1", origin: "https://evil.example" },
      { channel: undefined, code: "BAD_ORIGIN", peer: undefined, origin: "null" },
      { channel: "news", code: "UNAUTHORIZED", peer: "192.0.2.9", origin },
      { channel: "broken", code: "AUTHORIZE_FAILED", peer: "192.0.2.9", origin },
    ]);
    expect(JSON.stringify(told)).not.toContain("secret");
  });

  test("tells 429 of an address that has its share", async () => {
    const rig = channelRig({ limits: { connectionsPerAddress: 1 }, authorize: () => new Promise(() => {}) });
    const told: unknown[] = [];
    rig.server.on("refused", (refused) => void told.push(refused));
    rig.server.on("error", () => {});
    const first = rig.server.accept(knock("/news/listen", {}, "192.0.2.1"));
    await rig.server.accept(knock("/news/listen", {}, "192.0.2.1"));
    expect(told).toMatchObject([{ channel: "news", code: "TOO_MANY_CONNECTIONS", peer: "192.0.2.1" }]);
    await rig.clock.advance(5_000);
    await first;
  });

  test("says nothing of a mistake in the request, which is only counted", async () => {
    const rig = channelRig();
    const told: unknown[] = [];
    rig.server.on("refused", (refused) => void told.push(refused));
    await rig.server.accept(knock("/news/emit"));
    await rig.server.accept(knock("/news/listen?since=5"));
    await rig.emit("/news/emit");
    expect(told).toEqual([]);
    expect(rig.server.stats().refused).toBe(3);
  });
});
