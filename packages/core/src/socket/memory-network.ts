import { badAddress, hostOf, printableAddress } from "./address.ts";
import { type CloseCause, causeOfStatus, DialError } from "./close-cause.ts";
import { guardedAcceptor, whenAnswered } from "./guarded-acceptor.ts";
import type { Acceptor, Refusal, SocketListener, Welcome } from "./listener.ts";
import { type Deliver, type MemorySocket, memorySocketPair } from "./memory.ts";
import type { DialOptions, Socket, SocketFactory, SocketHandler } from "./socket.ts";

/** How frames of one pair travel: towards the listener, and back. Each way keeps its order. */
export interface MemoryCarrier {
  /** Towards the listener. */
  readonly there: Deliver;
  /** Back to the dialler. */
  readonly back: Deliver;
}

/** What a dial through memory meets before it reaches a listener; a simulated network puts its faults here. */
export interface MemoryWire<Carrier extends MemoryCarrier = MemoryCarrier> {
  /** What happens to this dial: it connects, is refused with a cause, or is never answered. */
  meet(address: string): CloseCause | "connect" | "silence";
  /** Called for each dial. */
  carry(address: string): Carrier;
  /** Called with both ends of each new pair, the dialler's first, and its carrier. */
  joined(address: string, near: MemorySocket, far: MemorySocket, carrier: Carrier): void;
}

/** Sockets in memory: a factory and listeners that find each other by host. */
export interface MemoryNetwork {
  /** Dials what listens here. */
  readonly socket: SocketFactory;
  /**
   * Listens under a host, such as `memory://server`; every path and scheme of that host arrives here.
   * @throws {TypeError} for an address that is not a URL with a host.
   */
  listen(address: string, accept: Acceptor): SocketListener;
}

interface Listening {
  readonly accept: Acceptor;
  readonly sockets: Set<MemorySocket>;
  closed: boolean;
}

const PLAIN: MemoryWire = {
  meet: () => "connect",
  carry: () => ({ there: queueMicrotask, back: queueMicrotask }),
  joined: () => {},
};

/**
 * A network in memory: the reference of what a transport must do, and a server for tests.
 *
 * @example
 * ```ts
 * import { memory } from "@holdfast/core";
 *
 * const network = memory();
 * network.listen("ws://server", () => (socket) => {
 *   socket.send("hello");
 *   return { onFrame: (frame) => socket.send(frame), onClose: () => {} };
 * });
 * ```
 */
export function memory(): MemoryNetwork {
  return memoryOver(PLAIN);
}

/** A network in memory whose wire a test or a simulation brings. */
export function memoryOver<Carrier extends MemoryCarrier>(wire: MemoryWire<Carrier>): MemoryNetwork {
  const listeners = new Map<string, Listening>();

  const dial = (address: string, handler: SocketHandler, options: DialOptions): Promise<Socket> =>
    new Promise((resolve, reject) => {
      if (!URL.canParse(address)) throw badAddress(`Address is not a URL: ${printableAddress(address)}`);
      const { host, pathname, search } = new URL(address);
      const shown = printableAddress(address);
      const abort = (): void =>
        reject(
          new DialError({
            kind: "aborted",
            message: `Dial of ${shown} was aborted`,
          }),
        );
      if (options.signal.aborted) return abort();
      options.signal.addEventListener("abort", abort, { once: true });
      const carrier = wire.carry(address);
      const { there, back } = carrier;
      const refuse = (cause: CloseCause): void => back(() => reject(new DialError(cause)));

      there(() => {
        if (options.signal.aborted) return;
        const met = wire.meet(address);
        if (met === "silence") return;
        if (met !== "connect") return refuse(met);
        const listener = listeners.get(host);
        if (listener === undefined)
          return refuse({
            kind: "refused",
            message: `Nothing listens at ${shown}`,
          });
        const headers = new Map(
          Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
        );
        const answer = listener.accept({
          path: pathname + search,
          header: (name) => headers.get(name.toLowerCase()),
          signal: options.signal,
        });
        whenAnswered(answer, (answer) => {
          // Either may have gone while the acceptor made up its mind.
          if (options.signal.aborted) return;
          if (listener.closed) return refuse(abandoned(shown));
          if (typeof answer !== "function") return refuse(causeOfRefusal(answer));
          const [near, far] = memorySocketPair(there, back);
          wire.joined(address, near, far, carrier);
          // Before the welcome, which may send at once: the dialler hears of the opening first.
          back(() => {
            options.signal.removeEventListener("abort", abort);
            if (options.signal.aborted) return near.terminate();
            near.handler = handler;
            resolve(near);
          });
          adopt(listener.sockets, far, answer);
        });
      });
    });

  const adopt = (sockets: Set<MemorySocket>, far: MemorySocket, welcome: Welcome): void => {
    sockets.add(far);
    const handler = welcome(far);
    far.handler = {
      onFrame: (frame) => handler.onFrame(frame),
      onPong: () => handler.onPong?.(),
      onClose: (cause) => {
        sockets.delete(far);
        handler.onClose(cause);
      },
    };
  };

  return {
    socket: dial,
    listen(address, accept) {
      const host = hostOf(address);
      if (host === "") {
        throw new TypeError(
          `Option address must be a URL with a host, such as ws://server: got ${printableAddress(address)}`,
        );
      }
      if (listeners.has(host)) throw new Error(`Listen failed: ${host} is taken`);
      const sockets = new Set<MemorySocket>();
      const listener: Listening = { accept: guardedAcceptor(accept), sockets, closed: false };
      listeners.set(host, listener);
      return {
        address,
        port: 0,
        async close() {
          listener.closed = true;
          listeners.delete(host);
          for (const socket of [...sockets]) socket.terminate();
        },
      };
    },
  };
}

function abandoned(shown: string): CloseCause {
  return { kind: "refused", message: `Listener at ${shown} was closed before it answered` };
}

function causeOfRefusal({ status, headers }: Refusal): CloseCause {
  return causeOfStatus(status, headers && new Headers({ ...headers }).get("retry-after"));
}
