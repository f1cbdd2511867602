// Listeners of a channel server, as light as can be: they count, say when all of a round has come, and when it came.
import { connect as connectTcp } from "node:net";
import { answerCommands } from "../harness/answer-commands.mjs";
import { percentile } from "../harness/figures.mjs";
import { DialPool } from "../subjects/dial-pool.mjs";
import { DIALECTS, EVENT, HELLO, PING, PRESENCE } from "./dialects.mjs";
import { LightSocket } from "./light-socket.mjs";
import { wallNow } from "./measure.mjs";

const sockets = [];
const waiting = [];
const counts = { heard: 0, presences: 0, pings: 0 };
let dialect;
let pool;
let acknowledges = false;
/** What is listened for: how many events, by how many sockets; and when each came, event by event. */
let round = { events: 0, listeners: 0, every: Number.POSITIVE_INFINITY };
let cameAt = new Float64Array();
let arrived = new Uint32Array();
let roundHeard;

function onFrame(socket, bytes, from, to) {
  const kind = dialect.kindOf(bytes, from, to, socket);
  if (kind === EVENT) {
    if (acknowledges) socket.write(dialect.ackOf(bytes, from));
    cameToPass(socket.heard++);
  } else if (kind === PING) {
    socket.write(dialect.pong);
    count("pings");
  } else if (kind === PRESENCE) count("presences");
  else if (kind === HELLO) pool.arrived();
}

function cameToPass(event) {
  if (event < round.events) cameAt[event * round.listeners + arrived[event]++] = wallNow();
  count("heard");
  if (counts.heard % round.every === 0) roundHeard.write("!");
}

function count(what) {
  counts[what]++;
  for (const wait of waiting) if (counts[what] === wait.goal && what === wait.what) wait.resolve();
}

/** Resolves when so many were counted. */
async function counted(what, goal) {
  if (counts[what] < goal) await new Promise((resolve) => waiting.push({ what, goal, resolve }));
}

answerCommands({
  /** So many sockets, in turn in so many channels. Where they are told of each other, all of that is waited for. */
  connect: async ({ address, dialect: spoken, channels, sockets: wanted, presence }) => {
    dialect = DIALECTS[spoken];
    pool = new DialPool(
      (number) => sockets.push(new LightSocket(address, dialect.path(`c${number % channels}`), onFrame)),
      50,
    );
    await pool.fill(wanted);
    const each = wanted / channels;
    if (presence) await counted("presences", (channels * each * (each - 1)) / 2);
  },
  /** From now on events are counted anew. `every` so many heard, a byte goes to the server. */
  listen: ({ events, every, acknowledgePort, deaf = 0, acknowledges: answers = false }) => {
    for (const socket of sockets.slice(0, deaf)) socket.deafen();
    for (const socket of sockets) socket.heard = 0;
    const listeners = sockets.length - deaf;
    round = { events, listeners, every: every ?? Number.POSITIVE_INFINITY };
    cameAt = new Float64Array(events * listeners);
    arrived = new Uint32Array(events);
    counts.heard = 0;
    acknowledges = answers;
    roundHeard ??= connectTcp(acknowledgePort, "127.0.0.1").setNoDelay(true);
  },
  counted: ({ what, goal }) => counted(what, goal),
  /** How long events took to arrive, in milliseconds, of those that went out at these times. */
  latencies: ({ sentAt }) => {
    const took = cameAt.map((at, index) => at - sentAt[Math.floor(index / round.listeners)]);
    return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
  },
});
