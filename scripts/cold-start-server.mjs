// The server of scripts/cold-start.mjs: our RTM server half with as many teams as it is told, in its own process.
import { createRtmServer, listenWebSocket } from "@holdfast/node";

let address = "";
const server = createRtmServer({ url: () => address, heartbeat: false });
const listener = await listenWebSocket({ port: 0, accept: server.accept });
address = listener.address;
for (let team = 1; team <= Number(process.argv[2]); team++) server.addTeam(team);
process.send(address);
process.on("disconnect", () => process.exit(0));
process.on("message", async () => {
  process.send(await server.healthcheck());
  await server.goodbye();
  await listener.close();
  process.disconnect();
});
