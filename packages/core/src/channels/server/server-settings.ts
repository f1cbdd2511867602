import { systemClock } from "../../clock.ts";
import { Scheduler } from "../../connection/scheduler.ts";
import { booleanOption, functionOption, numberOption, objectOption } from "../../options.ts";
import type { Backplane } from "../../server/backplane.ts";
import { retentionOption } from "../../server/history.ts";
import { type ServerLimits, serverLimits } from "../../server/limits.ts";
import { memoryStore } from "../../server/memory-store.ts";
import { OriginCheck } from "../../server/origin.ts";
import type { Retention, Store } from "../../server/store.ts";
import type { Authorize, ChannelServerOptions } from "./server-options.ts";

/** A server's options, checked, with their defaults. */
export interface ServerSettings {
  readonly scheduler: Scheduler;
  readonly limits: ServerLimits;
  readonly retention: Retention;
  readonly origins: OriginCheck;
  readonly authorize: Authorize | undefined;
  readonly authorizeTimeoutMs: number;
  readonly tokenInQuery: boolean;
  readonly store: Store;
  /** Whether the store is the user's, who closes it. */
  readonly storeGiven: boolean;
  readonly backplane: Backplane | undefined;
  readonly ackTimeoutMs: number;
}

/** @throws {TypeError | RangeError} for a bad option, naming it and its value. */
export function serverSettings(options: ChannelServerOptions | undefined): ServerSettings {
  const given = objectOption("options", options);
  const clock = given.clock ?? systemClock;
  const limits = serverLimits(given.limits);
  const cookieAlone = booleanOption("allowCookieWithoutOrigin", given.allowCookieWithoutOrigin, false);
  return {
    scheduler: new Scheduler(clock),
    limits,
    retention: retentionOption(given.history),
    origins: new OriginCheck(given.origins, cookieAlone, given.hosts),
    authorize: given.authorize === undefined ? undefined : functionOption("authorize", given.authorize),
    authorizeTimeoutMs: numberOption(
      "authorizeTimeoutMs",
      given.authorizeTimeoutMs,
      limits.handshakeTimeoutMs,
      { min: 1 },
    ),
    tokenInQuery: booleanOption("tokenInQuery", given.tokenInQuery, false),
    store: withMethods("store", given.store, ["append", "range", "trim", "check"]) ?? memoryStore({ clock }),
    storeGiven: given.store !== undefined,
    backplane: withMethods("backplane", given.backplane, ["publish", "subscribe", "lease", "leases", "ping"]),
    ackTimeoutMs: numberOption("ackTimeoutMs", given.ackTimeoutMs, 5_000, { min: 1 }),
  };
}

function withMethods<Part extends object>(
  name: string,
  part: Part | undefined,
  methods: ReadonlyArray<keyof Part & string>,
): Part | undefined {
  if (part === undefined) return undefined;
  for (const method of methods) functionOption(`${name}.${method}`, (part as Part | null)?.[method]);
  return part;
}
