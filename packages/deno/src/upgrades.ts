import type { Acceptor, Answer, Incoming } from "@holdfast/core";
import { BAD_REQUEST, UNDECIDED, whenAnswered } from "@holdfast/core/socket";
import { refusal } from "./http-half.ts";
import { type NativeLimits, NativeSocket } from "./native-socket.ts";

/** How upgrades are taken. */
export interface UpgradeSettings extends NativeLimits {
  /** A guarded one. */
  readonly accept: Acceptor;
  readonly protocols: readonly string[];
  readonly acceptTimeoutMs: number;
  /** Aborted when the listener closes. */
  readonly ending: AbortSignal;
  /** Called when a socket opens, and gives what is called when it has ended. */
  readonly opened: () => () => void;
}

/** After this time without a sign of life Deno pings; the peer has as long again to answer, in seconds. */
const IDLE_TIMEOUT_S = 30;

/** Asks the acceptor, and makes a socket of a request that is welcome. */
export function upgraded(
  request: Request,
  peer: string | undefined,
  settings: UpgradeSettings,
): Response | Promise<Response> {
  const { pathname, search } = new URL(request.url);
  // A copy: the request's own headers cannot be read any more once it is upgraded.
  const headers = new Headers(request.headers);
  const incoming: Incoming = {
    path: pathname + search,
    header: (name) => headers.get(name) ?? undefined,
    ...(peer !== undefined && { peer }),
    // Read only when it is asked for: Deno warns of what it does besides.
    get signal() {
      return request.signal;
    },
  };
  const answer = inTime(settings.accept(incoming), settings);
  return whenAnswered(answer, (answered) => {
    if (typeof answered !== "function") return refusal(answered);
    // To upgrade a connection that has ended leaves Deno a socket that never opens or closes.
    if (answer instanceof Promise && request.signal.aborted) return refusal(BAD_REQUEST);
    return upgrade(request, headers, answered, settings);
  });
}

function inTime(
  answer: Answer | Promise<Answer>,
  { acceptTimeoutMs, ending }: UpgradeSettings,
): Answer | Promise<Answer> {
  if (!(answer instanceof Promise)) return answer;
  return new Promise((resolve) => {
    const settle = (answered: Answer): void => {
      clearTimeout(timer);
      ending.removeEventListener("abort", end);
      resolve(answered);
    };
    const end = (): void => settle(UNDECIDED);
    const timer = setTimeout(() => {
      console.error(`Acceptor of a listener gave no answer within ${acceptTimeoutMs} ms`);
      settle(UNDECIDED);
    }, acceptTimeoutMs);
    ending.addEventListener("abort", end);
    void answer.then(settle);
  });
}

function upgrade(
  request: Request,
  headers: Headers,
  welcome: Extract<Answer, (...args: never) => unknown>,
  settings: UpgradeSettings,
): Response {
  // What is offered may be a token: only a name that this side was told to speak is echoed.
  // Split as Deno does, which refuses a name that it does not find itself.
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(", ");
  const protocol = offered.find((name) => settings.protocols.includes(name));
  let native: Deno.WebSocketUpgrade;
  try {
    native = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_TIMEOUT_S, ...(protocol && { protocol }) });
  } catch {
    return refusal(BAD_REQUEST);
  }
  const { socket: webSocket, response } = native;
  webSocket.binaryType = "arraybuffer";
  webSocket.addEventListener("open", () => {
    const socket = new NativeSocket(webSocket, settings, settings.opened());
    socket.handler = welcome(socket);
  });
  return response;
}
