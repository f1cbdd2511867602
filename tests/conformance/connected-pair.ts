import type { Socket } from "@holdfast/core";
import { webSocket } from "@holdfast/core";
import { Door, Recorder } from "../contract/recorder.ts";
import type { ServerSubject } from "./server-cases.ts";

/** An accepted socket, and what its dialler hears, for as long as the work takes. */
export async function connected(
  subject: ServerSubject,
  work: (socket: Socket, client: Recorder) => Promise<void>,
): Promise<void> {
  const door = new Door();
  const listener = await subject.serve({ port: 0, accept: door.accept });
  const client = new Recorder();
  const { signal } = new AbortController();
  const near = await webSocket()(`${listener.address}/`, client, { signal });
  try {
    await work((await door.guest()).socket, client);
  } finally {
    near.close();
    await listener.close();
  }
  door.check();
}
