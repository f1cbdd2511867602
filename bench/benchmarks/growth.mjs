import { HOLDFAST, WS } from "./subjects.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const LABELS = { ws: "bare ws", holdfast: "Holdfast" };
const rowOf = (id, teams) => `${LABELS[id]}, ${teams} teams`;

/** A process for each number of teams: the same work for all of them, so that only their number differs. */
async function measure(stage) {
  const { steps } = stage.sizes;
  const rows = [];
  let before = { teams: 0, rss: 0, heapUsed: 0 };
  for (const teams of steps) {
    const { memory, idle, receiving } = await holdSoMany(stage, teams);
    await stage.end();
    const bytes = (name) => (memory[name] - before[name]) / (teams - before.teams);
    rows.push({
      row: rowOf(stage.subject.id, teams),
      values: { rss: bytes("rss"), heap: bytes("heapUsed"), idle, receiving },
    });
    before = { teams, ...memory };
  }
  return rows;
}

async function holdSoMany(stage, teams) {
  const { pingsPerSecond, forMs, messages, settleMs } = stage.sizes;
  const server = await stage.server({ teams });
  const client = await stage.client();
  const before = await client.call("memory", { settleMs });
  const heartbeatMs = (teams / pingsPerSecond) * 1_000;
  await client.call("connect", { ...server.ready, teams, concurrency: 100, heartbeatMs });
  // Until each was pinged, and pings come evenly.
  await sleep(heartbeatMs + 1_000);
  const after = await client.call("memory", { settleMs });
  const memory = Object.fromEntries(
    Object.entries(after).map(([name, bytes]) => [name, bytes - before[name]]),
  );
  const receiving = await receivingBy(client, server, teams, Math.ceil(messages / teams));
  return { memory, receiving, idle: await idling(client, server, forMs) };
}

async function idling(client, server, forMs) {
  const before = await server.call("pings");
  await client.call("begin", {});
  await sleep(forMs);
  const { cpuUs } = await client.call("end");
  return cpuUs / ((await server.call("pings")) - before);
}

async function receivingBy(client, server, teams, passes) {
  await client.call("listen", { messages: passes * teams, every: teams, ...server.ready });
  await server.call("spread", { passes });
  const { cpuUs } = await client.call("heard");
  return cpuUs / (passes * teams);
}

/** The same subject at another step. */
const sameAt = (teams) => (row) => row.replace(/\d+ teams/, `${teams} teams`);
const STEPS = [500, 1_000, 2_000, 5_000, 10_000];
const bareOf = (row) => row.replace(LABELS.holdfast, LABELS.ws);
const last = rowOf("holdfast", STEPS.at(-1));
const grown = (title, metric, teams) => ({
  title,
  metric,
  to: sameAt(teams),
  compare: "times",
  unit: "ratio",
});

export const growth = {
  name: "growth",
  title: "Growth",
  about: ({ steps, pingsPerSecond, forMs, messages }) =>
    `A process each for ${steps.join(", ")} teams. Memory is that of one team more, since the step before; the first step bears what is there once. Idling is the CPU of one ping and its answer, with ${pingsPerSecond} of them a second however many the teams are, over ${forMs / 1_000} s; receiving that of one of about ${messages} messages, one to each team in turn. \`÷ 500\` is the cost beside that at 500 teams; memory is held against the step to 1000.`,
  subjects: [WS, HOLDFAST],
  sizes: { steps: STEPS, pingsPerSecond: 1_000, forMs: 6_000, messages: 200_000, settleMs: 700 },
  smoke: { steps: [20, 40], pingsPerSecond: 200, forMs: 300, messages: 400, settleMs: 20 },
  deadlineMs: 300_000,
  measure,
  columns: [
    { title: "RSS a team", metric: "rss", unit: "bytes" },
    { title: "heap a team", metric: "heap", unit: "bytes" },
    { title: "CPU a ping", metric: "idle", unit: "us" },
    { title: "CPU a message", metric: "receiving", unit: "us" },
    grown("heap ÷ 1000", "heap", 1_000),
    grown("ping ÷ 500", "idle", 500),
    grown("message ÷ 500", "receiving", 500),
    { title: "ping ÷ ws", metric: "idle", to: bareOf, compare: "times", unit: "ratio" },
    { title: "message ÷ ws", metric: "receiving", to: bareOf, compare: "times", unit: "ratio" },
  ],
  bars: [
    { what: "Growth, heap of a team on the way to 10,000", row: last, column: "heap ÷ 1000", atMost: 1.1 },
    { what: "Growth, ping at 10,000 teams beside 500", row: last, column: "ping ÷ 500", atMost: 1.1 },
    { what: "Growth, message at 10,000 teams beside 500", row: last, column: "message ÷ 500", atMost: 1.1 },
  ],
};
