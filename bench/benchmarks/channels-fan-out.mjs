import { bareOf, EVERYBODY, listeningTo, RAISED } from "./channel-subjects.mjs";

/** One event to all listeners of a channel, time after time; then ten of them in each tick. */
async function measure(stage) {
  const { sockets, events, burst, warmUp } = stage.sizes;
  const { server, listeners } = await listeningTo(stage, { sockets });
  const run = async (wanted, together, profile) => {
    const each = { events: wanted, every: together * sockets };
    await listeners.call("listen", { ...server.ready, ...each });
    const { cpuUs, wallMs, sentAt } = await server.call("fanOut", {
      ...{ events: wanted, burst: together },
      profile: profile && `${profile}.cpuprofile`,
    });
    const { p50, p99 } = await listeners.call("latencies", { sentAt });
    const deliveries = sockets * wanted;
    return { cpuUs: cpuUs / deliveries, perSecond: (deliveries * 1_000) / wallMs, p50, p99 };
  };
  await run(warmUp, burst);
  const one = await run(events, 1, stage.profile);
  const many = await run(events, burst, stage.profile && `${stage.profile}-bursts`);
  return {
    ...one,
    ...Object.fromEntries(Object.entries(many).map(([name, value]) => [`${name}InBursts`, value])),
  };
}

const speed = (title, metric, compare) => ({ title, metric, compare, to: bareOf, unit: "ratio" });

export const channelsFanOut = {
  name: "channels-fan-out",
  title: "Channels: fan-out to 1,000",
  about: ({ sockets, events, burst }) =>
    `${events} events, emitted in the server's own process, to ${sockets} listeners of one channel: one a tick, and then ${burst} a tick (“bursts”); the next go out when all have heard the ones before. CPU is that of the server process; latency is from the emit to a listener's read. A bare loop stringifies an event once for all; each of Holdfast's frames differs by client. ${RAISED}`,
  subjects: EVERYBODY,
  sizes: { sockets: 1_000, events: 300, burst: 10, warmUp: 50 },
  smoke: { sockets: 20, events: 20, burst: 10, warmUp: 10 },
  deadlineMs: 120_000,
  measure,
  columns: [
    { title: "CPU a delivery", metric: "cpuUs", unit: "us" },
    { title: "deliveries", metric: "perSecond", unit: "perSecond" },
    { title: "p50", metric: "p50", unit: "ms" },
    { title: "p99", metric: "p99", unit: "ms" },
    speed("speed by CPU ÷ bare", "cpuUs", "speed"),
    speed("deliveries ÷ bare", "perSecond", "times"),
    { title: "bursts: CPU", metric: "cpuUsInBursts", unit: "us" },
    { title: "bursts: deliveries", metric: "perSecondInBursts", unit: "perSecond" },
    { title: "bursts: p50", metric: "p50InBursts", unit: "ms" },
    { title: "bursts: p99", metric: "p99InBursts", unit: "ms" },
    speed("bursts: speed by CPU ÷ bare", "cpuUsInBursts", "speed"),
    speed("bursts: deliveries ÷ bare", "perSecondInBursts", "times"),
  ],
  bars: [
    {
      what: "Fan-out, one event a tick, deliveries",
      row: "holdfast",
      column: "deliveries ÷ bare",
      atLeast: 1,
    },
    { what: "Fan-out, one event a tick, by CPU", row: "holdfast", column: "speed by CPU ÷ bare", atLeast: 1 },
    {
      what: "Fan-out, bursts of 10, deliveries",
      row: "holdfast",
      column: "bursts: deliveries ÷ bare",
      atLeast: 2,
    },
    {
      what: "Fan-out, bursts of 10, by CPU",
      row: "holdfast",
      column: "bursts: speed by CPU ÷ bare",
      atLeast: 2,
    },
  ],
};

export const channelsFanOutMany = {
  ...channelsFanOut,
  name: "channels-fan-out-5000",
  title: "Channels: fan-out to 5,000",
  sizes: { sockets: 5_000, events: 100, burst: 10, warmUp: 20 },
  smoke: { sockets: 40, events: 20, burst: 10, warmUp: 10 },
  deadlineMs: 300_000,
};
