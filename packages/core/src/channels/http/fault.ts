/** The wire document's error codes, each with its HTTP status. */
export const STATUS_OF = {
  BAD_CHANNEL: 400,
  BAD_JSON: 400,
  TOO_DEEP: 400,
  NO_PAYLOAD: 400,
  BAD_PARAMETER: 400,
  NOT_ENOUGH_CLIENTS: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  BAD_ORIGIN: 403,
  NOT_FOUND: 404,
  NO_CLIENTS: 404,
  UNKNOWN_CLIENTS: 404,
  METHOD_NOT_ALLOWED: 405,
  ACK_TIMEOUT: 408,
  CLIENTS_LEFT: 410,
  TOO_LARGE: 413,
  IDEMPOTENCY_MISMATCH: 422,
  UPGRADE_REQUIRED: 426,
  RATE_LIMITED: 429,
  TOO_MANY_CONNECTIONS: 429,
  INTERNAL: 500,
  DRAINING: 503,
  OVERLOADED: 503,
  AUTHORIZE_FAILED: 503,
  STORE_FAILED: 503,
} as const;

/** An error code of the wire document. */
export type FaultCode = keyof typeof STATUS_OF;

/** A request that is refused: it becomes an HTTP answer, or the refusal of an upgrade. Nobody outside this room sees it. */
export class Fault extends Error {
  /** What the answer's `code` says. */
  readonly code: FaultCode;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code What the answer's `code` says.
   * @param message What its `error` says: one sentence that names the value, and never a token.
   * @param headers Headers of the answer.
   */
  constructor(code: FaultCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }

  /** The HTTP status. */
  get status(): number {
    return STATUS_OF[this.code];
  }
}

/** A refusal that says when to come again, in seconds. */
export function laterFault(code: FaultCode, message: string, seconds = 1): Fault {
  return new Fault(code, message, { "Retry-After": String(seconds) });
}
