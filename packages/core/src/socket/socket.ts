import type { CloseCause } from "./close-cause.ts";

/** One message as it travels: text, or bytes. */
export type Frame = string | Uint8Array;

/**
 * An open connection that carries frames: the seam between core and every transport. What arrives goes to the
 * {@linkcode SocketHandler} that was given when the socket was dialled or accepted.
 */
export interface Socket {
  /** Bytes handed to `send` that the transport has not written yet. */
  readonly bufferedAmount: number;
  /**
   * Hands over one frame; its bytes may change afterwards. Never throws, and never calls `onClose` from inside: on
   * a socket that is closing or closed it returns false.
   */
  send(frame: Frame): boolean;
  /**
   * Sends `head + tail` as one text frame, where the transport gains by it: of texts that begin alike and go to many
   * sockets in a row the head is encoded once. As `send` otherwise.
   */
  sendParts?(head: string, tail: string): boolean;
  /**
   * Begins a close. Takes any code and reason and makes them fit to be sent: 1000 and 3000–4999 from everyone (see
   * `sanitiseClose`); 1001, 1008, 1009, 1011, 1012 and 1013 from accepted sockets alone (see `sanitiseServerClose`).
   * Frames that arrive before the peer's answer are still handed over, where the runtime does that.
   */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once, where the runtime can; `onClose` follows as an abnormal end. */
  terminate?(): void;
  /** Sends a protocol-level ping, where the transport has one; the answer is `onPong`. */
  ping?(): void;
}

/** What a socket calls. Its methods must not throw: they are called from the transport's own callbacks. */
export interface SocketHandler {
  /** A whole frame arrived. */
  onFrame(frame: Frame): void;
  /** A protocol-level pong arrived: a sign of life without a frame. */
  onPong?(): void;
  /** The connection ended, whoever ended it. Called once, and last; never from inside `close` or `terminate`. */
  onClose(cause: CloseCause): void;
}

/** What a dial is told besides the address. */
export interface DialOptions {
  /** Ends the dial: the factory rejects at once and leaves no connection behind. */
  signal: AbortSignal;
  /** Request headers, where the runtime can send them. */
  headers?: Readonly<Record<string, string>>;
  /** WebSocket subprotocols, in order of preference. */
  protocols?: readonly string[];
  /** Frames over this size are of no use to the caller, in bytes; a transport may use it to size its own limit. */
  maxMessageBytes?: number;
}

/**
 * Opens a socket: promises one that is already open, or rejects with a {@linkcode DialError}. Frames may reach
 * the handler before the promise's reactions have run; whoever dials keeps them until then.
 */
export type SocketFactory = (
  address: string,
  handler: SocketHandler,
  options: DialOptions,
) => Promise<Socket>;
