import { io } from "socket.io-client";
import { DialPool } from "./dial-pool.mjs";

/** A connection of its own for each team, by WebSocket from the start. */
const OPTIONS = { transports: ["websocket"], forceNew: true, perMessageDeflate: false };

export async function connect({ address, teams, concurrency, onMessage }) {
  const pool = new DialPool((team) => {
    const socket = io(address, { ...OPTIONS, query: { team } });
    socket.on("hello", onHello);
    socket.on("message", onMessage);
  }, concurrency);
  const onHello = () => pool.arrived();
  await pool.fill(teams);
}

export async function openSender({ address }) {
  const socket = io(address, OPTIONS);
  await new Promise((resolve) => socket.on("hello", resolve));
  return {
    send: (count) => socket.emit("say", { text: "a quiet word among the teams", count }),
    hasRoom: () => socket.io.engine.writeBuffer.length < 10_000,
  };
}
