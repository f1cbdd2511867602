import type { HoldfastError } from "@holdfast/core";
import { EXIT } from "../commands/exit-codes.ts";
import { withHint } from "./dial-hint.ts";

/** Why an event was not emitted, as the command tells it. */
export interface EmitFailure {
  /** The error's code. */
  readonly code: string;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  readonly message: string;
  readonly exitCode: number;
}

/** What `emit` threw, with the status of the last answer, if there was one. */
export function emitFailure(
  error: HoldfastError,
  status: number | undefined,
  requireAck: boolean,
): EmitFailure {
  const { code } = error;
  const failure = (message: string, exitCode: number): EmitFailure => ({ code, status, message, exitCode });
  // The command knows which signal it was, and its exit code.
  if (code === "aborted") return failure("interrupted: it may have been delivered all the same", EXIT.failed);
  if (code === "timeout") {
    const message = `${error.message}; it may have been delivered all the same`;
    return failure(message, requireAck ? EXIT.failed : EXIT.unreachable);
  }
  if (code === "dial-failed") return failure(withHint(error.message), EXIT.unreachable);
  if (status === 401)
    return failure(`${error.message}: give a token that it knows, see --token`, EXIT.refused);
  const serverFault = status !== undefined && status >= 500;
  return failure(error.message, serverFault ? EXIT.unreachable : EXIT.refused);
}
