import { clientFrame } from "./light-socket.mjs";

/** What a frame is: nothing to count, the first one, an event, a ping, or that somebody came or went. */
export const [OTHER, HELLO, EVENT, PING, PRESENCE] = [0, 1, 2, 3, 4];

const code = (character) => character.charCodeAt(0);
const [C, D, I, P] = ["C", "D", "I", "P"].map(code);
const TYPE_AT = '{"type":"'.length;
const ID_KEY = '"eventID":"';

/** Frames of docs/protocols/channels.md, told apart by the first letters of their type. */
const channels = {
  path: (channel) => `/${channel}/listen`,
  kindOf(bytes, from, to) {
    const first = bytes[from + TYPE_AT];
    if (first === D) return EVENT;
    if (first === C) return HELLO;
    if (first === P) return bytes[from + TYPE_AT + 1] === I ? PING : PRESENCE;
    throw new Error(`Unexpected frame: ${bytes.utf8Slice(from, to)}`);
  },
  pong: clientFrame('{"type":"PONG"}'),
  ackOf(bytes, from) {
    const at = bytes.indexOf(ID_KEY, from) + ID_KEY.length;
    const id = bytes.latin1Slice(at, bytes.indexOf('"', at));
    return clientFrame(`{"type":"ACK","payload":{"eventID":"${id}"}}`);
  },
};

const [OPEN, ENGINE_PING, MESSAGE, CONNECT, SOCKET_EVENT] = ["0", "2", "4", "0", "2"].map(code);
const JOIN = clientFrame("40");

/** Engine.io's and Socket.IO's packets: open, ping, message; and of those connect, event. */
const socketIo = {
  path: () => "/socket.io/?EIO=4&transport=websocket",
  kindOf(bytes, from, to, socket) {
    const [first, second] = [bytes[from], bytes[from + 1]];
    if (first === OPEN) socket.write(JOIN);
    else if (first === ENGINE_PING) return PING;
    else if (first === MESSAGE && second === CONNECT) return HELLO;
    else if (first === MESSAGE && second === SOCKET_EVENT) return EVENT;
    else throw new Error(`Unexpected packet: ${bytes.utf8Slice(from, to)}`);
    return OTHER;
  },
  pong: clientFrame("3"),
  ackOf(bytes, from) {
    const id = bytes.latin1Slice(from + 2, bytes.indexOf("[", from));
    return clientFrame(`43${id}[]`);
  },
};

export const DIALECTS = { channels, "socket-io": socketIo };
