import { expect, test, vi } from "vitest";
import { createManualClock } from "../../testing/mod.ts";
import { type EmitRequestOptions, emit } from "./emit.ts";

interface Sent {
  readonly url: URL;
  readonly init: RequestInit;
  readonly headers: Record<string, string>;
}

type Reply = (sent: Sent) => Response | Promise<Response>;

const answer = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const delivered = (): Response => answer(200, { success: true, eventID: "evt_1", delivered: 2 });
const fault = (status: number, code: string, headers?: Record<string, string>): Response =>
  answer(status, { success: false, code, error: "Because" }, headers);

/** `emit` against replies in their order; the last one answers the rest. */
function caller(...replies: Reply[]) {
  const clock = createManualClock();
  const sent: Sent[] = [];
  const call = (
    options: Partial<EmitRequestOptions> = {},
    payload: unknown = { hello: "world" },
    url = "http://server",
  ) =>
    emit(url, payload, {
      channel: "news",
      clock,
      random: () => 0.5,
      fetch: async (to, init) => {
        const one = { url: new URL(to), init, headers: init.headers as Record<string, string> };
        sent.push(one);
        return (replies[sent.length - 1] ?? (replies.at(-1) as Reply))(one);
      },
      ...options,
    });
  return { clock, sent, call };
}

test("decision 2: it posts the payload as JSON and tells what became of it", async () => {
  const { clock, sent, call } = caller(delivered);
  await expect(clock.until(call())).resolves.toEqual({
    code: "delivered",
    eventId: "evt_1",
    delivered: 2,
    stored: true,
    status: 200,
    acknowledged: false,
  });
  expect(sent[0]?.url.href).toBe("http://server/news/emit");
  expect(sent[0]?.init).toMatchObject({ method: "POST", body: '{"hello":"world"}', redirect: "manual" });
  expect(sent[0]?.headers["content-type"]).toBe("application/json");
  expect(clock.pending).toBe(0);
});

test("decisions 3 and 4: clients and require-ack go as the wire document has them", async () => {
  const { clock, sent, call } = caller(delivered);
  await clock.until(call({ clients: 3 }, 1, "wss://server/api/?key=1"));
  await clock.until(call({ clients: ["client_a", "client_b"], requireAck: true, channel: "a b" }));
  expect(sent.map(({ url }) => decodeURIComponent(url.href))).toEqual([
    "https://server/api/news/emit?key=1&clients=3",
    "http://server/a b/emit?clients=client_a,client_b&require-ack=true",
  ]);
});

test.each([
  [200, { success: true, eventID: "evt_1", delivered: 2, acked: ["a", "b"] }, "delivered", true],
  [200, { success: true, eventID: "evt_1", delivered: 1, acked: ["a"], missing: ["b"] }, "delivered", false],
  [
    408,
    {
      success: false,
      code: "ACK_TIMEOUT",
      error: "…",
      eventID: "evt_1",
      delivered: 2,
      acked: ["a"],
      missing: ["b"],
    },
    "ACK_TIMEOUT",
    false,
  ],
  [
    410,
    {
      success: false,
      code: "CLIENTS_LEFT",
      error: "…",
      eventID: "evt_1",
      delivered: 2,
      acked: ["a"],
      left: ["b"],
    },
    "CLIENTS_LEFT",
    false,
  ],
  [404, { success: false, code: "NO_CLIENTS", error: "…" }, "NO_CLIENTS", false],
  [404, { success: false, code: "UNKNOWN_CLIENTS", error: "…", missing: ["b"] }, "UNKNOWN_CLIENTS", false],
  [400, { success: false, code: "NOT_ENOUGH_CLIENTS", error: "…" }, "NOT_ENOUGH_CLIENTS", false],
])("decision 4: %i with %j is the outcome %s and is not thrown", async (status, body, code, acknowledged) => {
  const { clock, call, sent } = caller(() => answer(status, body));
  const outcome = await clock.until(call({ requireAck: true }));
  const { acked, missing, left } = body as { acked?: string[]; missing?: string[]; left?: string[] };
  expect(outcome).toMatchObject({ code, acknowledged, status });
  expect([outcome.acked, outcome.missing, outcome.left]).toEqual([acked, missing, left]);
  expect(sent).toHaveLength(1);
});

