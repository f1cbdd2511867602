import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Acceptor, Answer, Incoming, Refusal, Welcome } from "@holdfast/core";
import {
  BAD_REQUEST,
  peerAddress,
  UPGRADE_BY_GET,
  WEB_SOCKET_VERSION,
  whenAnswered,
} from "@holdfast/core/socket";
import { type ServerOptions, WebSocketServer } from "ws";
import { AcceptedSocket } from "./accepted-socket.ts";
import { HEARD, type HeardWebSocket } from "./heard-web-socket.ts";
import type { OpenSockets } from "./open-sockets.ts";
import { answerRaw } from "./raw-answer.ts";
import { WaitingPeer } from "./waiting-peer.ts";

/** How upgrades are taken. */
export interface UpgradeSettings {
  /** A guarded one. */
  readonly accept: Acceptor;
  readonly protocols: readonly string[];
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly closeTimeoutMs: number;
  readonly acceptTimeoutMs: number;
}

/** `closeTimeout` is younger than the types of `ws`. */
interface FullServerOptions extends ServerOptions {
  closeTimeout: number;
}

/** Called for each `upgrade` of an HTTP server: asks the acceptor, and makes sockets of those that are welcome. */
export function upgrading(
  settings: UpgradeSettings,
  sockets: OpenSockets,
): (request: IncomingMessage, stream: Duplex, early: Buffer) => void {
  const welcomes = new WeakMap<IncomingMessage, Welcome>();
  const options: FullServerOptions = {
    ...HEARD,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: settings.maxMessageBytes,
    maxFragments: settings.maxFragments,
    closeTimeout: settings.closeTimeoutMs,
    // What is offered may be a token: only a name that this side was told to speak is echoed.
    handleProtocols: (offered) => [...offered].find((name) => settings.protocols.includes(name)) ?? false,
    // Asked here, ws has already refused what is no WebSocket request: the acceptor sees none of those.
    verifyClient: ({ req }: { req: IncomingMessage }, verdict: (welcome: boolean) => void) =>
      ask(req, settings, sockets, (answer) => {
        if (typeof answer !== "function") return answerRaw(req.socket, answer);
        welcomes.set(req, answer);
        verdict(true);
      }),
  };
  const webSockets = new WebSocketServer(options);
  webSockets.on("wsClientError", (_error: Error, stream: Duplex, request: IncomingMessage) =>
    answerRaw(stream, handshakeRefusal(request)),
  );
  return (request, stream, early) => {
    // A client must not send frames before its upgrade is answered (RFC 6455, section 4.1).
    if (early.length > 0) return answerRaw(stream, BAD_REQUEST);
    webSockets.handleUpgrade(request, stream, early, (webSocket) => {
      const socket = new AcceptedSocket(webSocket as HeardWebSocket, stream, sockets);
      socket.handler = (welcomes.get(request) as Welcome)(socket);
    });
  };
}

/** What ws would answer in HTML. */
function handshakeRefusal({ method, headers }: IncomingMessage): Refusal {
  if (method !== "GET") return UPGRADE_BY_GET;
  const version = headers["sec-websocket-version"];
  return version === "13" || version === "8" ? BAD_REQUEST : WEB_SOCKET_VERSION;
}

function ask(
  request: IncomingMessage,
  { accept, acceptTimeoutMs }: UpgradeSettings,
  among: OpenSockets,
  use: (answer: Answer) => void,
): void {
  const incoming = new UpgradeRequest(request);
  let waiting: WaitingPeer | undefined;
  let answered = false;
  void whenAnswered(accept(incoming), (answer) => {
    answered = true;
    if (waiting?.end() !== false) use(answer);
  });
  if (answered) return;
  waiting = new WaitingPeer({
    stream: request.socket,
    among,
    timeoutMs: acceptTimeoutMs,
    answer: answerRaw,
    onGivenUp: () => incoming.abort(),
  });
}

/** An upgrade as the acceptor sees it. */
class UpgradeRequest implements Incoming {
  readonly path: string;
  readonly peer?: string;
  readonly #headers: IncomingMessage["headers"];
  #abort: AbortController | undefined;
  #aborted = false;

  constructor(request: IncomingMessage) {
    this.path = request.url ?? "/";
    this.#headers = request.headers;
    const peer = peerAddress(request.socket.remoteAddress);
    if (peer !== undefined) this.peer = peer;
  }

  /** Made when it is first asked for: most acceptors answer at once. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#aborted) this.#abort.abort();
    return this.#abort.signal;
  }

  header(name: string): string | undefined {
    const key = name.toLowerCase();
    // A plain object: `constructor` must not be found in it.
    const value = Object.hasOwn(this.#headers, key) ? this.#headers[key] : undefined;
    return Array.isArray(value) ? value.join(", ") : value;
  }

  /** The peer is not there any more. */
  abort(): void {
    this.#aborted = true;
    this.#abort?.abort();
  }
}
