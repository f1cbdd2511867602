import { createBot, createConnection, defineProtocol, webSocket } from "@holdfast/node";
import * as v from "valibot";
import { botSubject } from "./bot.mjs";

export const { connect, grow } = botSubject(createBot);

/** One connection to send on: each message is checked by its schema before it goes. */
export async function openSender({ address }) {
  const protocol = defineProtocol({
    name: "bench",
    client: { say: v.object({ text: v.string(), count: v.number() }) },
    server: { hello: v.object({}) },
  });
  const url = `${address}/team/1`;
  const connection = createConnection({ protocol, socket: webSocket(), url, readyOn: "hello" });
  await connection.connect();
  let outcome = "sent";
  return {
    send: (count) => {
      outcome = connection.send("say", { text: "a quiet word among the teams", count });
      if (outcome === "rejected") throw new Error("A message was rejected");
    },
    hasRoom: () => outcome === "sent" || connection.stats().queued === 0,
  };
}
