// The bare socket: `ws`, `JSON.parse` and mitt, with one listener for all sockets. Nothing is kept alive, checked or told.
import mitt from "mitt";
import { WebSocket } from "ws";
import { answerHealthchecks } from "./bare-healthcheck.mjs";
import { startPings } from "./bare-pings.mjs";
import { DialPool } from "./dial-pool.mjs";

const emitter = mitt();
const sockets = [];
let pool;

/** How long the loop that everybody writes waits before it dials again, in milliseconds. */
const RETRY_MS = 1_000;

/** Told as text: parsing the Buffer as it is takes a detour that costs a sixth more. */
function onMessage(data) {
  const message = JSON.parse(data.toString());
  emitter.emit(message.type, message);
}

function ignore() {}

function dial(address, listener = onMessage) {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.on("message", listener);
  socket.on("error", ignore);
  return socket;
}

/** Connects so many teams; `heartbeatMs` has them pinged, `retry` dialled again, and `counts` counted one by one. */
export async function connect({
  address,
  teams,
  concurrency,
  onMessage: listener,
  heartbeatMs,
  retry,
  counts,
}) {
  emitter.on("message", listener);
  emitter.on("hello", () => pool.arrived());
  const rows = counts ? await answerHealthchecks(address, emitter) : undefined;
  const dialTeam = (team) => {
    const socket = dial(`${address}/team/${team}`, rows?.listenerFor(team));
    sockets[team - 1] = socket;
    if (retry) socket.on("close", () => setTimeout(dialTeam, RETRY_MS, team));
  };
  pool = new DialPool(dialTeam, concurrency);
  await pool.fill(teams);
  if (heartbeatMs !== undefined) startPings(sockets, heartbeatMs);
}

/** Connects further teams. */
export async function grow(teams) {
  await pool.fill(teams);
}

/** One socket to send on. */
export async function openSender({ address }) {
  const socket = dial(`${address}/team/1`);
  await new Promise((resolve) => emitter.on("hello", resolve));
  return {
    send: (count) =>
      socket.send(JSON.stringify({ type: "say", text: "a quiet word among the teams", count })),
    hasRoom: () => socket.bufferedAmount < 1_048_576,
  };
}
