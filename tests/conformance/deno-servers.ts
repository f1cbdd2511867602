import * as deno from "@holdfast/deno";
import * as node from "@holdfast/node";
import { dialRawDeno } from "../contract/raw-client-deno.ts";
import { CLOSE_TIMEOUT_MS, type ServerSubject } from "./server-cases.ts";

/** Every `serve` that runs under Deno: its own, and the hardened one of node. */
export const denoServers: readonly ServerSubject[] = [
  {
    name: "serve() of deno",
    framing: "web-socket",
    hardened: false,
    serve: deno.serve,
    listen: (accept) => deno.serve({ port: 0, accept, closeTimeoutMs: CLOSE_TIMEOUT_MS }),
    dialRaw: dialRawDeno,
  },
  {
    name: "serve() of node, under Deno",
    framing: "web-socket",
    hardened: true,
    serve: node.serve,
    listen: (accept) => node.serve({ port: 0, accept, closeTimeoutMs: CLOSE_TIMEOUT_MS }),
    dialRaw: dialRawDeno,
  },
];
