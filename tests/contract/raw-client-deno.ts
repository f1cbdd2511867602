import { type DialRaw, RawClient } from "./raw-client.ts";

/** A raw client on `Deno.connect`. */
export const dialRawDeno: DialRaw = async (port) => {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  let writing: Promise<unknown> = Promise.resolve();
  let dropped = false;
  const reading = new AbortController();
  const client = new RawClient({
    write: (bytes) => {
      writing = writing.then(() => writeAll(connection, bytes)).catch(() => {});
    },
    endHalf: () => {
      writing = writing.then(() => connection.closeWrite()).catch(() => {});
    },
    drop: () => {
      if (!dropped) connection.close();
      dropped = true;
    },
    stopReading: () => reading.abort(),
  });
  void readAll(connection, client, reading.signal);
  return client;
};

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length; ) start += await connection.write(bytes.subarray(start));
}

async function readAll(connection: Deno.TcpConn, client: RawClient, stopped: AbortSignal): Promise<void> {
  const buffer = new Uint8Array(8_192);
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      if (stopped.aborted) return;
      client.received(buffer.subarray(0, count));
    }
  } catch {
    // Reset, or dropped here.
  }
  client.onEnd();
}
