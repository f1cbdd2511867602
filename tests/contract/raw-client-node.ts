import { connect } from "node:net";
import { type DialRaw, RawClient } from "./raw-client.ts";

/** A raw client on `node:net`. */
export const dialRawNode: DialRaw = (port) =>
  new Promise((resolve) => {
    const stream = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => resolve(client));
    const client = new RawClient({
      write: (bytes) => void stream.write(bytes),
      endHalf: () => void stream.end(),
      drop: () => void stream.resetAndDestroy(),
      stopReading: () => void stream.pause(),
    });
    stream.on("data", (bytes) => client.received(bytes));
    stream.on("error", () => {});
    stream.on("end", () => client.onEnd());
    stream.on("close", () => client.onEnd());
  });
