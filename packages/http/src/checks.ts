import { type Clock, systemClock } from "@holdfast/core";
import type { HttpServiceOptions } from "./http-service-options.ts";

/** The options with their defaults. */
export type HttpSettings = Required<Omit<HttpServiceOptions, "token">> & {
  readonly token: string | undefined;
};

/** Checks them. @throws {TypeError | RangeError} one makes no sense */
export function checkOptions(options: HttpServiceOptions): HttpSettings {
  const { server, token } = options;
  for (const name of ["fetch", "health", "stats"] as const) {
    if (typeof server?.[name] !== "function") throw new TypeError(`Option server must have ${name}()`);
  }
  // What a token is never appears in a message.
  if (token !== undefined && (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))) {
    throw new TypeError("Option token must be printable ASCII without spaces");
  }
  const clock: Clock = options.clock ?? systemClock;
  return {
    server,
    token,
    clock,
    metrics: flag("metrics", options.metrics, true),
    processMetrics: flag("processMetrics", options.processMetrics, false),
    healthTimeoutMs: milliseconds("healthTimeoutMs", options.healthTimeoutMs, 2_000),
    healthIntervalMs: milliseconds("healthIntervalMs", options.healthIntervalMs, 1_000),
  };
}

function flag(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean")
    throw new TypeError(`Option ${name} must be true or false: got ${String(value)}`);
  return value;
}

function milliseconds(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !(value >= 0 && value <= 2_147_483_647)) {
    throw new RangeError(`Option ${name} must be between 0 and 2147483647: got ${String(value)}`);
  }
  return value;
}
