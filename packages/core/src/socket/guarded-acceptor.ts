import { clip, messageOf } from "../errors.ts";
import { functionOption } from "../options.ts";
import type { Acceptor, Answer, Refusal, Welcome } from "./listener.ts";
import type { Socket, SocketHandler } from "./socket.ts";

const FAILED: Refusal = { status: 500, reason: "Internal Server Error" };
const DEAF: SocketHandler = { onFrame: () => {}, onClose: () => {} };

/**
 * An acceptor of a user's that can do no harm: if it throws or rejects, or gives no answer that makes sense, the peer
 * is refused with 500 or its socket is dropped, and the console is told. One peer must not end a server. What is
 * answered at once is answered at once; a promise never rejects.
 *
 * @throws {TypeError} for what is no function.
 */
export function guardedAcceptor(accept: Acceptor): Acceptor {
  functionOption("accept", accept);
  return (incoming) => {
    try {
      const answer: unknown = accept(incoming);
      return isPromise(answer)
        ? Promise.resolve(answer).then(checkedAnswer).catch(failed)
        : checkedAnswer(answer);
    } catch (error) {
      return failed(error);
    }
  };
}

/** Goes on with an answer: in the same turn if it is there, once it is there otherwise. Returns what that comes to. */
export function whenAnswered<Result>(
  answer: Answer | Promise<Answer>,
  use: (answer: Answer) => Result,
): Result | Promise<Result> {
  return isPromise(answer) ? (answer as Promise<Answer>).then(use) : use(answer);
}

function checkedAnswer(answer: unknown): Answer {
  if (typeof answer === "function") return guardedWelcome(answer as Welcome);
  if (isRefusal(answer)) return answer;
  throw new TypeError(`it must give a welcome or a refusal with an HTTP status: got ${clip(answer, 80)}`);
}

function failed(error: unknown): Refusal {
  tell("Acceptor", error);
  return FAILED;
}

function isPromise(answer: unknown): answer is Promise<unknown> {
  return typeof (answer as Promise<unknown> | null | undefined)?.then === "function";
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
  const { status, reason, headers } = (answer ?? {}) as Partial<Refusal>;
  if (!Number.isInteger(status) || Number(status) < 300 || Number(status) > 599) return false;
  // Throws for what cannot be a header: a line break in one would forge another.
  if (headers !== undefined) new Headers({ ...headers });
  return typeof reason === "string";
}

function drop(socket: Socket): void {
  if (socket.terminate !== undefined) socket.terminate();
  else socket.close();
}

function tell(what: string, error: unknown): void {
  console.error(`${what} of a listener failed: ${messageOf(error)}`);
}
