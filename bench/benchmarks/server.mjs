/** A server process that is measured, and clients that only listen. */
const SUBJECTS = [
  { id: "ws", label: "bare ws loop", server: "fan-out-ws" },
  { id: "holdfast", label: "**Holdfast**, RTM server", server: "fan-out-holdfast" },
];

/** One text to all sockets of a team, time after time; and what a team with one socket takes. */
async function measure(stage) {
  const { sockets, texts, teams, settleMs } = stage.sizes;
  const crowd = { teams: 1, sockets };
  const { cpuUs, wallMs } = await fanOut(stage, crowd, texts);
  const server = await stage.server({ teams });
  const listeners = await stage.helper("client/listeners.mjs");
  const before = await server.call("memory", { settleMs });
  await listeners.call("connect", { ...server.ready, teams, sockets: 1 });
  const after = await server.call("memory", { settleMs });
  return {
    cpuUs: cpuUs / (sockets * texts),
    perSecond: (sockets * texts * 1_000) / wallMs,
    rss: (after.rss - before.rss) / teams,
    heap: (after.heapUsed - before.heapUsed) / teams,
  };
}

async function fanOut(stage, { teams, sockets }, texts) {
  const server = await stage.server({ teams });
  const listeners = await stage.helper("client/listeners.mjs");
  await listeners.call("connect", { ...server.ready, teams, sockets });
  await listeners.call("acknowledge", { ...server.ready, every: sockets });
  const profile = stage.profile && `${stage.profile}.cpuprofile`;
  const figures = await server.call("fanOut", { texts, profile });
  await Promise.all([server.stop(), listeners.stop()]);
  return figures;
}

export const server = {
  name: "server",
  title: "A server's fan-out",
  about: ({ sockets, texts, teams }) =>
    `${texts} texts to one team with ${sockets} sockets; the next text goes out when the one before was heard by all. CPU is that of the server process. Bare \`ws\` stringifies once for each text and sends it to each open socket. Memory is that of one of ${teams} teams with one socket each.`,
  subjects: SUBJECTS,
  sizes: { sockets: 1_000, texts: 500, teams: 5_000, settleMs: 700 },
  smoke: { sockets: 20, texts: 20, teams: 50, settleMs: 20 },
  deadlineMs: 150_000,
  measure,
  columns: [
    { title: "CPU a delivery", metric: "cpuUs", unit: "us" },
    { title: "deliveries", metric: "perSecond", unit: "perSecond" },
    { title: "RSS a team", metric: "rss", unit: "bytes" },
    { title: "heap a team", metric: "heap", unit: "bytes" },
    { title: "speed by CPU ÷ ws", metric: "cpuUs", to: "ws", compare: "speed", unit: "ratio" },
    { title: "deliveries ÷ ws", metric: "perSecond", to: "ws", compare: "times", unit: "ratio" },
  ],
  bars: [{ what: "RTM server fan-out, by CPU", row: "holdfast", column: "speed by CPU ÷ ws", atLeast: 1 }],
};
