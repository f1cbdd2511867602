/**
 * What went wrong, as a literal one can branch on. Recognise an error by its code and not by `instanceof`:
 * two copies of a package can be loaded in one program.
 *
 * | code | meaning |
 * |---|---|
 * | `aborted` | an `AbortSignal` ended what was waited for |
 * | `closed` | the connection, bot or server is closed, or ended for good while somebody waited |
 * | `connection-lost` | the connection dropped while a reply was awaited |
 * | `timeout` | no reply came in time |
 * | `not-sent` | a message could not be handed to a socket, or was dropped from the outbox |
 * | `dial-failed` | a socket could not be opened; see `DialError.closeCause` |
 * | `unauthorized` | thrown by an address provider to say: do not try again |
 * | `bad-message` | a message to be sent does not fit its schema |
 * | `listener-failed` | a listener threw or rejected; `cause` is what it threw |
 * | `overflow` | a bounded buffer was full and something was dropped |
 * | `server-error` | the server answered with an error message |
 * | `store-failed` | a store cannot keep or read what it should: a full disk, a locked or foreign file |
 */
export type ErrorCode =
  | "aborted"
  | "closed"
  | "connection-lost"
  | "timeout"
  | "not-sent"
  | "dial-failed"
  | "unauthorized"
  | "bad-message"
  | "listener-failed"
  | "overflow"
  | "server-error"
  | "store-failed";

/** The base of every error that Holdfast throws or reports, apart from `TypeError` and `RangeError` for bad options. */
export class HoldfastError extends Error {
  /** Always `HoldfastError`, or the name of the subclass. */
  override readonly name: string = "HoldfastError";
  /** What went wrong, to branch on. */
  readonly code: ErrorCode;

  /**
   * An error that says what went wrong.
   *
   * @param code What went wrong, to branch on.
   * @param message One sentence that names the action and the value.
   * @param options `cause`: what led to it.
   */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The error an aborted wait rejects with; `cause` is the signal's reason. */
export function abortError(action: string, signal: AbortSignal): HoldfastError {
  return new HoldfastError("aborted", `${action} was aborted`, {
    cause: signal.reason,
  });
}

/** Any value's text, clipped, for an error message or a sample; never throws. */
export function clip(value: unknown, length = 200): string {
  const text = printed(value);
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** Text of whatever was thrown; never throws. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : clip(error);
  } catch {
    return "something that cannot be printed";
  }
}

function printed(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value === "bigint" ? String(value) : `a ${typeof value} that cannot be printed`;
  }
}
