import { HOLDFAST, WS } from "./subjects.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU of connections that do nothing but be alive. */
async function measure(stage) {
  const { teams, heartbeatMs, forMs, settleMs } = stage.sizes;
  const server = await stage.server({ teams });
  const client = await stage.client();
  await client.call("connect", { ...server.ready, teams, concurrency: 100, heartbeatMs });
  // What connecting left behind is not what idling costs.
  await client.call("memory", { settleMs });
  const before = await server.call("pings");
  await client.call("begin", { profile: stage.profile && `${stage.profile}.cpuprofile` });
  await sleep(forMs);
  const { cpuUs, wallMs } = await client.call("end");
  const pings = (await server.call("pings")) - before;
  return { share: (cpuUs / 1_000 / wallMs) * 1_000, pings, cpuUs: cpuUs / pings };
}

export const idle = {
  name: "idle",
  title: "Idling",
  about: ({ teams, heartbeatMs, forMs }) =>
    `${teams} teams that are only kept alive, with a ping each every ${heartbeatMs / 1_000} s, for ${forMs / 1_000} s. Bare \`ws\` sends the same pings from one timer of 100 ms, parses the answers, and looks after none that is missing.`,
  subjects: [WS, HOLDFAST],
  sizes: { teams: 5_000, heartbeatMs: 30_000, forMs: 60_000, settleMs: 700 },
  smoke: { teams: 50, heartbeatMs: 500, forMs: 1_000, settleMs: 20 },
  deadlineMs: 150_000,
  measure,
  columns: [
    { title: "CPU ms in a second", metric: "share", unit: "ms" },
    { title: "pings", metric: "pings", unit: "count" },
    { title: "CPU a ping", metric: "cpuUs", unit: "us" },
    { title: "CPU ÷ ws", metric: "share", to: "ws", compare: "times", unit: "ratio" },
    { title: "CPU a ping ÷ ws", metric: "cpuUs", to: "ws", compare: "times", unit: "ratio" },
  ],
  bars: [{ what: "Idle CPU of a bare loop", row: "holdfast", column: "CPU a ping ÷ ws", atMost: 1.2 }],
};
