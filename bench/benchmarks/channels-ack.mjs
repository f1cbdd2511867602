import { HOLDFAST, HOLDFAST_DENO, listeningTo, RAISED, SOCKET_IO, WS } from "./channel-subjects.mjs";

/** Emits over HTTP, each of which is answered once every listener has acknowledged it. */
async function measure(stage) {
  const { sockets, perSecond, emits } = stage.sizes;
  const { server, listeners } = await listeningTo(stage, { sockets });
  const caller = await stage.helper("client/channel-caller.mjs");
  await listeners.call("listen", { ...server.ready, events: 0, acknowledges: true });
  const url = `${server.ready.address}/c0/emit?require-ack=true`;
  await caller.call("call", { url, perSecond, emits: Math.ceil(emits / 5) });
  await server.call("begin", { profile: stage.profile && `${stage.profile}.cpuprofile` });
  const { p50, p99, most } = await caller.call("call", { url, perSecond, emits });
  const { cpuUs } = await server.call("end");
  return { p50, p99, most, cpuUs: cpuUs / emits / sockets };
}

export const channelsAck = {
  name: "channels-ack",
  title: "Channels: emits with acknowledgement",
  about: ({ sockets, perSecond, emits }) =>
    `${emits} emits over HTTP with \`require-ack\`, ${perSecond} a second whether or not the answers keep up, each acknowledged by ${sockets} listeners of the channel. Latency is from when an emit was due to its answer's last byte. Bare \`ws\` counts acknowledgements in a Map; Socket.IO's are those of its own broadcast. ${RAISED}`,
  subjects: [WS, SOCKET_IO, HOLDFAST, HOLDFAST_DENO],
  sizes: { sockets: 100, perSecond: 200, emits: 2_000 },
  smoke: { sockets: 5, perSecond: 100, emits: 20 },
  deadlineMs: 60_000,
  measure,
  columns: [
    { title: "p50", metric: "p50", unit: "ms" },
    { title: "p99", metric: "p99", unit: "ms" },
    { title: "longest", metric: "most", unit: "ms" },
    { title: "CPU a client and emit", metric: "cpuUs", unit: "us" },
    { title: "p99 ÷ ws", metric: "p99", to: WS.id, compare: "times", unit: "ratio" },
  ],
  bars: [
    { what: "Emit acknowledged by 100 clients, p99", row: HOLDFAST.id, column: "p99", atMost: 20 },
    {
      what: "Emit acknowledged by 100 clients on Deno, p99",
      row: HOLDFAST_DENO.id,
      column: "p99",
      atMost: 20,
    },
  ],
};