test.each([
  [400, "NO_PAYLOAD", "server-error"],
  [401, "UNAUTHORIZED", "unauthorized"],
  [403, "FORBIDDEN", "unauthorized"],
  [404, "NOT_FOUND", "server-error"],
  [413, "TOO_LARGE", "server-error"],
  [422, "IDEMPOTENCY_MISMATCH", "server-error"],
  [500, "INTERNAL", "server-error"],
])("%i %s is thrown with both, and not tried again", async (status, code, thrown) => {
  const { clock, call, sent } = caller(() => fault(status, code));
  await expect(clock.until(call())).rejects.toMatchObject({
    code: thrown,
    message: `Emit was answered with ${status} ${code}: Because`,
  });
  expect(sent).toHaveLength(1);
});

test("an answer that is none of channels is thrown, clipped", async () => {
  const { clock, call } = caller(() => new Response("<html>".repeat(100), { status: 502 }));
  await expect(clock.until(call())).rejects.toThrow(
    /^Emit was answered with 502 no JSON of channels: <html>.{100,130}…$/,
  );
});

test("decision 5: a failure of the network is tried again with the same key, as often as retries says", async () => {
  const broken = (): never => {
    throw new TypeError("fetch failed");
  };
  const { clock, call, sent } = caller(broken, broken, delivered);
  await clock.until(call());
  const keys = sent.map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);

  const always = caller(broken);
  await expect(always.clock.until(always.call({ retries: 1, idempotencyKey: "mine" }))).rejects.toMatchObject(
    {
      code: "dial-failed",
      message: "Emit to http://server/news/emit failed: fetch failed",
    },
  );
  expect(always.sent.map(({ headers }) => headers["idempotency-key"])).toEqual(["mine", "mine"]);
});

