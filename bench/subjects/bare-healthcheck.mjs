import { once } from "node:events";
import { WebSocket } from "ws";

/** The plain way: a row for each team, and all of them written at once when they are asked for. */
export async function answerHealthchecks(address, emitter) {
  const rows = [];
  const global = new WebSocket(`${address}/global`, { perMessageDeflate: false });
  global.on("message", (data) => {
    const { type } = JSON.parse(data.toString());
    if (type === "healthcheck") global.send(JSON.stringify({ type, stats: rows }));
  });
  await once(global, "open");
  return {
    /** What hears a team's messages, and counts them. */
    listenerFor(id) {
      const row = { id, connected: true, message_count: 0, props_count: 0 };
      rows.push(row);
      return (data) => {
        const message = JSON.parse(data.toString());
        if (message.type === "message") {
          row.message_count++;
          if (message.text.includes("props")) row.props_count++;
        }
        emitter.emit(message.type, message);
      };
    },
  };
}
