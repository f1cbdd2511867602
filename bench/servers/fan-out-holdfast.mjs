// The server half of RTM over a listener, as a program uses it.
import process from "node:process";
import { createRtmServer, listenWebSocket } from "@holdfast/node";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { fanOutCommands } from "./fan-out-commands.mjs";

const { teams } = JSON.parse(process.argv[2]);
const acknowledgements = await Acknowledgements.listen();
let address = "";
const server = createRtmServer({ url: () => address });
({ address } = await listenWebSocket({ port: 0, accept: server.accept }));
for (let team = 1; team <= teams; team++) server.addTeam(team);

const commands = fanOutCommands(acknowledgements, (text) => server.send(1, text));
answerCommands(commands, { address, acknowledgePort: acknowledgements.port, ask: true });
