import { measureMemory } from "./memory.mjs";
import { receiveOne } from "./receive.mjs";
import { DENO_WEBSOCKET, HOLDFAST_DENO } from "./subjects.mjs";

const BARE = DENO_WEBSOCKET.id;

export const deno = {
  name: "deno",
  title: "On Deno",
  about: ({ messages, teams }) =>
    `${messages} messages of 62 bytes over one connection, and ${teams} idle connections, as above, on Deno and its own WebSocket.`,
  subjects: [DENO_WEBSOCKET, HOLDFAST_DENO],
  sizes: { messages: 1_000_000, teams: 5_000, settleMs: 700 },
  smoke: { messages: 2_000, teams: 20, settleMs: 20, heartbeatMs: 1_000 },
  deadlineMs: 120_000,
  measure: async (stage) => {
    const received = await receiveOne(stage);
    await stage.end();
    return { ...received, ...(await measureMemory(stage)) };
  },
  columns: [
    { title: "CPU a message", metric: "cpuUs", unit: "us" },
    { title: "messages", metric: "perSecond", unit: "perSecond" },
    { title: "RSS", metric: "rss", unit: "bytes" },
    { title: "heap", metric: "heapUsed", unit: "bytes" },
    { title: "speed by CPU ÷ bare", metric: "cpuUs", to: BARE, compare: "speed", unit: "ratio" },
    { title: "RSS over bare", metric: "rss", to: BARE, compare: "difference", unit: "bytes" },
  ],
};
