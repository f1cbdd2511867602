import { HoldfastError, messageOf } from "../../errors.ts";
import { Fault, laterFault } from "../http/fault.ts";
import type { Authorize, AuthorizeRequest } from "./server-options.ts";
import type { Waits } from "./waits.ts";

/** How many hooks may be under way at once: a hook that hangs must not gather callers without end. */
const MAX_ASKED = 10_000;

/** How admission is decided. */
export interface AdmissionOptions {
  readonly waits: Waits;
  readonly authorize: Authorize | undefined;
  readonly timeoutMs: number;
  /** Told of a hook that failed. */
  readonly report: (error: HoldfastError) => void;
}

/** What is asked, but for the signal. */
export type AdmissionRequest = Omit<AuthorizeRequest, "signal">;

/** Asks the user's hook who may do what. It can do no harm: that it throws, rejects, never settles or gives nonsense is 503 (S11). */
export class Admission {
  readonly #options: AdmissionOptions;
  #asked = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it may, with how long its leave lasts, in milliseconds.
   * @throws {Fault} `UNAUTHORIZED`, `FORBIDDEN`, `AUTHORIZE_FAILED`, `OVERLOADED`
   */
  async ask(request: AdmissionRequest, hungUp?: AbortSignal): Promise<number | undefined> {
    const { authorize } = this.#options;
    if (authorize === undefined) return undefined;
    if (this.#asked >= MAX_ASKED) throw laterFault("OVERLOADED", "Too many requests wait to be authorized");
    this.#asked++;
    try {
      return leaveOf(await this.#answer(authorize, request, hungUp));
    } finally {
      this.#asked--;
    }
  }

  async #answer(
    authorize: Authorize,
    request: AdmissionRequest,
    hungUp: AbortSignal | undefined,
  ): Promise<unknown> {
    const { waits, timeoutMs, report } = this.#options;
    const given = new AbortController();
    const abort = (): void => given.abort();
    hungUp?.addEventListener("abort", abort, { once: true });
    if (hungUp?.aborted) abort();
    try {
      // A hook that throws at the call is one that rejects.
      const answer = (async () => authorize({ ...request, signal: given.signal }))();
      return checked(await waits.within(timeoutMs, "Hook authorize", answer));
    } catch (error) {
      given.abort();
      const why = new HoldfastError("listener-failed", `Hook authorize failed: ${messageOf(error)}`, {
        cause: error,
      });
      report(why);
      throw laterFault("AUTHORIZE_FAILED", "Whether this is allowed cannot be decided now");
    } finally {
      hungUp?.removeEventListener("abort", abort);
    }
  }
}

function checked(answer: unknown): unknown {
  const { expiresAt } = (answer ?? {}) as { expiresAt?: unknown };
  if (typeof answer === "boolean" || answer === "unauthenticated") return answer;
  if (typeof expiresAt === "number" && !Number.isNaN(expiresAt)) return answer;
  throw new TypeError('it must give true, false, "unauthenticated" or { expiresAt }');
}

function leaveOf(answer: unknown): number | undefined {
  if (answer === true) return undefined;
  if (answer === false) throw new Fault("FORBIDDEN", "This credential does not cover this");
  if (answer === "unauthenticated")
    throw unauthorized("A credential is needed, and none that the server knows was given");
  // The wall clock once: from here on time is monotonic (S56).
  const leaveMs = (answer as { expiresAt: number }).expiresAt - Date.now();
  if (leaveMs <= 0) throw unauthorized("The credential has expired");
  return leaveMs;
}

function unauthorized(message: string): Fault {
  return new Fault("UNAUTHORIZED", message, { "WWW-Authenticate": "Bearer" });
}
