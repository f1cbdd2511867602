import { WebSocket as PartySocket } from "partysocket";
import { reconnectingSubject } from "./reconnecting.mjs";

export const { connect, openSender } = reconnectingSubject(
  (address, WebSocket) => new PartySocket(address, [], { WebSocket }),
);
