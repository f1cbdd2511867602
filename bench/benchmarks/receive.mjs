import { EVERYBODY } from "./subjects.mjs";

const COLUMNS = [
  { title: "CPU a message", metric: "cpuUs", unit: "us" },
  { title: "messages", metric: "perSecond", unit: "perSecond" },
  { title: "speed by CPU ÷ ws", metric: "cpuUs", to: "ws", compare: "speed", unit: "ratio" },
  { title: "throughput ÷ ws", metric: "perSecond", to: "ws", compare: "times", unit: "ratio" },
];
const bars = (what) => [
  { what: `${what}, by CPU`, row: "holdfast", column: "speed by CPU ÷ ws", atLeast: 0.9 },
];

function figures({ cpuUs, wallMs }, messages) {
  return { cpuUs: cpuUs / messages, perSecond: (messages / wallMs) * 1_000 };
}

/** Everything to one connection, as fast as it reads. */
export async function receiveOne(stage) {
  const { messages } = stage.sizes;
  const server = await stage.server({ teams: 1 });
  const client = await stage.client();
  await client.call("connect", { ...server.ready, teams: 1, concurrency: 1 });
  await client.call("listen", { messages, profile: stage.profile && `${stage.profile}.cpuprofile` });
  await server.call("flood", { messages });
  return figures(await client.call("heard"), messages);
}

/** One message to each connection, pass after pass: hardly two of them come in one read. */
export async function receiveSpread(stage) {
  const { messages, teams } = stage.sizes;
  const server = await stage.server({ teams });
  const client = await stage.client();
  await client.call("connect", { ...server.ready, teams, concurrency: 100 });
  const profile = stage.profile && `${stage.profile}.cpuprofile`;
  await client.call("listen", { messages, every: teams, ...server.ready, profile });
  await server.call("spread", { passes: messages / teams });
  return figures(await client.call("heard"), messages);
}

export const receive = {
  name: "receive",
  title: "Receiving on one connection",
  about: ({ messages }) =>
    `${messages} messages of 62 bytes over one connection, to a listener that counts. CPU is that of the whole client process. Bare \`ws\` parses and emits by mitt; Holdfast checks, counts by team and tells \`team.message\`.`,
  subjects: EVERYBODY,
  sizes: { messages: 1_000_000 },
  smoke: { messages: 5_000 },
  deadlineMs: 120_000,
  measure: receiveOne,
  columns: COLUMNS,
  bars: bars("Receive, one connection"),
};

export const receiveMany = {
  ...receive,
  name: "receive-1000",
  title: "Receiving on many connections",
  about: ({ messages, teams }) =>
    `${messages} messages of 62 bytes over ${teams} connections, one to each of them in turn, so that each comes in a read of its own; a turn begins when the one before was heard.`,
  sizes: { messages: 1_000_000, teams: 1_000 },
  smoke: { messages: 2_000, teams: 20 },
  deadlineMs: 240_000,
  measure: receiveSpread,
  bars: bars("Receive, 1,000 connections"),
};
