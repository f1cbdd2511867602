import type { CloseCause } from "../socket/close-cause.ts";
import { clampDelay } from "./backoff.ts";
import type { TimerName } from "./lifecycle.ts";
import type { LinkSettings } from "./settings.ts";

/** A host that asks for more than a day is asked again after a day. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** How long a timer of the lifecycle waits, in milliseconds; before an attempt, no less than the host asked for. */
export function waitOf(
  timer: TimerName,
  settings: LinkSettings,
  failures: number,
  cause: CloseCause | undefined,
): number {
  if (timer === "connect") return settings.connectTimeoutMs;
  if (timer === "ready") return settings.readyTimeoutMs;
  if (timer === "stability") return settings.stableAfterMs;
  if (timer === "close") return settings.closeTimeoutMs;
  const askedMs = Math.min(MAX_RETRY_AFTER_MS, clampDelay(cause?.retryAfterMs ?? 0));
  return Math.max(settings.backoff(failures, settings.random), askedMs);
}

/** Whether a cause speaks for all connections to its host: it was told "later", or this machine is short of something. */
export function holdsHost(cause: CloseCause | undefined): boolean {
  return cause?.kind === "busy" || cause?.kind === "resources";
}
