import type { Socket, SocketHandler } from "./socket.ts";

/** A peer that asks to be let in, before a socket exists. */
export interface Incoming {
  /** Path and query as the peer asked, such as `/global?x=1`; `/` where the transport has no paths. */
  readonly path: string;
  /** A request header by its lower-case name, where the transport has headers. */
  header(name: string): string | undefined;
  /** The peer's IP address, such as `127.0.0.1`, where the transport knows it. */
  readonly peer?: string;
  /** Aborted when the peer hangs up, or is given up, before it was answered; where the transport sees that. */
  readonly signal?: AbortSignal;
}

/** A refusal: answered as this HTTP status where the transport has one, and by closing where it has none. */
export interface Refusal {
  /** HTTP status, such as 403. */
  readonly status: number;
  /** One line for the peer: the body of the answer, plain text unless `headers` says otherwise. */
  readonly reason: string;
  /** Headers of the answer, such as `Retry-After`. Those of the connection itself are the listener's. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Given the open socket, returns what is to be called for it. */
export type Welcome = (socket: Socket) => SocketHandler;

/** What a door answers. */
export type Answer = Welcome | Refusal;

/**
 * A server half's door: looks at who asks, and refuses or welcomes, at once or later. Should it throw or reject, the
 * peer is refused with 500 and the console is told. Who says something before it was answered is refused with 400; who
 * hangs up is forgotten, and the answer with it.
 */
export type Acceptor = (incoming: Incoming) => Answer | Promise<Answer>;

/** Something that listens for peers. */
export interface SocketListener {
  /** The address peers dial, such as `ws://127.0.0.1:8080`; of `serve` too it is that of its WebSockets. */
  readonly address: string;
  /** The port that was taken. */
  readonly port: number;
  /** Stops listening and drops every socket that is left; resolves when nothing is. */
  close(): Promise<void>;
}

/** Something that listens for peers, and answers HTTP on the same port. */
export interface HttpListener extends SocketListener {
  /** The address of its HTTP, such as `http://127.0.0.1:8080`; `address` is that of its WebSockets, with `ws:`. */
  readonly httpAddress: string;
}
