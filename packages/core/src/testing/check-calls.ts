import type { Clock } from "../clock.ts";
import { clip } from "../errors.ts";
import { booleanOption, functionOption, integerOption, numberOption, wordOption } from "../options.ts";
import type { CloseCause, CloseKind } from "../socket/close-cause.ts";
import type { Frame } from "../socket/socket.ts";
import type { Way } from "./test-carrier.ts";
import type { AddressMatch } from "./test-network.ts";

/** Checks of what a test says to its doubles: a slip must fail the test at the call, and not make it pass. */

const KINDS: Readonly<Record<CloseKind, true>> = {
  ...{ refused: true, timeout: true, rejected: true, unauthorized: true, busy: true },
  ...{ "bad-address": true, "no-address": true, "not-ready": true, mute: true, closed: true },
  ...{ abnormal: true, "too-large": true, resources: true, local: true, aborted: true },
};
const KIND_WORDS = Object.keys(KINDS) as CloseKind[];
const WAYS: readonly Way[] = ["there", "back"];

/** A span of time on a manual clock, which may be longer than a host's timer takes. @throws {TypeError | RangeError} */
export function checkedMs(name: string, ms: number): number {
  given(name, "a number", ms);
  return numberOption(name, ms, 0, { max: Number.MAX_SAFE_INTEGER });
}

/** A whole number that a double holds exactly. @throws {TypeError | RangeError} */
export function checkInteger(name: string, value: number): void {
  given(name, "a number", value);
  integerOption(name, value, 0, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
}

/** A clock. @throws {TypeError} */
export function checkClock(clock: Clock): void {
  given("clock", "a Clock, such as createManualClock()", clock);
  for (const method of ["now", "setTimer", "clearTimer"] as const) {
    functionOption(`clock.${method}`, clock?.[method]);
  }
}

/** A latency, or a function that gives it. @throws {TypeError | RangeError} */
export function checkLatency(latencyMs: unknown): void {
  if (typeof latencyMs !== "function") numberOption("latencyMs", latencyMs, 1);
}

/** A text that addresses contain, or a function. @throws {TypeError} */
export function checkMatch(match: AddressMatch): void {
  if (typeof match !== "string") functionOption("match (when it is no string)", match);
}

/**
 * A cause with a kind that there is. Its figures are not looked at: a server's may make no sense, and tests say so.
 * @throws {TypeError}
 */
export function checkCause(cause: CloseCause): void {
  given("cause.kind", `one of ${KIND_WORDS.join(", ")}`, cause?.kind);
  wordOption("cause.kind", cause.kind, KIND_WORDS, "refused");
  checkText("cause.message", cause.message);
}

/** True or false. @throws {TypeError} */
export function checkSwitch(name: string, on: boolean): void {
  given(name, "true or false", on);
  booleanOption(name, on, false);
}

/** One way, or none for both. @throws {TypeError} */
export function checkedWays(way: Way | undefined): readonly Way[] {
  return way === undefined ? WAYS : [wordOption("way", way, WAYS, "there")];
}

/** Any code that two bytes hold, also one that no endpoint may send. @throws {TypeError | RangeError} */
export function checkClose(code: number, reason: string | undefined): void {
  given("code", "a number", code);
  integerOption("code", code, 1000, { max: 65_535 });
  if (reason !== undefined) checkText("reason", reason);
}

/** A text, or bytes. @throws {TypeError} */
export function checkFrame(frame: Frame): void {
  if (!(frame instanceof Uint8Array)) checkText("frame (when it is no Uint8Array)", frame);
}

function checkText(name: string, text: unknown): void {
  given(name, "a string", text);
  if (typeof text !== "string") throw new TypeError(`Option ${name} must be a string: got ${clip(text, 80)}`);
}

/** The checks of options take nothing for the default; here something must be said. */
function given(name: string, what: string, value: unknown): void {
  if (value === undefined) throw new TypeError(`Option ${name} must be ${what}: got undefined`);
}
