// A channel server on Node, driven by the test that spawned it: options as the argument, JSON lines in and out.
import { createInterface } from "node:readline";
import { createChannelServer, serve } from "@holdfast/node";
import { runServer, type ServerLine, serverOptions } from "./channel-process.ts";

const say = (line: ServerLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const server = createChannelServer(serverOptions(JSON.parse(process.argv[2] ?? "{}"), say));
const listener = await serve({
  port: 0,
  fetch: server.fetch,
  accept: server.accept,
  protocols: ["holdfast"],
});
await runServer(server, listener, createInterface({ input: process.stdin }), say);
process.stdin.destroy();
