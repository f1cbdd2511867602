import type { DialOptions, Socket, SocketListener } from "@holdfast/core";
import { Door, type DoorOptions, type Guest, Recorder } from "./recorder.ts";
import type { Subject } from "./socket-contract.ts";

/** A dial with an abort signal of its own. */
export function dial(
  subject: Subject,
  address: string,
  recorder: Recorder,
  options: Partial<DialOptions> = {},
): Promise<Socket> {
  return subject.socket(address, recorder, { signal: new AbortController().signal, ...options });
}

/** A listener and its door, for as long as the work takes. */
export async function listening(
  subject: Subject,
  options: DoorOptions,
  work: (door: Door, listener: SocketListener) => Promise<void>,
): Promise<void> {
  const door = new Door(options);
  const listener = await subject.listen(door.accept);
  try {
    await work(door, listener);
  } finally {
    await listener.close();
  }
  door.check();
}

/** Both ends of an open connection. */
export interface Connected {
  readonly near: Socket;
  readonly heard: Recorder;
  readonly far: Guest;
  readonly door: Door;
  readonly listener: SocketListener;
}

/** An open connection, for as long as the work takes. */
export function connected(
  subject: Subject,
  options: DoorOptions & { dial?: Partial<DialOptions>; path?: string },
  work: (ends: Connected) => Promise<void>,
): Promise<void> {
  return listening(subject, options, async (door, listener) => {
    const heard = new Recorder();
    const near = await dial(subject, `${listener.address}${options.path ?? "/"}`, heard, options.dial);
    const far = await door.guest();
    await work({ near, heard, far, door, listener });
    heard.check("the dialler");
    // A runtime that cannot drop a socket must at least be asked to close it, or the next case inherits it.
    near.close();
  });
}
