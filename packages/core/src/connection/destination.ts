import { messageOf } from "../errors.ts";
import { DialError } from "../socket/close-cause.ts";
import type { DialOptions } from "../socket/socket.ts";
import type { LinkSettings } from "./settings.ts";

/** Where to dial, and what to say there. */
export interface Destination {
  readonly address: string;
  readonly options: Omit<DialOptions, "signal">;
}

/** How many sockets that could not be dropped a program may have before it dials no more. */
const MAX_ABANDONED = 10_000;

/**
 * The destination of an attempt: asks for the address, and for the headers that may go there.
 * @throws {DialError} whatever the user's functions threw, as a cause.
 */
export async function destinationOf(
  settings: LinkSettings,
  ask: () => string | URL | Promise<string | URL>,
): Promise<Destination> {
  const { leftovers, headers, protocols, maxMessageBytes } = settings;
  if (leftovers.abandoned >= MAX_ABANDONED) {
    const message = `${MAX_ABANDONED} abandoned sockets have not ended yet`;
    throw new DialError({ kind: "resources", message });
  }
  try {
    const address = String(await ask());
    const sent = typeof headers === "function" ? await headers(address) : headers;
    const options = { maxMessageBytes, ...(sent && { headers: sent }), ...(protocols && { protocols }) };
    return { address, options };
  } catch (error) {
    throw addressError(error);
  }
}

/** What an address provider threw, as a cause: told not to try again, or just no address this time. */
function addressError(error: unknown): DialError {
  if (typeof (error as DialError | null)?.closeCause?.kind === "string") return error as DialError;
  const final = (error as { code?: unknown } | null)?.code === "unauthorized";
  const kind = final ? "unauthorized" : "no-address";
  return new DialError({ kind, message: `No address to dial: ${messageOf(error)}`, error });
}
