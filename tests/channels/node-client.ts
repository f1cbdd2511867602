// A channel client on Node, driven by the test that spawned it: options as the argument, JSON lines in and out.
import { createInterface } from "node:readline";
import { createChannelClient } from "@holdfast/node";
import { runClient } from "./client-process.ts";

const client = createChannelClient(JSON.parse(process.argv[2] ?? "{}"));
const commands = createInterface({ input: process.stdin });
await runClient(client, commands, (line) => void process.stdout.write(`${JSON.stringify(line)}\n`));
process.stdin.destroy();
