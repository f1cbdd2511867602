// The bot process of the soak: a plain bot, with a look at its memory now and then.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapCodeStatistics } from "node:v8";
import { createBot, webSocket } from "@holdfast/node";
import { broken } from "./breakage.ts";
import { type BotPlan, planOf, type Sample, tell } from "./messages.ts";
import { countStrayErrors } from "./stray-errors.ts";

const errors = countStrayErrors();
const { url, sampleMs, atMostMs, breakage } = planOf<BotPlan>();
const loop = monitorEventLoopDelay({ resolution: 1 });
const bot = createBot({
  url,
  socket: broken(webSocket(), breakage),
  heartbeat: { intervalMs: 2_000, timeoutMs: 1_000 },
  backoff: { maxMs: 5_000 },
  stableAfterMs: 2_000,
  connectTimeoutMs: 2_000,
  helloTimeoutMs: 2_000,
});

const heard = { messages: 0, props: 0 };
const causes: Record<string, number> = {};
const told: Record<string, number> = {};
const add = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};
bot.on("team.message", ({ text }) => {
  heard.messages++;
  if (text.includes("props")) heard.props++;
});
bot.on("team.disconnected", ({ cause }) => add(causes, cause.kind));
bot.on("global.disconnected", ({ cause }) => add(causes, cause.kind));
bot.on("error", ({ code }) => add(told, code));

/** Live data and what the system holds. Code is no data: the engine goes on compiling for many minutes. */
function memory(): Pick<Sample, "heap" | "rss"> {
  const { heapUsed, external, rss } = process.memoryUsage();
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
  return { heap: heapUsed + external - code - bytecode, rss };
}

/** There by `--expose-gc`. */
const { gc } = globalThis as { gc?: () => void };
const started = performance.now();
let worstCollectionMs = 0;
const sampler = setInterval(() => {
  // Whoever started this process is gone: there is nobody to tell, and nobody to end it.
  if (!process.connected) process.exit(1);
  const before = performance.now();
  gc?.();
  worstCollectionMs = Math.max(worstCollectionMs, performance.now() - before);
  const { connected } = bot.stats().totals;
  tell({ kind: "sample", sample: { atMs: before - started, ...memory(), connected } });
}, sampleMs);
const limit = setTimeout(() => void bot.close(), atMostMs);

loop.enable();
bot.start().catch(() => {});
const { reason } = await bot.closed;
loop.disable();
clearInterval(sampler);
clearTimeout(limit);
// From here on nothing keeps this process but what the bot has left behind.
tell({
  kind: "closed",
  report: {
    ...{ reason, totals: bot.stats().totals, heard, causes, told, errors: errors() },
    ...{ worstStallMs: loop.max / 1e6, worstCollectionMs },
  },
});
