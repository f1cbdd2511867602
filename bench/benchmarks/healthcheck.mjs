import { percentile } from "../harness/figures.mjs";
import { HOLDFAST, WS } from "./subjects.mjs";

/** Messages come in on all teams while their state is asked for, time and again. */
async function measure(stage) {
  const { teams, perSecond, times, everyMs } = stage.sizes;
  const server = await stage.server({ teams });
  const client = await stage.client();
  await client.call("connect", { ...server.ready, teams, concurrency: 100, counts: true });
  await client.call("begin", { stalls: true, profile: stage.profile && `${stage.profile}.cpuprofile` });
  const told = await server.call("healthchecks", { perSecond, times, everyMs });
  const { stallMs, cpuUs, wallMs } = await client.call("end");
  if (told.rows !== teams) throw new Error(`A healthcheck has ${told.rows} rows: ${teams} were expected`);
  return {
    stallMs,
    median: percentile(told.latencies, 0.5),
    p99: percentile(told.latencies, 0.99),
    perSecond: told.perSecond,
    cpu: cpuUs / wallMs / 1_000,
  };
}

export const healthcheck = {
  name: "healthcheck",
  title: "Healthchecks under load",
  about: ({ teams, perSecond, times, everyMs }) =>
    `${teams} connected teams get ${perSecond} messages a second, and the server asks for the state of all of them ${times} times, every ${everyMs} ms. The reply's latency is measured at the server, from asking to its last byte. Bare \`ws\` counts in a plain object for each team and writes all of them with one \`JSON.stringify\`.`,
  subjects: [WS, HOLDFAST],
  sizes: { teams: 10_000, perSecond: 20_000, times: 100, everyMs: 100 },
  smoke: { teams: 50, perSecond: 500, times: 5, everyMs: 50 },
  deadlineMs: 180_000,
  measure,
  columns: [
    { title: "longest stall", metric: "stallMs", unit: "ms" },
    { title: "reply, median", metric: "median", unit: "ms" },
    { title: "reply, p99", metric: "p99", unit: "ms" },
    { title: "messages", metric: "perSecond", unit: "perSecond" },
    { title: "share of a core", metric: "cpu", unit: "ratio" },
    { title: "p99 ÷ ws", metric: "p99", to: "ws", compare: "times", unit: "ratio" },
  ],
  bars: [
    {
      what: "Healthcheck of 10,000 teams, longest stall",
      row: "holdfast",
      column: "longest stall",
      atMost: 10,
    },
    {
      what: "Healthcheck of 10,000 teams, p99 of the reply",
      row: "holdfast",
      column: "reply, p99",
      atMost: 50,
    },
  ],
};
