import { HoldfastError, messageOf } from "../errors.ts";

/**
 * Why a connection ended, or did not come to be.
 *
 * | kind | meaning | tried again |
 * |---|---|---|
 * | `refused` | TCP, DNS or TLS failed | yes |
 * | `timeout` | not open within the connect timeout, the address provider included | yes |
 * | `rejected` | the upgrade was answered with another HTTP status than 101 | yes; a channel client ends at 400, 404 and 405 |
 * | `unauthorized` | HTTP 401 or 403, the address provider said so, or this program may not use the network | no; a bot's team asks for another address |
 * | `busy` | HTTP 429 or 503, or close code 1012 or 1013: later, and not from the same host before that | yes |
 * | `bad-address` | the address cannot be dialled: not a URL, or a scheme the transport does not speak | only if a function gave it |
 * | `no-address` | the address provider failed | yes |
 * | `not-ready` | open, but the ready condition was not met in time | yes |
 * | `mute` | open, but no sign of life within the heartbeat's timeout | yes |
 * | `closed` | the peer closed with a code | yes |
 * | `abnormal` | the connection ended without a close code (0, 1005 and 1006 are this one cause) | yes |
 * | `too-large` | a frame was larger than the transport takes (close code 1009) | yes |
 * | `resources` | this machine is out of file descriptors, ports or sockets | yes |
 * | `local` | this side closed it | no |
 * | `aborted` | this side's `AbortSignal` ended it | no |
 */
export type CloseKind =
  | "refused"
  | "timeout"
  | "rejected"
  | "unauthorized"
  | "busy"
  | "bad-address"
  | "no-address"
  | "not-ready"
  | "mute"
  | "closed"
  | "abnormal"
  | "too-large"
  | "resources"
  | "local"
  | "aborted";

/** Why a connection ended, with what the runtime showed of it. */
export interface CloseCause {
  /** The kind, to branch on. */
  readonly kind: CloseKind;
  /** One readable sentence; never a token, never a URL with its query. */
  readonly message: string;
  /** The close code, where there was one (RFC 6455, section 7.4). */
  readonly code?: number;
  /** The close reason, where there was one. */
  readonly reason?: string;
  /** The HTTP status of a refused upgrade, where the runtime shows it. */
  readonly status?: number;
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What was thrown, where something was. */
  readonly error?: unknown;
}

/** What a {@linkcode SocketFactory} rejects with. */
export class DialError extends HoldfastError {
  /** Always `DialError`. */
  override readonly name: string = "DialError";
  /** Why the dial failed. */
  readonly closeCause: CloseCause;

  /**
   * An error for a dial that failed.
   *
   * @param closeCause Why it failed.
   */
  constructor(closeCause: CloseCause) {
    super(
      "dial-failed",
      closeCause.message,
      closeCause.error === undefined ? {} : { cause: closeCause.error },
    );
    this.closeCause = closeCause;
  }
}

/** Whatever a factory rejected with, as a cause. */
export function causeOfRejection(error: unknown): CloseCause {
  const known = (error as DialError | null)?.closeCause;
  if (typeof known?.kind === "string") return known;
  return {
    kind: "refused",
    message: `Dial failed: ${messageOf(error)}`,
    error,
  };
}

/** A close event, normalised. The code and reason are the peer's, as they came. */
export function causeOfClose(code: number | undefined, reason = ""): CloseCause {
  if (code === undefined || code === 0 || code === 1005 || code === 1006) {
    return {
      kind: "abnormal",
      message: "Connection ended without a close code",
    };
  }
  const said = reason === "" ? "" : ` (${reason})`;
  const kind = code === 1009 ? "too-large" : code === 1012 || code === 1013 ? "busy" : "closed";
  return { kind, message: `Peer closed with ${code}${said}`, code, reason };
}

/** A refused upgrade, by its HTTP status; `retryAfter` is the header's text (RFC 9110, section 10.2.3). */
export function causeOfStatus(status: number, retryAfter?: string | null): CloseCause {
  const kind = status === 401 || status === 403 ? "unauthorized" : isBusy(status) ? "busy" : "rejected";
  const message = `Upgrade was answered with HTTP ${status}`;
  const retryAfterMs = retryAfter ? parseRetryAfter(retryAfter) : undefined;
  return retryAfterMs === undefined ? { kind, message, status } : { kind, message, status, retryAfterMs };
}

function isBusy(status: number): boolean {
  return status === 429 || status === 503;
}

function parseRetryAfter(text: string): number | undefined {
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** System error codes that mean this machine, and not the peer, has run out of something. */
const RESOURCE_CODES = new Set(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ENOMEM", "EAI_AGAIN"]);

/** What Deno throws when the program was not started with the permission: another try has no more of it. */
const PERMISSION_ERRORS = new Set(["NotCapable", "PermissionDenied"]);

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/** A dial that failed with a system error: refused, or this machine is short of something. */
export function causeOfDialFailure(address: string, error: unknown): CloseCause {
  const code = (error as { code?: string } | null)?.code;
  const kind = PERMISSION_ERRORS.has(nameOf(error))
    ? "unauthorized"
    : code !== undefined && RESOURCE_CODES.has(code)
      ? "resources"
      : "refused";
  return {
    kind,
    message: `Dial of ${address} failed: ${messageOf(error) || code || "no reason given"}`,
    error,
  };
}

const encoder = new TextEncoder();

/**
 * A close code and reason that a WebSocket takes: code 1000 or 3000–4999 (anything else becomes 1000), and at
 * most 123 bytes of reason (RFC 6455, section 7.4, and the WebSocket standard's `close`).
 */
export function sanitiseClose(code = 1000, reason = ""): { code: number; reason: string } {
  return { code: isApplicationCode(code) ? code : 1000, reason: fittingReason(reason) };
}

/** What a server may say besides: going away, policy, too large, its own fault, restart, try again later. */
const SERVER_CODES: ReadonlySet<number> = new Set([1001, 1008, 1009, 1011, 1012, 1013]);

/** The same for a socket that was accepted: it may also send 1001, 1008, 1009, 1011, 1012 and 1013. */
export function sanitiseServerClose(code = 1000, reason = ""): { code: number; reason: string } {
  const sendable = isApplicationCode(code) || SERVER_CODES.has(code);
  return { code: sendable ? code : 1000, reason: fittingReason(reason) };
}

function isApplicationCode(code: number): boolean {
  return code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999);
}

function fittingReason(reason: string): string {
  // `encodeInto` stops before a character that does not fit whole, and says how much it took.
  return reason.slice(0, encoder.encodeInto(reason, new Uint8Array(123)).read);
}
