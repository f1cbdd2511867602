// How long a bot takes to hold N teams on loopback, and how long the event loop stalls meanwhile.
//   npm run build && node scripts/cold-start.mjs 5000
import { fork } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { createBot } from "@holdfast/node";

const teams = Number(process.argv[2] ?? 5000);
const rate = Number(process.argv[3] ?? 2000);
const child = fork(fileURLToPath(new URL("cold-start-server.mjs", import.meta.url)), [String(teams)]);
const [address] = await once(child, "message");

const loop = monitorEventLoopDelay({ resolution: 1 });
const bot = createBot({ url: `${address}/global`, dials: { rate, concurrency: 100 } });
let connected = 0;
const all = new Promise((resolve) => {
  bot.on("team.connected", () => ++connected === teams && resolve());
});
const started = performance.now();
loop.enable();
await bot.start();
await all;
loop.disable();
const took = performance.now() - started;
child.send("finish");
const [stats] = await once(child, "message");
await bot.closed;
const ended = performance.now();
process.on("exit", () => {
  const row = {
    teams,
    rate,
    seconds: (took / 1000).toFixed(2),
    worstStallMs: (loop.max / 1e6).toFixed(1),
    p99StallMs: (loop.percentile(99) / 1e6).toFixed(1),
    claimedConnected: stats.filter((team) => team.connected).length,
    exitMs: (performance.now() - ended).toFixed(0),
  };
  console.log(JSON.stringify(row));
});
