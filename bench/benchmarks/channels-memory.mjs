import {
  bareOf,
  CROSSWS,
  DENO,
  HOLDFAST,
  HOLDFAST_DENO,
  RAISED,
  SOCKET_IO,
  WS,
} from "./channel-subjects.mjs";

/** What one idle listener takes in the server's process, after it has answered a ping. */
async function measure(stage) {
  const { sockets, visitors, settleMs, pingIntervalMs } = stage.sizes;
  const server = await stage.server({ limits: { pingIntervalMs } });
  // What a process takes once, such as a larger young generation, is not that of a listener.
  const visiting = await stage.helper("client/channel-listeners.mjs");
  await visiting.call("connect", { ...server.ready, sockets: visitors, channels: visitors });
  await visiting.stop();
  const listeners = await stage.helper("client/channel-listeners.mjs");
  if (stage.profile) await server.call("snapshot", { path: `${stage.profile}-before.heapsnapshot` });
  const before = await server.call("memory", { settleMs });
  await listeners.call("connect", { ...server.ready, sockets, channels: sockets });
  if (stage.subject.id.startsWith("holdfast"))
    await listeners.call("counted", { what: "pings", goal: sockets });
  const after = await server.call("memory", { settleMs });
  if (stage.profile) await server.call("snapshot", { path: `${stage.profile}-after.heapsnapshot` });
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - before[name]) / sockets]),
  );
}

const difference = (title, metric) => ({ title, metric, to: bareOf, compare: "difference", unit: "bytes" });

export const channelsMemory = {
  name: "channels-memory",
  title: "Channels: memory of an idle listener",
  about: ({ sockets, visitors, pingIntervalMs }) =>
    `${sockets} sockets of one server process, in which ${visitors} have come and gone before. Holdfast's listen to a channel each, are pinged every ${pingIntervalMs / 1_000} s, and each has answered. RSS and heap after three collections, less the same before connecting, for each socket. ${RAISED}`,
  subjects: [WS, SOCKET_IO, CROSSWS, HOLDFAST, DENO, HOLDFAST_DENO],
  sizes: { sockets: 5_000, visitors: 500, settleMs: 700, pingIntervalMs: 10_000 },
  smoke: { sockets: 50, visitors: 10, settleMs: 20, pingIntervalMs: 300 },
  deadlineMs: 120_000,
  measure,
  columns: [
    { title: "RSS", metric: "rss", unit: "bytes" },
    { title: "heap", metric: "heapUsed", unit: "bytes" },
    { title: "external", metric: "external", unit: "bytes" },
    difference("RSS over bare", "rss"),
    difference("heap over bare", "heapUsed"),
  ],
  bars: [
    { what: "Idle listener above a bare socket", row: HOLDFAST.id, column: "RSS over bare", atMost: 3_072 },
  ],
};
