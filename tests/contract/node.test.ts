import { webSocket as portableWebSocket } from "@holdfast/core";
import { listenTcp, listenWebSocket, memory, tcp, webSocket } from "@holdfast/node";
import { describe, it } from "vitest";
import { memoryFaultServer } from "./fault-server-memory.ts";
import { nodeFaultServer } from "./fault-server-node.ts";
import {
  LIMIT_BYTES,
  memoryFeatures,
  nodeTcpFeatures,
  nodeWebSocketFeatures,
  portableFeatures,
} from "./features.ts";
import { type Subject, socketContract } from "./socket-contract.ts";

/** One network for all cases, as there is one loopback: each listener takes a host of its own. */
function memorySubject(): Subject {
  const network = memory();
  const faulty = new Map<string, Subject["socket"]>();
  let hosts = 0;
  return {
    features: memoryFeatures,
    socket: (address, handler, options) => {
      const host = URL.canParse(address) ? new URL(address).host : "";
      return (faulty.get(host) ?? network.socket)(address, handler, options);
    },
    listen: async (accept) => network.listen(`memory://host-${++hosts}`, accept),
    faults: async (fault) => {
      const { server, socket } = memoryFaultServer(fault);
      faulty.set("faults", socket);
      return server;
    },
  };
}

const overWebSocket: Pick<Subject, "listen" | "faults"> = {
  listen: (accept) => listenWebSocket({ port: 0, accept, maxMessageBytes: LIMIT_BYTES }),
  faults: (fault) => nodeFaultServer("ws", fault),
};

const subjects: Subject[] = [
  memorySubject(),
  { ...overWebSocket, features: portableFeatures, socket: portableWebSocket() },
  {
    ...overWebSocket,
    features: nodeWebSocketFeatures,
    socket: webSocket(),
    limited: (maxFrameBytes) => webSocket({ maxFrameBytes }),
  },
  {
    features: nodeTcpFeatures,
    socket: tcp(),
    limited: (maxLineBytes) => tcp({ maxLineBytes }),
    listen: (accept) => listenTcp({ port: 0, accept, maxLineBytes: LIMIT_BYTES }),
    faults: (fault) => nodeFaultServer("tcp", fault),
  },
];

for (const subject of subjects) {
  describe(subject.features.name, () => {
    for (const { name, run } of socketContract(subject.features)) it(name, () => run(subject));
  });
}
