// A channel server on Deno, driven by the test that spawned it: options as the argument, JSON lines in and out.
import { createChannelServer, serve } from "@holdfast/deno";
import { runServer, type ServerLine, serverOptions } from "./channel-process.ts";
import { stdinLines } from "./stdin-lines.ts";

const say = (line: ServerLine): void => console.log(JSON.stringify(line));
const server = createChannelServer(serverOptions(JSON.parse(Deno.args[0] ?? "{}"), say));
const listener = await serve({
  port: 0,
  fetch: server.fetch,
  accept: server.accept,
  protocols: ["holdfast"],
});
await runServer(server, listener, stdinLines(), say);
