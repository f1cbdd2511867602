import { clip } from "../../errors.ts";
import { printableAddress } from "../../socket/address.ts";
import { type CloseCause, DialError } from "../../socket/close-cause.ts";
import type { SocketFactory } from "../../socket/socket.ts";

/** What a request is refused with that will be refused again: it asks for what is not there, or cannot be read. */
const MISTAKES: ReadonlySet<number | undefined> = new Set([400, 404, 405]);

/** Whether the server took the upgrade for a mistake of ours: another try has no other answer. */
export function isMistake({ kind, status }: CloseCause): boolean {
  return kind === "rejected" && MISTAKES.has(status);
}

/** Whether a channel client gives up for good, where its user says nothing else. */
export function isFinalRefusal(cause: CloseCause, fixedUrl: boolean): boolean {
  return cause.kind === "unauthorized" || (cause.kind === "bad-address" && fixedUrl) || isMistake(cause);
}

/** A factory whose refusals say which option to look at: `HTTP 404` alone is no help to who wrote the URL. */
export function withReasons(socket: SocketFactory): SocketFactory {
  return async (address, handler, options) => {
    try {
      return await socket(address, handler, options);
    } catch (error) {
      const cause = (error as DialError | null)?.closeCause;
      if (cause === undefined || !isMistake(cause)) throw error;
      throw new DialError({ ...cause, message: `${cause.message}: ${reasonOf(cause, address)}` });
    }
  };
}

function reasonOf({ status }: CloseCause, address: string): string {
  if (status !== 400) {
    return `nothing listens at ${printableAddress(address)}; option url is the server's, without the channel`;
  }
  const since = new URL(address).searchParams.get("since");
  const given = since === null ? "" : ` (${clip(since, 40)})`;
  return `the server cannot read it; look at the options channel, presence and since${given}`;
}
