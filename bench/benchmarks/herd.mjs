import { EVERYBODY } from "./subjects.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The server is killed under all of them, and is there again on the same port a while later. */
async function measure(stage) {
  const { teams, downMs } = stage.sizes;
  const first = await stage.server({ teams });
  const client = await stage.client();
  await client.call("connect", { ...first.ready, teams, concurrency: 100, retry: true, defaultDials: true });
  await client.call("begin", { stalls: true });
  await first.kill();
  await sleep(downMs);
  const port = Number(new URL(first.ready.address).port);
  const second = await stage.server({ teams, port });
  const { allBackMs, peakPerSecond } = await second.call("all", { count: teams });
  const { stallMs, cpuUs } = await client.call("end");
  return { allBackMs, peakPerSecond, stallMs, cpuUs: cpuUs / teams };
}

export const herd = {
  name: "herd",
  title: "A herd that comes back",
  about: ({ teams, downMs }) =>
    `${teams} connections lose their server at once; it is back after ${downMs} ms. Everybody waits and dials again as it does by default (Holdfast with at most 200 dials a second); bare \`ws\` in the loop that everybody writes, one second after each loss.`,
  subjects: EVERYBODY,
  sizes: { teams: 5_000, downMs: 2_000 },
  smoke: { teams: 20, downMs: 300 },
  deadlineMs: 180_000,
  measure,
  columns: [
    { title: "most dials in a second", metric: "peakPerSecond", unit: "count" },
    { title: "all are back after", metric: "allBackMs", unit: "ms" },
    { title: "longest stall", metric: "stallMs", unit: "ms" },
    { title: "CPU a connection", metric: "cpuUs", unit: "us" },
  ],
};
