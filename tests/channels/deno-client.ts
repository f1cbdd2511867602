// A channel client on Deno, driven by the test that spawned it: options as the argument, JSON lines in and out.
import { createChannelClient } from "@holdfast/deno";
import { runClient } from "./client-process.ts";
import { stdinLines } from "./stdin-lines.ts";

const client = createChannelClient(JSON.parse(Deno.args[0] ?? "{}"));
await runClient(client, stdinLines(), (line) => console.log(JSON.stringify(line)));
