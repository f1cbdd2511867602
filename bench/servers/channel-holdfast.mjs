import process from "node:process";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Acknowledgements } from "./acknowledgements.mjs";
import { channelCommands } from "./channel-commands.mjs";

/** All clients come from one address, and acknowledge as fast as they can: these two limits are out of the way. */
const LIMITS = { connectionsPerAddress: 20_000, messagesPerSecond: 10_000, messageBurst: 10_000 };

/** A channel server as a program uses it, on either runtime. */
export async function serveHoldfast({ createChannelServer, serve }) {
  const { limits } = JSON.parse(process.argv[2]);
  const acknowledgements = await Acknowledgements.listen();
  const server = createChannelServer({ limits: { ...LIMITS, ...limits } });
  const listener = await serve({
    port: 0,
    fetch: server.fetch,
    accept: server.accept,
    protocols: ["holdfast"],
  });
  const commands = channelCommands(
    acknowledgements,
    (payload) => void server.emit("c0", payload),
    () => server.stats(),
  );
  answerCommands(commands, {
    address: listener.address.replace("ws:", "http:"),
    dialect: "channels",
    presence: true,
    acknowledgePort: acknowledgements.port,
  });
}
