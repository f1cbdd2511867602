import { EVERYBODY } from "./subjects.mjs";

const difference = (title, metric, to) => ({ title, metric, to, compare: "difference", unit: "bytes" });

/** What one idle connection takes, after every one of them was pinged and has answered. */
export async function measureMemory(stage) {
  const { teams, settleMs, heartbeatMs } = stage.sizes;
  const server = await stage.server({ teams });
  const client = await stage.client();
  if (stage.profile) await client.call("snapshot", { path: `${stage.profile}-before.heapsnapshot` });
  const before = await client.call("memory", { settleMs });
  await client.call("connect", { ...server.ready, teams, concurrency: 100, firstPings: 0.1, heartbeatMs });
  await server.call("pingAll");
  if (stage.subject.id.startsWith("holdfast")) await pinged(server, teams);
  const after = await client.call("memory", { settleMs });
  if (stage.profile) await client.call("snapshot", { path: `${stage.profile}-after.heapsnapshot` });
  const each = Object.entries(after).map(([name, value]) => [name, (value - before[name]) / teams]);
  return { ...Object.fromEntries(each), wholeRss: after.rss };
}

/** Resolves when every team's own heartbeat was answered once. */
async function pinged(server, teams) {
  while ((await server.call("pings")) < teams) await new Promise((resolve) => setTimeout(resolve, 100));
}

export const memory = {
  name: "memory",
  title: "Memory of an idle team connection",
  about: ({ teams }) =>
    `${teams} connections of one process that have said hello and answered a ping of the transport; Holdfast's are a bot's teams, with heartbeats as they are by default, each of which was answered once. RSS and heap after three collections, less the same before connecting, for each connection.`,
  subjects: EVERYBODY,
  sizes: { teams: 5_000, settleMs: 700 },
  smoke: { teams: 50, settleMs: 20, heartbeatMs: 1_000 },
  deadlineMs: 120_000,
  measure: measureMemory,
  columns: [
    { title: "RSS", metric: "rss", unit: "bytes" },
    { title: "heap", metric: "heapUsed", unit: "bytes" },
    { title: "external", metric: "external", unit: "bytes" },
    difference("RSS over ws", "rss", "ws"),
    difference("heap over ws", "heapUsed", "ws"),
    { title: "RSS ÷ ws", metric: "rss", to: "ws", compare: "times", unit: "ratio" },
  ],
  bars: [{ what: "RSS above a bare `ws` socket", row: "holdfast", column: "RSS over ws", atMost: 1536 }],
};
