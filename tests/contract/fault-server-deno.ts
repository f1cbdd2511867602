import { type Fault, FaultPeer, type FaultServer } from "./fault-peer.ts";
import { Watch } from "./recorder.ts";

/** A fault server on `Deno.listen`. With scheme `tcp` there is no handshake. */
export function denoFaultServer(scheme: "ws" | "tcp", fault: Fault): FaultServer {
  const watch = new Watch();
  const connections = new Set<Deno.TcpConn>();
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  let asked = 0;
  let open = 0;

  const serve = async (connection: Deno.TcpConn): Promise<void> => {
    connections.add(connection);
    open++;
    const drop = (): void => {
      if (connections.delete(connection)) connection.close();
    };
    let written: Promise<unknown> = Promise.resolve();
    const wire = {
      write: (bytes: Uint8Array): void => {
        written = written.then(() => connection.write(bytes)).catch(drop);
      },
      drop: () => void written.then(drop),
    };
    const peer = new FaultPeer(fault, wire, () => {
      asked++;
      watch.changed();
    });
    if (scheme === "tcp") peer.openAtOnce();
    const buffer = new Uint8Array(8_192);
    try {
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) break;
        await peer.received(buffer.subarray(0, count));
      }
    } catch {
      // Dropped, here or there.
    }
    // Half-open on purpose: the peer's end is seen, and not answered.
    open--;
    watch.changed();
  };
  const serving = (async () => {
    for await (const connection of listener) void serve(connection);
  })();
  const dropAll = (): void => {
    for (const connection of connections) connection.close();
    connections.clear();
  };
  return {
    address: `${scheme}://127.0.0.1:${listener.addr.port}`,
    get asked() {
      return asked;
    },
    get open() {
      return open;
    },
    until: (what, holds, ms) => watch.until(what, holds, ms),
    dropAll,
    async close() {
      listener.close();
      dropAll();
      await serving;
    },
  };
}
