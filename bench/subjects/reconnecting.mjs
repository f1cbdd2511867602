import mitt from "mitt";
import { WebSocket } from "ws";
import { DialPool } from "./dial-pool.mjs";

/** `ws` as a standard constructor that compresses nothing, for libraries that take one. */
class PlainWebSocket extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { perMessageDeflate: false });
  }
}

/** A subject over a library whose sockets look like a WebSocket and come back by themselves. */
export function reconnectingSubject(create) {
  const emitter = mitt();
  let pool;
  const dial = (address) => {
    const socket = create(address, PlainWebSocket);
    socket.addEventListener("message", onMessage);
    socket.addEventListener("error", ignore);
    return socket;
  };
  const onMessage = ({ data }) => {
    const message = JSON.parse(data);
    emitter.emit(message.type, message);
  };
  const ignore = () => {};
  return {
    async connect({ address, teams, concurrency, onMessage: listener }) {
      emitter.on("message", listener);
      emitter.on("hello", () => pool.arrived());
      pool = new DialPool((team) => dial(`${address}/team/${team}`), concurrency);
      await pool.fill(teams);
    },
    async openSender({ address }) {
      const socket = dial(`${address}/team/1`);
      await new Promise((resolve) => emitter.on("hello", resolve));
      return {
        send: (count) =>
          socket.send(JSON.stringify({ type: "say", text: "a quiet word among the teams", count })),
        hasRoom: () => socket.bufferedAmount < 1_048_576,
      };
    },
  };
}
