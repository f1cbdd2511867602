// The server half of RTM: two teams, a message a second for each, a healthcheck, and goodbye after five seconds.
//   npm run build
//   npx tsx examples/rtm-server.ts 8080
import { createRtmServer, listenWebSocket } from "@holdfast/node";

let address = "";
const server = createRtmServer({ url: () => address });
const listener = await listenWebSocket({ port: Number(process.argv[2] ?? 8080), accept: server.accept });
address = listener.address;
console.log(`listening on ${address}/global`);

server.addTeam(1);
server.addTeam("second");
server.on("team.connected", ({ teamId }) => console.log(`team ${teamId} is connected`));
server.on("mistake", ({ kind, message }) => console.log(`mistake (${kind}): ${message}`));

const talking = setInterval(() => {
  server.send(1, "mad props to you");
  server.send("second", "hello");
}, 1_000);

setTimeout(async () => {
  clearInterval(talking);
  try {
    for (const { id, connected, message_count } of await server.healthcheck()) {
      console.log(`team ${id}: connected ${connected}, ${message_count} messages`);
    }
  } catch (error) {
    console.log(`no healthcheck: ${(error as Error).message}`);
  }
  await server.goodbye();
  await listener.close();
}, 5_000);
