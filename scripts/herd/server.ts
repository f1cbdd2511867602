// The server process of the herd: our RTM server half with as many teams as it is told, on the port it is told.
import { createRtmServer, listenWebSocket } from "@holdfast/node";
import { tell } from "./messages.ts";

const [teams = 0, wanted = 0] = process.argv.slice(2).map(Number);
let address = "";
const server = createRtmServer({ url: () => address, heartbeat: false });
for (let team = 1; team <= teams; team++) server.addTeam(team);
const listener = await listenWebSocket({ port: wanted, accept: server.accept });
address = listener.address;
tell({ kind: "listening", address });

process.on("disconnect", () => process.exit(1));
process.on("message", async () => {
  tell({ kind: "claim", claim: await server.healthcheck() });
  await server.goodbye();
  await listener.close();
  process.removeAllListeners("disconnect");
  process.disconnect();
});
