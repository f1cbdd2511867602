import { EVERYBODY } from "./subjects.mjs";

/** Batches of messages in one turn of the loop each, until the server has counted all. */
async function measure(stage) {
  const { messages, batch } = stage.sizes;
  const server = await stage.server({ teams: 1 });
  const client = await stage.client();
  await client.call("openSender", server.ready);
  const received = server.call("received", { count: messages });
  await client.call("send", { messages, batch, profile: stage.profile && `${stage.profile}.cpuprofile` });
  await received;
  const { cpuUs, wallMs } = await client.call("end");
  return { cpuUs: cpuUs / messages, perSecond: (messages / wallMs) * 1_000 };
}

export const send = {
  name: "send",
  title: "Sending on one connection",
  about: ({ messages, batch }) =>
    `${messages} messages of about 65 bytes, ${batch} in each turn of the loop while less than 1 MB waits, until the server has counted them. Holdfast's are checked by their schema before they go.`,
  subjects: EVERYBODY,
  sizes: { messages: 300_000, batch: 100 },
  smoke: { messages: 2_000, batch: 100 },
  deadlineMs: 120_000,
  measure,
  columns: [
    { title: "CPU a message", metric: "cpuUs", unit: "us" },
    { title: "messages", metric: "perSecond", unit: "perSecond" },
    { title: "speed by CPU ÷ ws", metric: "cpuUs", to: "ws", compare: "speed", unit: "ratio" },
    { title: "throughput ÷ ws", metric: "perSecond", to: "ws", compare: "times", unit: "ratio" },
  ],
};