test("each call has a key of its own", async () => {
  const { clock, call, sent } = caller(delivered);
  await clock.until(call());
  await clock.until(call());
  expect(new Set(sent.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
});

test.each([429, 503])("%i is tried again, and no sooner than Retry-After", async (status) => {
  const { clock, call, sent } = caller(() => fault(status, "LATER", { "retry-after": "3" }), delivered);
  const emitting = call();
  await clock.advance(2_990);
  expect(sent).toHaveLength(1);
  await expect(clock.until(emitting)).resolves.toMatchObject({ code: "delivered" });
  expect(clock.now()).toBe(3_000);
});

test("a Retry-After beyond timeoutMs is not waited for: the answer is thrown", async () => {
  const { clock, call } = caller(() => fault(503, "DRAINING", { "retry-after": "60" }));
  await expect(clock.until(call())).rejects.toThrow("Emit was answered with 503 DRAINING: Because");
  expect(clock.now()).toBe(0);
  expect(clock.pending).toBe(0);
});

test("a body that breaks off is a failure of the network", async () => {
  const { clock, call, sent } = caller(
    () => new Response(new ReadableStream({ start: (stream) => stream.error(new Error("reset")) })),
    delivered,
  );
  await expect(clock.until(call())).resolves.toMatchObject({ code: "delivered" });
  expect(sent).toHaveLength(2);
});

test("an answer that is too long is refused", async () => {
  const { clock, call } = caller(() => new Response(new Uint8Array(4_194_305)));
  await expect(clock.until(call())).rejects.toThrow("Emit was answered with 200 more than 4194304 bytes");
});

test("timeoutMs ends it, also where fetch heeds no signal", async () => {
  const { clock, call } = caller(() => new Promise<never>(() => {}));
  await expect(clock.until(call({ timeoutMs: 700 }))).rejects.toMatchObject({
    code: "timeout",
    message: "Emit got no answer within 700 ms",
  });
  expect(clock.now()).toBe(700);
  expect(clock.pending).toBe(0);
});

test("its signal ends it, before it began and while it waits to try again", async () => {
  const { clock, call, sent } = caller(() => fault(503, "OVERLOADED", { "retry-after": "5" }));
  await expect(call({ signal: AbortSignal.abort("no") })).rejects.toMatchObject({
    code: "aborted",
    cause: "no",
  });
  expect(sent).toHaveLength(0);
  const stop = new AbortController();
  const emitting = call({ signal: stop.signal });
  await clock.advance(1_000);
  stop.abort("enough");
  await expect(emitting).rejects.toMatchObject({ code: "aborted", cause: "enough" });
  await clock.advance(10_000);
  expect(sent).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("S8 the token goes in Authorization, is asked for at each attempt, and is in no error", async () => {
  const token = vi.fn().mockResolvedValueOnce("first-secret").mockResolvedValueOnce("second-secret");
  const { clock, call, sent } = caller(
    ({ url }) => {
      throw new TypeError(`error sending request for url (${url})`);
    },
    () => fault(401, "UNAUTHORIZED"),
  );
  const emitting = call({ token }, 1, "http://server/?token=query-secret");
  const error = await clock.until(
    emitting.then(
      () => undefined,
      (thrown: Error) => thrown,
    ),
  );
  expect(sent.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer first-secret",
    "Bearer second-secret",
  ]);
  expect(error).toMatchObject({ code: "unauthorized" });
  const failing = caller(({ url }) => {
    throw new TypeError(`error sending request for url (${url})`);
  });
  const failed = await failing.clock.until(
    failing
      .call({ token: "a-secret", retries: 0 }, 1, "http://server/?token=query-secret")
      .catch((thrown: Error) => thrown),
  );
  expect(failed).toMatchObject({ code: "dial-failed" });
  expect((failed as Error).cause).toBeUndefined();
  expect(String((failed as Error).message)).toContain("http://server/news/emit");
  for (const thrown of [error, failed]) expect(`${(thrown as Error).stack}`).not.toContain("secret");
});

test.each<[string, Partial<EmitRequestOptions>, unknown, string]>([
  ["channel", { channel: "" }, 1, "Option channel must have 1 to 200 characters: got 0"],
  ["channel", { channel: "a/b" }, 1, 'Option channel must have no "/"'],
  [
    "channel",
    { channel: ".." },
    1,
    'Option channel must have no "/", no control character, and not be "." or ".."',
  ],
  ["clients", { clients: 0 }, 1, "Option clients must be a whole number of at least 1, or ids: got 0"],
  ["clients", { clients: [] }, 1, "Option clients must be a number, or a list of client ids: got []"],
  ["clients", { clients: ["3"] }, 1, 'Option clients must be a number, or a list of client ids: got ["3"]'],
  ["clients", { clients: ["a,b"] }, 1, "Option clients must be a number, or a list of client ids"],
  [
    "idempotencyKey",
    { idempotencyKey: "a".repeat(201) },
    1,
    "Option idempotencyKey must be 1 to 200 characters",
  ],
  [
    "token",
    { token: "two\nlines" },
    1,
    "Option token must be visible ASCII, or a function: got a string of 9 characters",
  ],
  ["timeoutMs", { timeoutMs: 0 }, 1, "Option timeoutMs must be between 1"],
  ["retries", { retries: -1 }, 1, "Option retries must be between 0"],
  ["payload", {}, Symbol("none"), "Payload cannot be written as JSON: got Symbol(none)"],
  ["payload", {}, 1n, "Payload cannot be written as JSON"],
])("a bad %s is refused before anything is sent", async (_name, options, payload, message) => {
  const { call, sent } = caller(delivered);
  await expect(call(options, payload)).rejects.toThrow(message);
  expect(sent).toHaveLength(0);
});
