import type { SocketFactory } from "@holdfast/core";
import { type Deliver, type MemorySocket, memoryOver } from "@holdfast/core/socket";
import type { Fault, FaultServer } from "./fault-peer.ts";
import { Watch } from "./recorder.ts";

/** Faults in memory: there is no wire below a memory socket but its `MemoryWire`. */
export function memoryFaultServer(fault: Fault): { server: FaultServer; socket: SocketFactory } {
  const watch = new Watch();
  const nears = new Set<MemorySocket>();
  let asked = 0;
  // A mute peer hears nothing of what is sent to it once the connection is there.
  const there: Deliver = (task) => {
    if (fault !== "mute" || nears.size === 0) queueMicrotask(task);
  };
  const network = memoryOver({
    meet: () => (fault === "silent" ? "silence" : "connect"),
    carry: () => ({ there, back: queueMicrotask }),
    joined: (_, near) => {
      asked++;
      nears.add(near);
    },
  });
  network.listen("memory://faults", () => (socket) => {
    if (fault === "sever") socket.terminate?.();
    return { onFrame: () => {}, onClose: () => {} };
  });
  const dropAll = (): void => {
    for (const near of nears) near.end({ kind: "abnormal", message: "Dropped" });
  };
  const server: FaultServer = {
    address: "memory://faults",
    get asked() {
      return asked;
    },
    get open() {
      return [...nears].filter((near) => near.open).length;
    },
    until: (what, holds, ms) => watch.until(what, holds, ms),
    dropAll,
    close: async () => dropAll(),
  };
  return { server, socket: network.socket };
}
