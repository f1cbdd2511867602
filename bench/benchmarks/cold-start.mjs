import { EVERYBODY } from "./subjects.mjs";

/** From nothing to so many connections that have said hello. */
async function measure(stage) {
  const { teams, concurrency } = stage.sizes;
  const server = await stage.server({ teams });
  const client = await stage.client();
  const profile = stage.profile && `${stage.profile}.cpuprofile`;
  const { wallMs, stallMs, cpuUs } = await client.call("connect", {
    ...{ ...server.ready, teams, concurrency, profile },
    stalls: true,
  });
  return { wallMs, stallMs, cpuUs: cpuUs / teams };
}

export const coldStart = {
  name: "cold-start",
  title: "Cold start",
  about: ({ teams, concurrency }) =>
    `${teams} connections, ${concurrency} dials at once, until each has said hello. Holdfast also opens its global connection and asks for every address; its dial rate is set out of the way. A stall is the longest time between two ticks of a timer of 1 ms.`,
  subjects: EVERYBODY,
  sizes: { teams: 5_000, concurrency: 100 },
  smoke: { teams: 50, concurrency: 10 },
  deadlineMs: 120_000,
  measure,
  columns: [
    { title: "time", metric: "wallMs", unit: "ms" },
    { title: "longest stall", metric: "stallMs", unit: "ms" },
    { title: "CPU a connection", metric: "cpuUs", unit: "us" },
    { title: "time ÷ ws", metric: "wallMs", to: "ws", compare: "times", unit: "ratio" },
    { title: "CPU ÷ ws", metric: "cpuUs", to: "ws", compare: "times", unit: "ratio" },
  ],
  bars: [
    { what: "Cold start, time of bare `ws`", row: "holdfast", column: "time ÷ ws", atMost: 1.3 },
    { what: "Cold start, longest stall", row: "holdfast", column: "longest stall", atMost: 50 },
  ],
};
