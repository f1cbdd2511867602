import * as deno from "@holdfast/deno";
import * as node from "@holdfast/node";
import { denoFaultServer } from "./fault-server-deno.ts";
import {
  denoAgainstNodeFeatures,
  denoTcpFeatures,
  denoWebSocketFeatures,
  LIMIT_BYTES,
  nodeUnderDenoFeatures,
} from "./features.ts";
import type { ListenerSubject } from "./listener-contract.ts";
import { dialRawDeno } from "./raw-client-deno.ts";
import type { Subject } from "./socket-contract.ts";

const faults: Subject["faults"] = async (fault) => denoFaultServer("ws", fault);
const listenNode: ListenerSubject["listen"] = (accept, options) =>
  node.listenWebSocket({ port: 0, accept, maxMessageBytes: LIMIT_BYTES, ...options });

/** Every pair of dialler and listener that runs under Deno. */
export const denoSubjects: readonly Subject[] = [
  {
    features: denoWebSocketFeatures,
    socket: deno.webSocket(),
    limited: (maxFrameBytes) => deno.webSocket({ maxFrameBytes }),
    listen: (accept) => deno.listenWebSocket({ port: 0, accept, maxMessageBytes: LIMIT_BYTES }),
    faults,
  },
  {
    features: denoTcpFeatures,
    socket: deno.tcp(),
    limited: (maxLineBytes) => deno.tcp({ maxLineBytes }),
    listen: (accept) => deno.listenTcp({ port: 0, accept, maxLineBytes: LIMIT_BYTES }),
    faults: async (fault) => denoFaultServer("tcp", fault),
  },
  {
    features: denoAgainstNodeFeatures,
    socket: deno.webSocket(),
    limited: (maxFrameBytes) => deno.webSocket({ maxFrameBytes }),
    listen: (accept) => listenNode(accept),
    faults,
  },
  {
    features: nodeUnderDenoFeatures,
    socket: node.webSocket(),
    limited: (maxFrameBytes) => node.webSocket({ maxFrameBytes }),
    listen: (accept) => listenNode(accept),
    faults,
  },
];

/** Every listener that runs under Deno. */
export const denoListeners: readonly ListenerSubject[] = [
  {
    name: "listenWebSocket() of deno",
    framing: "web-socket",
    hardened: false,
    listen: (accept, options) =>
      deno.listenWebSocket({ port: 0, accept, maxMessageBytes: LIMIT_BYTES, ...options }),
    dialRaw: dialRawDeno,
  },
  {
    name: "listenTcp() of deno",
    framing: "lines",
    hardened: true,
    listen: (accept, options) => deno.listenTcp({ port: 0, accept, maxLineBytes: LIMIT_BYTES, ...options }),
    dialRaw: dialRawDeno,
  },
  {
    name: "listenWebSocket() of node, under Deno",
    framing: "web-socket",
    hardened: true,
    listen: listenNode,
    dialRaw: dialRawDeno,
  },
];
