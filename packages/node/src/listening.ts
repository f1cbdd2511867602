import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import type { SocketListener } from "@holdfast/core";
import { listeningAddress } from "@holdfast/core/socket";
import type { OpenSockets } from "./open-sockets.ts";

/** Takes the port, and makes a listener of the server. */
export function listening(
  server: Server,
  where: { port: number; host: string },
  scheme: string,
  sockets: OpenSockets,
): Promise<SocketListener> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      // Later errors are of single connections that could not be accepted; the peer sees them, and tries again.
      server.on("error", () => {});
      const { port } = server.address() as AddressInfo;
      let closed: Promise<void> | undefined;
      const close = async (): Promise<void> => {
        const stopped = new Promise((done) => server.close(done));
        // Connections that are no sockets yet, or were refused; TCP servers have none.
        (server as Partial<HttpServer>).closeAllConnections?.();
        await Promise.all([stopped, sockets.dropAll()]);
      };
      resolve({
        address: listeningAddress(scheme, where.host, port),
        port,
        close: () => {
          closed ??= close();
          return closed;
        },
      });
    });
  });
}
