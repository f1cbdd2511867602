import { type ServerOptions, WebSocket } from "ws";

/** What a WebSocket tells its one ear. */
export interface Ear {
  /** @returns whether it was heard: an `error` or `unexpected-response` that nobody hears has consequences in `ws`. */
  heard(event: string | symbol, first: unknown, second: unknown): boolean;
}

/**
 * A WebSocket of `ws` that tells everything to one ear, and has no lists of listeners: at ten thousand sockets those
 * are memory, and going through them for each frame is time.
 */
export class HeardWebSocket extends WebSocket {
  /** Who hears; an `error` that comes before anybody does, or after, ends nothing. */
  ear: Ear | undefined;

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    return this.ear?.heard(event, first, second) ?? true;
  }
}

/** What a `WebSocketServer` is told so that it makes such sockets. */
export const HEARD: Pick<ServerOptions, "WebSocket"> = { WebSocket: HeardWebSocket };
