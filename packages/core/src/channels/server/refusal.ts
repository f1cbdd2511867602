import { clip } from "../../errors.ts";
import type { Fault } from "../http/fault.ts";
import { routeOf } from "../http/routes.ts";
import type { ChannelServerEvents } from "./server-options.ts";

/** Who asked, as far as it can be told. */
export interface Asker {
  /** The path as it came; what follows `?` is not looked at, for a token may be there. */
  readonly path: string;
  readonly peer: string | undefined;
  readonly origin: string | undefined;
}

/** Somebody who may not, or not now. A mistake in the request is for its caller alone. */
const TOLD: ReadonlySet<number> = new Set([401, 403, 429, 503]);

/** A refusal as the server tells it, or `undefined` where the fault is the caller's mistake, or the server's own. */
export function refusedEvent(
  { code, status }: Fault,
  { path, peer, origin }: Asker,
  maxNameLength: number,
): ChannelServerEvents["refused"] | undefined {
  if (!TOLD.has(status)) return undefined;
  const channel = channelAt(path, maxNameLength);
  return { channel, code, peer, origin: origin === undefined ? undefined : clip(origin) };
}

/** A foreign origin is refused before its path is looked at. */
function channelAt(path: string, maxNameLength: number): string | undefined {
  try {
    return routeOf(path.split("?", 1)[0] as string, maxNameLength).channel;
  } catch {
    return undefined;
  }
}
