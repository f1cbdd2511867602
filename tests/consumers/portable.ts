// A protocol of the user's own, and RTM, on core alone: a server and its clients in one process, without network.
import { createConnection, defineProtocol, HoldfastError, memory } from "@holdfast/core";
import { createBot, createRtmServer, type TeamId } from "@holdfast/core/rtm";
import { createManualClock } from "@holdfast/core/testing";
import * as v from "valibot";

const echo = defineProtocol({
  name: "echo",
  client: { say: v.object({ text: v.string() }) },
  server: { said: v.object({ text: v.string() }) },
});
const network = memory();
network.listen("ws://echo", () => (socket) => ({
  onFrame: (frame) => void socket.send(String(frame).replace('"say"', '"said"')),
  onClose: () => {},
}));
const connection = createConnection({ protocol: echo, socket: network.socket, url: "ws://echo/" });
await connection.connect();
const said = connection.messages.once("said");
connection.send("say", { text: "hello" });
// @ts-expect-error were the types lost, a server's message could be sent by the client
const send = (): unknown => connection.send("said", { text: "hello" });
const { text } = await said;
// @ts-expect-error were the types lost, a text would do as a number
const wrong: number = text;
console.log(`${text} ${typeof wrong} ${typeof send}`);
await connection.close();

const server = createRtmServer({ url: "ws://rtm" });
network.listen("ws://rtm", server.accept);
server.addTeam("a");
const bot = createBot({ url: "ws://rtm/global", socket: network.socket });
const connected = bot.once("team.connected");
await bot.start();
const { teamId }: { teamId: TeamId } = await connected;
server.send(teamId, "props");
const [row] = await server.healthcheck();
console.log(`${row?.id} ${row?.message_count} ${row?.props_count}`);
const ending = bot.closed;
await server.goodbye();
console.log((await ending).reason);

const clock = createManualClock();
clock.setTimer(() => console.log("later"), 60_000);
await clock.advance(60_000);
console.log(new HoldfastError("timeout", "No reply").code);
