// Run by deno.test.ts: node_modules/.bin/deno run --allow-net tests/contract/deno-exit.ts ws://127.0.0.1:…
import { tcp, webSocket } from "@holdfast/deno";

/** Opens one connection, closes it, and has nothing left to do. */
const address = Deno.args[0] ?? "";
const socket = address.startsWith("tcp:") ? tcp() : webSocket();
const open = await socket(
  address,
  { onFrame: () => {}, onClose: () => {} },
  { signal: new AbortController().signal },
);
open.close();
