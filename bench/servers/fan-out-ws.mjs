// The plain loop: a text is stringified once and sent to every open socket of its team.
import process from "node:process";
import { WebSocket, WebSocketServer } from "ws";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { fanOutCommands } from "./fan-out-commands.mjs";

const { teams } = JSON.parse(process.argv[2]);
const sockets = new Map(Array.from({ length: teams }, (_, at) => [String(at + 1), new Set()]));
const acknowledgements = await Acknowledgements.listen();

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", backlog: 4096, perMessageDeflate: false });
server.on("connection", (socket, { url }) => {
  const team = sockets.get(url.slice("/team/".length));
  team.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => team.delete(socket));
  socket.send('{"type":"hello"}');
});

function send(text) {
  const message = JSON.stringify({ type: "message", text });
  for (const socket of sockets.get("1")) if (socket.readyState === WebSocket.OPEN) socket.send(message);
}

server.on("listening", () => {
  const address = `ws://127.0.0.1:${server.address().port}`;
  answerCommands(fanOutCommands(acknowledgements, send), { address, acknowledgePort: acknowledgements.port });
});
