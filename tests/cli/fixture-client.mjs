// A client of the RTM protocol that is not ours, in as few lines as will do, and with a fault of its own choosing.
//   node tests/cli/fixture-client.mjs <url> honest|undercount|overcount|twice|silent|disconnected
import { WebSocket } from "ws";

const [url, fault] = process.argv.slice(2);
const teams = new Map();
const global = new WebSocket(url);

const ask = (id) => global.send(JSON.stringify({ type: "team.connect", team_id: id }));

function connect(id, address) {
  const team = teams.get(id) ?? { sockets: 0, messages: 0, props: 0 };
  teams.set(id, team);
  team.sockets++;
  const socket = new WebSocket(address);
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? undefined : textOf(data);
    if (text === undefined) return;
    team.messages++;
    if (text.includes("props")) team.props++;
  });
  socket.on("close", () => {
    team.sockets--;
    if (global.readyState === WebSocket.OPEN) ask(id);
  });
  // A client that thinks it had none yet, and does not close either.
  if (fault === "twice" && id === 1 && team.sockets === 1) ask(id);
}

function textOf(data) {
  try {
    const { type, text } = JSON.parse(data);
    return type === "message" && typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

function row([id, { sockets, messages, props }]) {
  const off = { undercount: -1, overcount: 1 }[fault] ?? 0;
  const connected = sockets > 0 && fault !== "disconnected";
  return { id, connected, message_count: Math.max(0, messages + (id === 1 ? off : 0)), props_count: props };
}

global.on("message", (data) => {
  const { type, team_id: id, ws_url: address } = JSON.parse(data);
  if (type === "team.join") ask(id);
  else if (type === "team.connect") connect(id, address);
  else if (type === "healthcheck" && fault !== "silent") {
    global.send(JSON.stringify({ type, stats: [...teams].map(row) }));
  } else if (type === "goodbye") process.exit(0);
});
global.on("close", () => process.exit(0));
