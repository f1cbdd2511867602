import { expect, test } from "vitest";
import { connected, data, type Script, scripted } from "../../../../../tests/support/channel-script.ts";

/** What each peer asked to resume after. */
const asked = (peers: readonly { readonly path: string }[]): (string | null)[] =>
  peers.map(({ path }) => new URL(path, "ws://server").searchParams.get("since"));

/** Resumes from what it was told to have emitted. */
const history =
  (events: readonly [id: string, payload: unknown][], more: object = {}): NonNullable<Script["greet"]> =>
  (index) =>
    index === 0
      ? [connected(0)]
      : [
          connected(index, { recovered: true, ...more }),
          ...events.map(([id, payload]) => data(id, payload, { replayed: true })),
        ];

test("decision 14: after a reconnect it resumes behind the latest event, and what came meanwhile is told once", async () => {
  const greet = history([
    ["evt_d3", 3],
    ["evt_d4", 4],
  ]);
  const { clock, network, client, peers, all } = scripted({}, { greet });
  await clock.until(client.connect());
  for (const n of [1, 2, 3]) network.say("server", JSON.stringify(data(`evt_d${n}`, n)));
  await clock.advance(5);
  network.drop();
  await clock.advance(1_000);
  expect(asked(peers)).toEqual([null, "evt_d3"]);
  expect(all("event").map(({ payload, replayed }) => [payload, replayed])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
  ]);
  expect(all("connected").map(({ recovered }) => recovered)).toEqual([undefined, true]);
  expect(all("gap")).toEqual([]);
  expect(client.stats()).toMatchObject({ events: 4, replayed: 1, duplicates: 1, gaps: 0, connects: 2 });
});

test("decision 14: what several servers repeat of the last 10 s is told once, also of a busy channel", async () => {
  const events = Array.from({ length: 3_000 }, (_, n): [string, unknown] => [`evt_d${n}`, n]);
  const greet = history([["evt_late", "late"], ...events]);
  const { clock, network, client, all } = scripted({}, { greet });
  await clock.until(client.connect());
  for (const [id, n] of events) network.say("server", JSON.stringify(data(id, n)));
  await clock.advance(5);
  network.drop();
  await clock.advance(1_000);
  expect(all("event").map(({ payload }) => payload)).toEqual([...events.map(([, n]) => n), "late"]);
  expect(client.stats()).toMatchObject({ events: 3_001, duplicates: 3_000, gaps: 0 });
});

test("S55 a quiet connection that never got an event resumes after its CONNECTED", async () => {
  const greet = history([["evt_d1", 1]]);
  const { clock, network, client, peers, all } = scripted({}, { greet });
  await clock.until(client.connect());
  network.drop();
  await clock.advance(1_000);
  expect(asked(peers)).toEqual([null, "evt_c0"]);
  expect(all("event").map(({ payload }) => payload)).toEqual([1]);
});

test("S54 two recoveries in a row repeat nothing", async () => {
  const greet = history([["evt_d1", 1]]);
  const { clock, network, client, peers, all } = scripted({}, { greet });
  await clock.until(client.connect());
  for (let drops = 0; drops < 2; drops++) {
    network.drop();
    await clock.advance(3_000);
  }
  expect(asked(peers)).toEqual([null, "evt_c0", "evt_d1"]);
  expect(all("event").map(({ payload }) => payload)).toEqual([1]);
});

test("decision 14: a connection lost between CONNECTED and the replay asks for the replay again", async () => {
  const { clock, network, client, peers } = scripted(
    {},
    { greet: (n) => [connected(n, n === 0 ? {} : { recovered: true })] },
  );
  await clock.until(client.connect());
  network.drop();
  await clock.advance(1_000);
  // Its own id is younger than what was about to be replayed.
  network.drop();
  await clock.advance(3_000);
  expect(asked(peers)).toEqual([null, "evt_c0", "evt_c0"]);
});

test.each([
  ["says recovered: false", { recovered: false }],
  ["knows nothing of resuming", {}],
])("S53 S29 a gap is told, never silent: a server that %s", async (_what, more) => {
  const { clock, network, client, peers, all } = scripted(
    {},
    { greet: (n) => [connected(n, n === 0 ? {} : more)] },
  );
  await clock.until(client.connect());
  network.say("server", JSON.stringify(data("evt_d1", 1)));
  await clock.advance(5);
  network.drop();
  await clock.advance(1_000);
  expect(all("gap")).toEqual([{ since: "evt_d1" }]);
  expect(all("connected").map(({ recovered }) => recovered)).toEqual([undefined, false]);
  network.drop();
  await clock.advance(3_000);
  expect(asked(peers)).toEqual([null, "evt_d1", "evt_c1"]);
});

test("S53 a server that gives no ids at all cannot be resumed: each reconnect is a gap", async () => {
  const { clock, network, client, all } = scripted(
    {},
    { greet: () => [{ type: "CONNECTED", payload: { members: [] } }] },
  );
  await clock.until(client.connect());
  network.drop();
  await clock.advance(1_000);
  expect(all("gap")).toEqual([{ since: undefined }]);
});

test("another life resumes after the since of an earlier one, and is told whether that was possible", async () => {
  const { clock, client, peers, all } = scripted(
    { since: "evt_old" },
    { greet: (n) => [connected(n, { recovered: false })] },
  );
  await clock.until(client.connect());
  expect(asked(peers)).toEqual(["evt_old"]);
  expect(all("gap")).toEqual([{ since: "evt_old" }]);
});

test("C21 C22 close() and connect() again is a new life that resumes", async () => {
  const { clock, client, peers, all } = scripted({}, { greet: history([["evt_d1", 1]]) });
  await clock.until(client.connect());
  await clock.until(client.close());
  await clock.until(client.connect());
  expect(asked(peers)).toEqual([null, "evt_c0"]);
  await clock.advance(5);
  expect(all("event").map(({ payload }) => payload)).toEqual([1]);
  await clock.until(client.close());
  expect(clock.pending).toBe(0);
});

test.each([
  ["in the same tick", false],
  ["in a listener of closed", true],
])(
  "C22 close() and connect() %s: one live socket, and who waits for events goes on waiting",
  async (_what, inListener) => {
    const { clock, network, client } = scripted();
    await clock.until(client.connect());
    const next = client.once("event");
    if (inListener) client.on("closed", () => void client.connect());
    void client.close();
    if (!inListener) void client.connect();
    await clock.advance(3_000);
    expect(network.live()).toBe(1);
    network.say("server", JSON.stringify(data("evt_1", 1)));
    await clock.advance(5);
    await expect(next).resolves.toMatchObject({ payload: 1 });
  },
);

test("after an end a stream of events ends, and a new life has new ones", async () => {
  const { clock, network, client } = scripted();
  await clock.until(client.connect());
  const stream = client.events("event");
  await clock.until(client.close());
  await expect(stream.next()).resolves.toMatchObject({ done: true });
  await clock.until(client.connect());
  const later = client.events("event").next();
  network.say("server", JSON.stringify(data("evt_1", 1)));
  await clock.advance(5);
  await expect(later).resolves.toMatchObject({ value: { payload: 1 } });
});
