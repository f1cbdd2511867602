import reconnectingWebSocket from "reconnecting-websocket";
import { reconnectingSubject } from "./reconnecting.mjs";

// A CommonJS build: under Node its default export is one level down.
const ReconnectingWebSocket = reconnectingWebSocket.default ?? reconnectingWebSocket;

export const { connect, openSender } = reconnectingSubject(
  (address, WebSocket) => new ReconnectingWebSocket(address, [], { WebSocket }),
);
