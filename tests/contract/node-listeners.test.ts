import { listenTcp, listenWebSocket } from "@holdfast/node";
import { describe, it } from "vitest";
import { LIMIT_BYTES } from "./features.ts";
import { type ListenerSubject, listenerContract } from "./listener-contract.ts";
import { dialRawNode } from "./raw-client-node.ts";

const listeners: ListenerSubject[] = [
  {
    name: "listenWebSocket() of node",
    framing: "web-socket",
    hardened: true,
    listen: (accept, options) =>
      listenWebSocket({ port: 0, accept, maxMessageBytes: LIMIT_BYTES, ...options }),
    dialRaw: dialRawNode,
  },
  {
    name: "listenTcp() of node",
    framing: "lines",
    hardened: true,
    listen: (accept, options) => listenTcp({ port: 0, accept, maxLineBytes: LIMIT_BYTES, ...options }),
    dialRaw: dialRawNode,
  },
];

for (const subject of listeners) {
  describe(subject.name, () => {
    for (const { name, run } of listenerContract(subject)) it(name, () => run(subject));
  });
}
