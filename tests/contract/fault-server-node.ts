import { type AddressInfo, createServer, type Socket as Stream } from "node:net";
import { type Fault, FaultPeer, type FaultServer } from "./fault-peer.ts";
import { Watch } from "./recorder.ts";

/** A fault server on `node:net`. With scheme `tcp` there is no handshake. */
export async function nodeFaultServer(scheme: "ws" | "tcp", fault: Fault): Promise<FaultServer> {
  const watch = new Watch();
  const streams = new Set<Stream>();
  const ended = new WeakSet<Stream>();
  let asked = 0;
  // Half-open on purpose: the peer's end is seen, and not answered.
  const server = createServer({ allowHalfOpen: true }, (stream) => {
    streams.add(stream);
    const wire = {
      write: (bytes: Uint8Array) => void stream.write(bytes),
      drop: () => void stream.destroySoon(),
    };
    const peer = new FaultPeer(fault, wire, () => {
      asked++;
      watch.changed();
    });
    const end = (): void => {
      ended.add(stream);
      watch.changed();
    };
    stream.on("data", (bytes) => void peer.received(bytes));
    stream.on("error", () => {});
    stream.on("end", end);
    stream.on("close", end);
    if (scheme === "tcp") peer.openAtOnce();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const dropAll = (): void => {
    for (const stream of streams) stream.destroy();
  };
  return {
    address: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    get open() {
      return [...streams].filter((stream) => !ended.has(stream)).length;
    },
    until: (what, holds, ms) => watch.until(what, holds, ms),
    dropAll,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
      }),
  };
}
