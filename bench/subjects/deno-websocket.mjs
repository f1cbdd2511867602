// The bare socket of Deno: its own WebSocket, `JSON.parse` and mitt, with one listener for all sockets.
import mitt from "mitt";
import { DialPool } from "./dial-pool.mjs";

const emitter = mitt();
/** Held, so that none is collected. */
const sockets = [];

function onMessage({ data }) {
  const message = JSON.parse(data);
  emitter.emit(message.type, message);
}

export async function connect({ address, teams, concurrency, onMessage: listener }) {
  emitter.on("message", listener);
  emitter.on("hello", () => pool.arrived());
  const pool = new DialPool((team) => {
    const socket = new WebSocket(`${address}/team/${team}`);
    socket.addEventListener("message", onMessage);
    sockets.push(socket);
  }, concurrency);
  await pool.fill(teams);
}
