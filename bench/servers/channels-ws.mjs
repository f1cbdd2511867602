// The plain loop: an event is stringified once and sent to every open socket; what clients must acknowledge is counted.
import { WebSocket, WebSocketServer } from "ws";
import { serveBare } from "./channel-bare.mjs";

await serveBare((server) => {
  const sockets = new Set();
  const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
  let onAck = () => {};
  webSockets.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("message", (data) => onAck(JSON.parse(data.toString()).payload.eventID));
    socket.send('{"type":"CONNECTED"}');
  });
  return {
    size: () => sockets.size,
    send: (text) => {
      for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    acked: (call) => {
      onAck = call;
    },
  };
});
