import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ending, linesOf, listening, payloads, served } from "./cli/channels.ts";
import { addressOf, bundleHoldfast, type Holdfast } from "./cli/holdfast.ts";

let holdfast: Holdfast;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-"));
  holdfast = await bundleHoldfast();
});
afterAll(async () => {
  await holdfast.cleanUp();
  await rm(directory, { recursive: true, force: true });
});

describe("two terminals", () => {
  test("show emit, listen, presence, aim, acknowledge and history", async () => {
    const { url, news } = await served(holdfast);
    const first = await listening(holdfast, {}, news, "--presence", '{"username":"Cerulean"}');
    const second = await listening(holdfast, {}, news.replace("http:", "ws:"), "--json");
    await first.wrote(/client_\S+ joined/);
    expect(linesOf(second)[0]).toMatchObject({ members: [{ presence: { username: "Cerulean" } }] });

    const plain = await holdfast.run("emit", news, '{"hello":"world"}');
    expect(plain.stdout).toMatch(/^✓ delivered to 2 listeners {2}evt_\S+\n$/);
    const acked = await holdfast.run("emit", news, '{"n":2}', "--require-ack");
    expect(acked.stdout).toMatch(
      /acknowledged by 2 {2}evt_\S+\n {2}acknowledged {2}client_\S+\n {16}client_\S+\n$/,
    );
    const random = await holdfast.run("emit", news, '{"n":3}', "--clients=1", "--require-ack", "--json");
    expect(JSON.parse(random.stdout)).toMatchObject({ code: "delivered", delivered: 1, acknowledged: true });
    const { clientId } = linesOf(second)[0] as unknown as { clientId: string };
    const aimed = await holdfast.run("emit", news, '{"n":4}', `--clients=${clientId}`);
    expect([plain.code, acked.code, random.code, aimed.code]).toEqual([0, 0, 0, 0]);

    await second.wrote(/"n":4/);
    await first.wrote(/ {2}\{"hello":"world"\}\n/);
    await first.wrote(/ {2}\{"n":2\} {2}acknowledged\n/);
    expect(first.stdout).not.toContain('{"n":4}');
    const history = (await (await fetch(`${news}/history`)).json()) as { events: { payload: unknown }[] };
    expect(history.events.map(({ payload }) => payload)).toEqual([{ hello: "world" }, { n: 2 }]);
    const members = (await (await fetch(`${url}/news/members`)).json()) as { members: unknown[] };
    expect(members.members).toHaveLength(2);

    second.child.kill("SIGINT");
    await first.wrote(new RegExp(`${clientId} left`));
    first.child.kill("SIGTERM");
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    expect(first.stdout).toMatch(/ended: .*; to go on from here: --since evt_\S+\n$/);
  });

  test("listen --json has one shape for each event, and closed is the last", async () => {
    const { news } = await served(holdfast);
    const listener = await listening(holdfast, {}, news, "--json", "--count=1");
    await holdfast.run("emit", news, "[1,2]", "--require-ack");
    expect(await listener.ended).toBe(0);
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const eventId = expect.stringMatching(/^evt_/);
    expect(linesOf(listener)).toEqual([
      { event: "connected", at, clientId: expect.stringMatching(/^client_/), members: [], recovered: null },
      { event: "data", at, eventId, payload: [1, 2], requiresAck: true, replayed: false },
      {
        ...{ event: "closed", at, since: eventId, cause: { kind: "local", message: expect.any(String) } },
        totals: expect.objectContaining({ events: 1, acked: 1, gaps: 0 }),
      },
    ]);
  });

  test("S25 what came over the wire never acts on a terminal", async () => {
    const { news, server } = await served(holdfast);
    const listener = await listening(
      holdfast,
      {},
      news,
      "--count=1",
      "--presence",
      '"\\u001b]0;title\\u0007"',
    );
    const other = await listening(holdfast, {}, news, "--presence", '"\\u009b2J\\u202e"');
    const evil = JSON.stringify({ text: "\u001b[2J\u009b2J\r\n\u202e\u0007", "\u001b]0;x": 1 });
    expect((await holdfast.run("emit", news, evil)).code).toBe(0);
    await listener.ended;
    await other.wrote(/u001b\[2J/);
    const all = [listener.stdout, other.stdout, server.stderr].join("").replaceAll("\n", "");
    expect(all).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("a count is exact: what comes after it is neither shown nor acknowledged", async () => {
    const { news } = await served(holdfast);
    const listener = await listening(holdfast, {}, news, "--json", "--count=3");
    const emit = (n: number): Promise<Response> =>
      fetch(`${news}/emit?require-ack=1`, { method: "POST", body: String(n) });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(emit));
    expect(await listener.ended).toBe(0);
    expect(payloads(listener)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    for (const { status } of answers) expect([200, 404, 410]).toContain(status);
  });

  test("a reader of the lines that goes away ends it, and is no error", async () => {
    const { news } = await served(holdfast);
    const listener = await listening(holdfast, {}, news, "--json");
    listener.child.stdout?.destroy();
    await holdfast.run("emit", news, "1");
    await holdfast.run("emit", news, "2");
    expect([await listener.ended, listener.stderr]).toEqual([0, ""]);
  });
});

describe("acknowledging by hand", () => {
  test("Enter acknowledges the oldest, the end of an id that event, and the caller is answered then", async () => {
    const { news } = await served(holdfast);
    const listener = await listening(holdfast, { stdin: true }, news, "--json", "--ack=manual", "--count=2");
    const answers = [1, 2].map((n) =>
      fetch(`${news}/emit?require-ack=1`, { method: "POST", body: String(n) }),
    );
    await listener.wrote(/"data"[\s\S]*"data"/);
    const ids = linesOf(listener).flatMap(({ event, eventId }) =>
      event === "data" ? [String(eventId)] : [],
    );
    listener.child.stdin?.write(`evt_nonsense\n${ids[1]?.slice(-6)}\n`);
    await listener.wrote(/"acked"/);
    listener.child.stdin?.write("\n");
    expect(await listener.ended).toBe(0);
    const told = linesOf(listener).flatMap(({ event, eventId, message }) =>
      event === "acked" || event === "notice" ? [eventId ?? message] : [],
    );
    expect(told).toEqual(["no event evt_nonsense waits for acknowledgement", ids[1], ids[0]]);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test("nothing is acknowledged once stdin has ended, and the caller is told who is silent", async () => {
    const { news } = await served(holdfast, "--ack-timeout=0.3");
    const listener = await listening(holdfast, {}, news, "--ack=manual");
    await listener.wrote(/stdin has ended/);
    const { code, stdout } = await holdfast.run("emit", news, "1", "--require-ack");
    expect(stdout).toMatch(
      /^✗ delivered to 1 listener, and not acknowledged .*\n {2}missing {7}client_\S+\n$/,
    );
    expect(code).toBe(1);
  });
});

describe("who may come", () => {
  test("the token of the environment will do, and /metrics asks for it", async () => {
    const env = { HOLDFAST_TOKEN: "of-the-environment" };
    const server = ending(holdfast.startGiven({ env }, "channels", "--port=0"));
    const url = await addressOf(server);
    const listener = await listening(holdfast, { env }, `${url}/news`, "--count=1");
    const emitted = holdfast.startGiven({ env, stdin: true }, "emit", `${url}/news`, "-");
    emitted.child.stdin?.end('{"from":"stdin"}\n');
    expect([await emitted.ended, await listener.ended]).toEqual([0, 0]);
    expect(listener.stdout).toContain('{"from":"stdin"}');
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const headers = { authorization: `Bearer ${env.HOLDFAST_TOKEN}` };
    expect(await (await fetch(`${url}/metrics`, { headers })).text()).toContain("holdfast_channels_open");
    expect(server.stdout + server.stderr).not.toContain(env.HOLDFAST_TOKEN);
  });

  test("--no-metrics, --origin and --token-in-query do what they say", async () => {
    const { url, news } = await served(
      holdfast,
      ...["--no-metrics", "--token-in-query", "--token=t"],
      ...["--origin=https://one.example", "--origin=https://two.example"],
    );
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const from = async (origin: string): Promise<number> =>
      (await fetch(`${news}/members?token=t`, { headers: { origin } })).status;
    const seen = [
      await from("https://one.example"),
      await from("https://two.example"),
      await from("https://no.example"),
    ];
    expect(seen).toEqual([200, 200, 403]);
  });

  test("a key that is used twice delivers once", async () => {
    const { news } = await served(holdfast);
    const listener = await listening(holdfast, {}, news, "--json", "--count=2");
    for (const n of ["1", "1"]) await holdfast.run("emit", news, n, "--idempotency-key=order-7");
    await holdfast.run("emit", news, "2");
    await listener.ended;
    expect(payloads(listener)).toEqual([1, 2]);
  });
});

describe("the end of a server", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s answers the emit that waits, and tells listeners",
    async (signal) => {
      const { server, news } = await served(holdfast, "--drain=0");
      const listener = await listening(holdfast, { stdin: true }, news, "--json", "--ack=manual");
      const emitted = holdfast.start("emit", news, "1", "--require-ack");
      await listener.wrote(/"data"/);
      server.child.kill(signal);
      await server.wrote(/Draining: 1 listener/);
      listener.child.stdin?.write("\n");
      expect([await emitted.ended, await server.ended]).toEqual([0, 0]);
      expect(server.stderr).toMatch(/Ended: 1 event, 1 delivery, 1 acknowledgement\n$/);
      await listener.wrote(/"refused".*"DRAINING"[\s\S]*"disconnected".*"code":1012/);
    },
  );

  test("a second signal ends it at once", async () => {
    const { server, news } = await served(holdfast, "--ack-timeout=60");
    const listener = await listening(holdfast, { stdin: true }, news, "--json", "--ack=manual");
    ending(holdfast.start("emit", news, "1", "--require-ack", "--timeout=60"));
    await listener.wrote(/"data"/);
    server.child.kill("SIGTERM");
    await server.wrote(/Draining/);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(143);
  });

  test("decision 14 a listener resumes without a gap after kill -9, where history is in a file", async () => {
    const file = join(directory, "history.db");
    const { server, news, url } = await served(holdfast, "--store", file);
    const listener = await listening(holdfast, {}, news, "--json", "--count=3");
    await holdfast.run("emit", news, "1", "--require-ack");
    server.child.kill("SIGKILL");
    await listener.wrote(/"disconnected"/);
    const again = ending(holdfast.start("channels", `--port=${new URL(url).port}`, "--store", file));
    await addressOf(again);
    for (const n of ["2", "3"]) await fetch(`${news}/emit`, { method: "POST", body: n });
    expect(await listener.ended).toBe(0);
    expect(payloads(listener)).toEqual([1, 2, 3]);
    expect(linesOf(listener).filter(({ event }) => event === "connected")[1]).toMatchObject({
      recovered: true,
    });
    const earlier = linesOf(listener).find(({ event }) => event === "data")?.eventId;
    const later = await holdfast.run("listen", news, "--json", "--since", String(earlier), "--count=2");
    expect([later.code, payloads(later)]).toEqual([0, [2, 3]]);
  });

  test("S53 where history went with the server, the listener is told of the gap", async () => {
    const { server, news, url } = await served(holdfast);
    const listener = await listening(holdfast, {}, news);
    await holdfast.run("emit", news, "1", "--require-ack");
    server.child.kill("SIGKILL");
    await server.ended;
    const again = ending(holdfast.start("channels", `--port=${new URL(url).port}`));
    await addressOf(again);
    await listener.wrote(/connected again as client_[\s\S]*gap: events after evt_\S+ may be lost/);
  });
});
