import { clip, HoldfastError, messageOf } from "../errors.ts";
import { reportUnheard } from "../report-unheard.ts";

/** Tells when the network is back: calls `listener` each time, until the returned remover is called. */
export type OnlineSource = (listener: () => void) => () => void;

/**
 * The host's own `online` event (HTML, section 9.4 "Browser state"): browsers and workers have it; elsewhere it never
 * comes.
 */
export const hostOnline: OnlineSource = (listener) => {
  if (typeof globalThis.addEventListener !== "function") return () => {};
  globalThis.addEventListener("online", listener);
  return () => globalThis.removeEventListener("online", listener);
};

/** A source of the user's that can do no harm: what it throws, or gives that is no remover, is told to the console. */
export function safeOnline(source: OnlineSource): OnlineSource {
  return (listener) => {
    try {
      const off: unknown = source(listener);
      if (typeof off !== "function") throw new TypeError(`it must give a remover: got ${clip(off, 80)}`);
      return () => {
        try {
          off();
        } catch (error) {
          tell(error);
        }
      };
    } catch (error) {
      tell(error);
      return () => {};
    }
  };
}

function tell(cause: unknown): void {
  const message = `Option online failed: ${messageOf(cause)}`;
  reportUnheard("Connection", new HoldfastError("listener-failed", message, { cause }));
}
