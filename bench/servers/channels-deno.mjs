// The plain loop on Deno's own server: an event is stringified once and sent to every open socket.
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { eventText } from "./channel-bare.mjs";
import { channelCommands } from "./channel-commands.mjs";

const acknowledgements = await Acknowledgements.listen();
const sockets = new Set();
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.addEventListener("open", () => {
    sockets.add(socket);
    socket.send('{"type":"CONNECTED"}');
  });
  socket.addEventListener("close", () => sockets.delete(socket));
  return response;
});

let events = 0;
const emit = (payload) => {
  const text = eventText(payload, ++events);
  for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.send(text);
};
answerCommands(channelCommands(acknowledgements, emit), {
  address: `http://127.0.0.1:${server.addr.port}`,
  dialect: "channels",
  acknowledgePort: acknowledgements.port,
});
