// Clients of a fan-out server: they answer pings, count what they hear and say when all of a text has come.
import { connect as connectTcp } from "node:net";
import { WebSocket } from "ws";
import { answerCommands } from "../harness/answer-commands.mjs";
import { DialPool } from "../subjects/dial-pool.mjs";

let heard = 0;
let every = Number.POSITIVE_INFINITY;
let acknowledge;
let pool;

function onMessage(data) {
  if (data.length < 18) return pool.arrived();
  if (++heard % every === 0) acknowledge.write("!");
}

function dial(address) {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.on("message", onMessage);
  socket.on("error", () => {});
}

/** Where each team can be dialled: a server that hands out addresses is asked for each one. */
async function addressBook({ address, ask }) {
  if (!ask) return (team) => dial(`${address}/team/${team}`);
  const global = new WebSocket(`${address}/global`, { perMessageDeflate: false });
  await new Promise((resolve) => global.on("open", resolve));
  global.on("message", (data) => {
    const { type, ws_url } = JSON.parse(data);
    if (type === "team.connect") dial(ws_url);
  });
  return (team) => global.send(JSON.stringify({ type: "team.connect", team_id: team }));
}

answerCommands({
  /** So many sockets for each of so many teams. */
  connect: async ({ teams, sockets, ...server }) => {
    const dialTeam = await addressBook(server);
    pool = new DialPool((count) => dialTeam(((count - 1) % teams) + 1), 100);
    await pool.fill(teams * sockets);
  },
  acknowledge: ({ acknowledgePort, every: count }) => {
    every = count;
    acknowledge = connectTcp(acknowledgePort, "127.0.0.1").setNoDelay(true);
  },
});
