// The server of socket.io-client: the same hello and the same messages, as ready frames on the same kind of sockets.
import { createServer } from "node:http";
import process from "node:process";
import { Server } from "socket.io";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { Arrivals } from "./arrivals.mjs";
import { Crowd } from "./crowd.mjs";
import { crowdCommands } from "./crowd-commands.mjs";
import { TEXT } from "./frames.mjs";

const { port = 0 } = JSON.parse(process.argv[2]);
const acknowledgements = await Acknowledgements.listen();
const acknowledgePort = acknowledgements.port;
const crowd = new Crowd(acknowledgements);
const arrivals = new Arrivals();
const server = createServer();
server.on("upgrade", () => arrivals.dialled());
const io = new Server(server, {
  transports: ["websocket"],
  perMessageDeflate: false,
  httpCompression: false,
});
io.on("connection", (socket) => {
  crowd.add(socket.conn.transport.socket);
  arrivals.arrived();
  socket.on("disconnect", () => arrivals.left());
  socket.on("say", () => crowd.heard());
  socket.emit("hello", {});
});

// Engine.io's and Socket.IO's own prefix: message, event.
const message = `42${JSON.stringify(["message", { type: "message", text: TEXT }])}`;
server.listen({ port, host: "127.0.0.1", backlog: 8192 }, () => {
  const address = `ws://127.0.0.1:${server.address().port}`;
  answerCommands(crowdCommands(crowd, arrivals, message), { address, acknowledgePort });
});
