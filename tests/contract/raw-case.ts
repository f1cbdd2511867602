import type { SocketListener } from "@holdfast/core";
import type { ListenerOptions, ListenerSubject } from "./listener-contract.ts";
import { clientFrame, type RawClient, upgradeRequest } from "./raw-client.ts";
import { Door, type DoorOptions, type Guest } from "./recorder.ts";

/** A raw client before a listener. */
export interface Raw {
  readonly client: RawClient;
  readonly door: Door;
  readonly listener: SocketListener;
}

/** A raw client before a listener, for as long as the work takes; the listener must be alive afterwards. */
export async function rawly(
  subject: ListenerSubject,
  work: (raw: Raw) => Promise<void>,
  options: DoorOptions & { listen?: ListenerOptions } = {},
): Promise<void> {
  const door = new Door(options);
  const listener = await subject.listen(door.accept, options.listen);
  const client = await subject.dialRaw(listener.port);
  try {
    await work({ client, door, listener });
    const asked = door.asked;
    const last = await subject.dialRaw(listener.port);
    if (subject.framing === "web-socket") last.send(upgradeRequest());
    await door.until("the listener to go on", () => door.asked > asked);
    last.drop();
  } finally {
    client.drop();
    await listener.close();
  }
  door.check();
}

/** The same with a WebSocket that is open: handshake done, and one frame exchanged. */
export function rawlyOpen(
  subject: ListenerSubject,
  work: (raw: Raw & { guest: Guest }) => Promise<void>,
): Promise<void> {
  return rawly(subject, async (raw) => {
    raw.client.send(upgradeRequest());
    const guest = await raw.door.guest();
    await raw.client.until("the answer", () => raw.client.text.includes("\r\n\r\n"));
    raw.client.send(clientFrame(0x81, "first"));
    await guest.recorder.until("a frame", () => guest.recorder.frames.length === 1);
    await work({ ...raw, guest });
  });
}
