// A bare `ws` server that speaks RTM from ready frames: what bare `ws`, the peers and Holdfast are measured against.
import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { WebSocketServer } from "ws";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { Arrivals } from "./arrivals.mjs";
import { Crowd } from "./crowd.mjs";
import { crowdCommands } from "./crowd-commands.mjs";
import { frameOf, TEXT } from "./frames.mjs";

const { teams = 0, port = 0 } = JSON.parse(process.argv[2]);
const acknowledgements = await Acknowledgements.listen();
const acknowledgePort = acknowledgements.port;
const crowd = new Crowd(acknowledgements);
const arrivals = new Arrivals();
const hello = frameOf('{"type":"hello"}');
const joined = (from, to) =>
  Buffer.concat(Array.from({ length: to - from }, (_, at) => joinOf(from + at + 1)));
const joinOf = (id) => frameOf(`{"type":"team.join","team_id":${id}}`);
let known = teams;
let global;
let answered = 0;
let onHealthcheck = () => {};

const server = createServer();
const webSockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: 16_777_216,
});
server.on("upgrade", (request, stream, head) => {
  arrivals.dialled();
  webSockets.handleUpgrade(request, stream, head, (webSocket) => {
    webSocket.on("error", () => {});
    if (request.url === "/global") welcomeGlobal(webSocket);
    else welcomeTeam(webSocket);
  });
});

function welcomeGlobal(webSocket) {
  global = webSocket;
  webSocket._socket.write(Buffer.concat([hello, joined(0, known)]));
  webSocket.on("message", (data) => {
    const arrivedAt = performance.now();
    // A healthcheck of ten thousand rows is not parsed here: its writer is what is measured.
    if (data.length > 1_000) return onHealthcheck(arrivedAt, data);
    const { type, team_id } = JSON.parse(data);
    if (type === "healthcheck") return onHealthcheck(arrivedAt, data);
    if (type !== "team.connect") return;
    const answer = { type, team_id, ws_url: `ws://127.0.0.1:${server.address().port}/team/${team_id}` };
    webSocket._socket.write(frameOf(JSON.stringify(answer)));
  });
}

function welcomeTeam(webSocket) {
  crowd.add(webSocket);
  arrivals.arrived();
  webSocket.on("close", () => arrivals.left());
  webSocket._socket.write(hello);
  webSocket.on("message", (data) => {
    const text = data.latin1Slice(0, data.length);
    if (text.startsWith('{"type":"say"')) return crowd.heard();
    const { type, unique_id } = JSON.parse(text);
    if (type !== "ping") return;
    answered++;
    webSocket._socket.write(frameOf(`{"type":"pong","unique_id":${unique_id}}`));
  });
}

/** Asks for the state of all teams while messages come in; gives how long each reply took, in milliseconds. */
async function healthchecks({ perSecond, times, everyMs }) {
  const ask = frameOf('{"type":"healthcheck"}');
  const stop = crowd.trickle(frame, perSecond);
  const latencies = [];
  let reply;
  for (let time = 0; time < times; time++) {
    const next = new Promise((resolve) => setTimeout(resolve, everyMs));
    const asked = performance.now();
    const answer = new Promise((resolve) => {
      onHealthcheck = (at, data) => resolve({ at, data });
    });
    global._socket.write(ask);
    const { at, data } = await answer;
    latencies.push(at - asked);
    reply = data;
    await next;
  }
  return { latencies, ...stop(), rows: JSON.parse(reply).stats.length, bytes: reply.length };
}

const message = JSON.stringify({ type: "message", text: TEXT });
const frame = frameOf(message);
const commands = {
  ...crowdCommands(crowd, arrivals, message),
  healthchecks,
  pings: () => answered,
  /** Announces further teams, up to this number of them. */
  join: ({ upTo }) => {
    global?._socket.write(joined(known, upTo));
    known = upTo;
  },
};
server.listen({ port, host: "127.0.0.1", backlog: 8192 }, () => {
  answerCommands(commands, { address: `ws://127.0.0.1:${server.address().port}`, acknowledgePort });
});
