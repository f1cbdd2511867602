import { clip, messageOf } from "../errors.ts";
import { functionOption } from "../options.ts";
import type { Acceptor, Refusal, Welcome } from "./listener.ts";
import type { Socket, SocketHandler } from "./socket.ts";

const FAILED: Refusal = { status: 500, reason: "Internal Server Error" };
const DEAF: SocketHandler = { onFrame: () => {}, onClose: () => {} };

/**
 * An acceptor of a user's that can do no harm: if it throws, or gives no answer that makes sense, the peer is
 * refused with 500 or its socket is dropped, and the console is told. One peer must not end a server.
 *
 * @throws {TypeError} for what is no function.
 */
export function guardedAcceptor(accept: Acceptor): Acceptor {
  functionOption("accept", accept);
  return (incoming) => {
    try {
      const answer: unknown = accept(incoming);
      if (typeof answer === "function") return guardedWelcome(answer as Welcome);
      if (isRefusal(answer)) return answer;
      throw new TypeError(`it must give a welcome or a refusal with an HTTP status: got ${clip(answer, 80)}`);
    } catch (error) {
      tell("Acceptor", error);
      return FAILED;
    }
  };
}

function guardedWelcome(welcome: Welcome): Welcome {
  return (socket) => {
    try {
      const handler = welcome(socket);
      if (typeof handler?.onFrame === "function" && typeof handler.onClose === "function") return handler;
      throw new TypeError(`it must give a handler with onFrame and onClose: got ${clip(handler, 80)}`);
    } catch (error) {
      tell("Welcome", error);
      drop(socket);
      return DEAF;
    }
  };
}

function isRefusal(answer: unknown): answer is Refusal {
  const { status, reason } = (answer ?? {}) as Partial<Refusal>;
  return (
    Number.isInteger(status) && Number(status) >= 300 && Number(status) <= 599 && typeof reason === "string"
  );
}

function drop(socket: Socket): void {
  if (socket.terminate !== undefined) socket.terminate();
  else socket.close();
}

function tell(what: string, error: unknown): void {
  console.error(`${what} of a listener failed: ${messageOf(error)}`);
}
