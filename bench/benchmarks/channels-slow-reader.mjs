import { HOLDFAST, HOLDFAST_DENO, listeningTo, RAISED, SOCKET_IO, WS } from "./channel-subjects.mjs";

/** Events at a steady pace, to listeners who all read, and then to as many of whom one does not. */
async function measure(stage) {
  const all = await paced(stage, 0);
  const butOne = await paced(stage, 1);
  return {
    ...{ p50: all.p50, p99: all.p99, p50Slow: butOne.p50, p99Slow: butOne.p99 },
    ratio: butOne.p99 / all.p99,
    dropped: butOne.slow,
  };
}

async function paced(stage, deaf) {
  const { sockets, events, everyMs, bytes } = stage.sizes;
  const { server, listeners } = await listeningTo(stage, { sockets });
  await listeners.call("listen", { ...server.ready, events, deaf });
  const { sentAt } = await server.call("pace", { events, everyMs, bytes });
  await listeners.call("counted", { what: "heard", goal: events * (sockets - deaf) });
  const { p50, p99 } = await listeners.call("latencies", { sentAt });
  const { slow } = await server.call("stats");
  await stage.end();
  return { p50, p99, slow };
}

export const channelsSlowReader = {
  name: "channels-slow-reader",
  title: "Channels: a slow reader",
  about: ({ sockets, events, everyMs, bytes }) =>
    `${events} events of ${bytes} bytes, one every ${everyMs} ms, to ${sockets} listeners of one channel; once all of them read, and once one does not. Latency is from the emit to the read of those who do. Holdfast closes the slow one (“dropped”) when 1 MiB waits for it in the process, which is after some 5 MB: the system takes the first four. Bare \`ws\` and Socket.IO keep what waits. ${RAISED}`,
  subjects: [WS, SOCKET_IO, HOLDFAST, HOLDFAST_DENO],
  sizes: { sockets: 1_000, events: 800, everyMs: 25, bytes: 8_192 },
  smoke: { sockets: 20, events: 20, everyMs: 5, bytes: 1_024 },
  deadlineMs: 150_000,
  measure,
  columns: [
    { title: "p50, all read", metric: "p50", unit: "ms" },
    { title: "p99, all read", metric: "p99", unit: "ms" },
    { title: "p50, one does not", metric: "p50Slow", unit: "ms" },
    { title: "p99, one does not", metric: "p99Slow", unit: "ms" },
    { title: "p99 with ÷ without", metric: "ratio", unit: "ratio" },
    { title: "dropped", metric: "dropped", unit: "count" },
  ],
  bars: [
    {
      what: "p99 of the others beside a slow reader",
      row: HOLDFAST.id,
      column: "p99 with ÷ without",
      atMost: 1.2,
    },
  ],
};
