// Socket.IO: sockets join a room, an event is broadcast to it, and acknowledgements are its own.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { channelCommands } from "./channel-commands.mjs";

const acknowledgements = await Acknowledgements.listen();
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text) => {
    body += text;
  });
  request.on("end", async () => {
    await io.to("c0").timeout(5_000).emitWithAck("event", JSON.parse(body));
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end('{"success":true}');
  });
});
const io = new Server(server, {
  transports: ["websocket"],
  perMessageDeflate: false,
  httpCompression: false,
});
io.on("connection", (socket) => socket.join("c0"));

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const emit = (payload) => io.to("c0").emit("event", payload);
  answerCommands(channelCommands(acknowledgements, emit), {
    address: `http://127.0.0.1:${server.address().port}`,
    dialect: "socket-io",
    acknowledgePort: acknowledgements.port,
  });
});
