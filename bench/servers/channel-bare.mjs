import { createServer } from "node:http";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { channelCommands } from "./channel-commands.mjs";

/** An event on the wire, as docs/protocols/channels.md has it, without what differs by client. */
export function eventText(payload, number, requiresAck = false) {
  const eventID = `evt_${String(number).padStart(27, "0")}`;
  return JSON.stringify({ type: "DATA", payload, eventID, requires_ack: requiresAck, latency: 0 });
}

/**
 * A channel server that somebody writes in an hour, over any kind of sockets: `crowdOn(server)` gives `send(text)` to
 * everybody, and, where clients acknowledge, `size()` and `acked(call)`. An emit over HTTP waits for all of them.
 */
export async function serveBare(crowdOn) {
  const acknowledgements = await Acknowledgements.listen();
  const pending = new Map();
  let events = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    request.on("end", () => emitAndWait(JSON.parse(body), response));
  });
  const crowd = crowdOn(server);

  function emitAndWait(payload, response) {
    const text = eventText(payload, ++events, true);
    pending.set(JSON.parse(text).eventID, { left: crowd.size(), response });
    crowd.send(text);
  }
  crowd.acked?.((id) => {
    const waits = pending.get(id);
    if (waits === undefined || --waits.left > 0) return;
    pending.delete(id);
    waits.response.writeHead(200, { "Content-Type": "application/json" });
    waits.response.end(JSON.stringify({ success: true, eventID: id }));
  });

  await new Promise((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, resolve));
  const emit = (payload) => crowd.send(eventText(payload, ++events));
  answerCommands(channelCommands(acknowledgements, emit), {
    address: `http://127.0.0.1:${server.address().port}`,
    dialect: "channels",
    acknowledgePort: acknowledgements.port,
  });
}
