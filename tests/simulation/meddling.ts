import type { Acceptor, Socket, SocketHandler } from "@holdfast/core";
import type { ManualClock } from "@holdfast/core/testing";
import { lateness } from "./fault-plan.ts";

/** What is done to the server's own words and welcomes just now. */
export interface Meddling {
  /** Whether each team event is said twice. */
  readonly double: boolean;
  /** Whether team events come late. */
  readonly late: boolean;
  /** Whether who dials this path is welcomed and dropped: before its hello, or after. */
  flaps(path: string): "before" | "after" | undefined;
  /** Whether this path counts as a spent address. */
  spent(path: string): boolean;
}

const DEAF: SocketHandler = { onFrame: () => {}, onClose: () => {} };

/** The server's door, with somebody in between. */
export function meddled(
  accept: Acceptor,
  meddling: Meddling,
  clock: ManualClock,
  random: () => number,
): Acceptor {
  return (incoming) => {
    if (meddling.spent(incoming.path)) return { status: 403, reason: "This address is spent" };
    const answer = accept(incoming);
    if (typeof answer !== "function") return answer;
    const flaps = meddling.flaps(incoming.path);
    if (flaps === "before") {
      return (socket) => {
        socket.terminate?.();
        return DEAF;
      };
    }
    return (socket) => {
      const handler = answer(
        incoming.path === "/global" ? meddledSocket(socket, meddling, clock, random) : socket,
      );
      if (flaps === "after") socket.terminate?.();
      return handler;
    };
  };
}

/** A global connection's socket on the server, whose team events come twice or late, if at all in order. */
function meddledSocket(socket: Socket, meddling: Meddling, clock: ManualClock, random: () => number): Socket {
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send(frame) {
      if (typeof frame !== "string" || !frame.includes('"team.')) return socket.send(frame);
      const times = meddling.double ? 2 : 1;
      for (let time = 0; time < times; time++) {
        if (meddling.late && random() < 0.5) clock.setTimer(() => void socket.send(frame), lateness(random));
        else if (!socket.send(frame)) return false;
      }
      return true;
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate?.(),
    ping: () => socket.ping?.(),
  };
}
