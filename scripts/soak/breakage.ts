import type { Frame, SocketFactory, SocketHandler } from "@holdfast/core";

/** Faults of a bot that the soak must find. */
export const BREAKAGES = ["swallow", "repeat", "reject", "throw", "leak", "linger", "stay"] as const;

/** One of them. */
export type Breakage = (typeof BREAKAGES)[number];

/** What each does, for `--help`. */
export const BREAKAGE_HELP: Readonly<Record<Breakage, string>> = {
  swallow: "one message never reaches the bot",
  repeat: "one message reaches it twice",
  reject: "a promise rejects, and nobody hears it",
  throw: "a timer throws",
  leak: "every message leaves 64 bytes behind",
  linger: "half-open sockets are closed in the polite way, and not dropped",
  stay: "a timer keeps the process from ending",
};

const kept: Buffer[] = [];

/** Breaks this process in one way, or returns the factory as it is. */
export function broken(socket: SocketFactory, breakage: Breakage | undefined): SocketFactory {
  if (breakage === "reject") setTimeout(() => void Promise.reject(new Error("Rejected on purpose")), 1_000);
  if (breakage === "throw") {
    setTimeout(() => {
      throw new Error("Thrown on purpose");
    }, 1_000);
  }
  if (breakage === "stay") setTimeout(() => {}, 20_000);
  if (breakage === "leak") return received(socket, () => kept.push(Buffer.alloc(64)) > 0);
  if (breakage === "swallow")
    return received(
      socket,
      once(() => false),
    );
  if (breakage === "repeat") {
    const first = once(() => false);
    return received(socket, (frame, handler) => {
      if (!first()) handler.onFrame(frame);
      return true;
    });
  }
  if (breakage === "linger") return withoutDropping(socket);
  return socket;
}

/** Lets a message through if `passes` says so. */
function received(
  socket: SocketFactory,
  passes: (frame: Frame, handler: SocketHandler) => boolean,
): SocketFactory {
  return (address, handler, options) => {
    const between: SocketHandler = {
      onFrame: (frame) => {
        const isMessage = typeof frame === "string" && /^\{"type":"message","text":"[^"]*"\}$/.test(frame);
        if (!isMessage || passes(frame, handler)) handler.onFrame(frame);
      },
      onPong: () => handler.onPong?.(),
      onClose: (cause) => handler.onClose(cause),
    };
    return socket(address, between, options);
  };
}

function withoutDropping(socket: SocketFactory): SocketFactory {
  return async (address, handler, options) => {
    const opened = await socket(address, handler, options);
    return {
      get bufferedAmount() {
        return opened.bufferedAmount;
      },
      send: (frame) => opened.send(frame),
      close: () => {},
      ping: () => opened.ping?.(),
    };
  };
}

/** What `first` gives, once; true from then on. */
function once(first: () => boolean): () => boolean {
  let used = false;
  return () => {
    if (used) return true;
    used = true;
    return first();
  };
}
