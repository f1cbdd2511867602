import type { Frame, Socket } from "@holdfast/core";
import type { TeamId } from "@holdfast/core/rtm";

/** How many addresses are remembered that nobody dialled; beyond it the oldest are given up. */
const MAX_ADDRESSES = 100_000;

/**
 * Which team an address leads to. It reads along what the server half says on global connections, where the
 * addresses are given out.
 */
export class AddressBook {
  readonly #teams = new Map<string, TeamId>();

  /** The team that a path of a dial leads to, as long as that address was not used. */
  teamOf(path: string): TeamId | undefined {
    return this.#teams.get(path);
  }

  /** The address was used. */
  used(path: string): void {
    this.#teams.delete(path);
  }

  /** The same socket, with the book reading what is sent on it. */
  readAlong(socket: Socket): Socket {
    const reading: Socket = {
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      send: (frame) => {
        this.#read(frame);
        return socket.send(frame);
      },
      close: (code, reason) => socket.close(code, reason),
    };
    if (socket.terminate !== undefined) reading.terminate = () => socket.terminate?.();
    if (socket.ping !== undefined) reading.ping = () => socket.ping?.();
    return reading;
  }

  #read(frame: Frame): void {
    if (typeof frame !== "string" || !frame.includes('"team.connect"')) return;
    const { type, team_id, ws_url } = JSON.parse(frame) as Record<string, unknown>;
    if (type !== "team.connect" || typeof ws_url !== "string" || !URL.canParse(ws_url)) return;
    if (typeof team_id !== "number" && typeof team_id !== "string") return;
    const { pathname, search } = new URL(ws_url);
    this.#teams.set(pathname + search, team_id);
    if (this.#teams.size > MAX_ADDRESSES) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const path of this.#teams.keys()) {
      this.#teams.delete(path);
      return;
    }
  }
}
