import type { CloseCause, DialOptions, Frame, Socket, SocketFactory, SocketHandler } from "@holdfast/core";

/** One dial as the network sees it, from the call of the factory to the end of its socket. */
export interface Dial {
  readonly address: string;
  /** Its socket is open, and neither side ended it and the dialler did not let go of it. */
  live: boolean;
  /** The dialler gave up before it was open. */
  abandoned: boolean;
  /** It is over: failed, ended, closed or abandoned, whatever came first. */
  over: boolean;
  /** When its server's hello was delivered, while it was live. */
  helloAt: number | undefined;
}

/** Who is told what passes the seam between the bot and the network. */
export interface SeamWatcher {
  dialled(dial: Dial): void;
  opened(dial: Dial): void;
  /** Before the bot gets it. */
  delivered(dial: Dial, frame: Frame): void;
  /** Once for each dial; before the bot is told, if it is told. */
  ended(dial: Dial, why: string): void;
}

/**
 * The network's factory, watched. Every other dial is one that does not hear its abort: the promise of a dial may
 * win against the abort on any runtime, and what opens late must be dropped by the bot.
 */
export function watchedSockets(factory: SocketFactory, watcher: SeamWatcher): SocketFactory {
  let dials = 0;
  return async (address, handler, options) => {
    const dial: Dial = { address, live: false, abandoned: false, over: false, helloAt: undefined };
    const end = (why: string): void => {
      dial.live = false;
      if (dial.over) return;
      dial.over = true;
      watcher.ended(dial, why);
    };
    const abandon = (): void => {
      dial.abandoned = true;
      end("abandoned");
    };
    watcher.dialled(dial);
    options.signal.addEventListener("abort", abandon, { once: true });
    try {
      const socket = await factory(address, watchedHandler(handler, dial, watcher, end), {
        ...options,
        ...(dials++ % 2 === 0 && { signal: new AbortController().signal }),
      } satisfies DialOptions);
      options.signal.removeEventListener("abort", abandon);
      dial.live = true;
      watcher.opened(dial);
      return watchedSocket(socket, end);
    } catch (error) {
      options.signal.removeEventListener("abort", abandon);
      end("failed");
      throw error;
    }
  };
}

function watchedHandler(
  handler: SocketHandler,
  dial: Dial,
  watcher: SeamWatcher,
  end: (why: string) => void,
): SocketHandler {
  return {
    onFrame(frame) {
      watcher.delivered(dial, frame);
      handler.onFrame(frame);
    },
    onPong: () => handler.onPong?.(),
    onClose(cause: CloseCause) {
      end(`ended ${cause.code ?? cause.kind}`);
      handler.onClose(cause);
    },
  };
}

function watchedSocket(socket: Socket, end: (why: string) => void): Socket {
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (frame) => socket.send(frame),
    close(code, reason) {
      end("closed");
      socket.close(code, reason);
    },
    terminate() {
      end("terminated");
      socket.terminate?.();
    },
    ping: () => socket.ping?.(),
  };
}
