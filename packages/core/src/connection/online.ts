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
