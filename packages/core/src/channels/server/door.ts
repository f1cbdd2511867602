import { byteLength } from "../../bytes.ts";
import { AddressCounter } from "../../server/address-counter.ts";
import { isTooDeep } from "../../server/json-depth.ts";
import type { ServerLimits } from "../../server/limits.ts";
import type { OriginCheck } from "../../server/origin.ts";
import type { Incoming, Welcome } from "../../socket/listener.ts";
import type { Socket, SocketHandler } from "../../socket/socket.ts";
import { Fault, laterFault } from "../http/fault.ts";
import { badParameter, only, type Parameters, parametersOf } from "../http/parameters.ts";
import { routeOf } from "../http/routes.ts";
import type { Admission } from "./admission.ts";
import { tokenOf } from "./credentials.ts";
import type { ListenRequest } from "./listener.ts";
import { MAX_PRESENCE_BYTES } from "./listeners.ts";

/** What a door needs of its server. */
export interface DoorOwner {
  readonly limits: ServerLimits;
  readonly origins: OriginCheck;
  readonly admission: Admission;
  readonly tokenInQuery: boolean;
  /** @throws {Fault} `DRAINING` once nobody is let in any more. */
  checkOpen(): void;
  /** Somebody is let in; returns what is called for the socket. */
  welcome(socket: Socket, request: ListenRequest): SocketHandler;
}

const DEAF: SocketHandler = { onFrame: () => {}, onClose: () => {} };
const MAX_SINCE_LENGTH = 200;
const DEFAULT_PRESENCE = "{}";

/** Who may listen: origin, then path, then whether there is room, then the user's hook. */
export class Door {
  readonly #owner: DoorOwner;
  readonly #addresses: AddressCounter;

  constructor(owner: DoorOwner) {
    this.#owner = owner;
    this.#addresses = new AddressCounter(owner.limits.connectionsPerAddress);
  }

  /** A connection of this address is gone. */
  release(peer: string | undefined): void {
    this.#addresses.release(peer);
  }

  /**
   * Looks at who asks.
   * @throws {Fault} what the upgrade is refused with
   */
  async open(incoming: Incoming): Promise<Welcome> {
    const { origins, limits, admission, tokenInQuery } = this.#owner;
    const header = (name: string): string | undefined => incoming.header(name);
    const refusal = origins.refusal({
      origin: header("origin"),
      host: header("host"),
      cookie: header("cookie"),
    });
    if (refusal !== undefined) throw new Fault("BAD_ORIGIN", refusal);
    const at = incoming.path.indexOf("?");
    const { action, channel } = routeOf(
      at === -1 ? incoming.path : incoming.path.slice(0, at),
      limits.maxNameLength,
    );
    if (action !== "listen")
      throw new Fault("NOT_FOUND", `A WebSocket is at /:channel/listen, and not at ${action}`);
    this.#owner.checkOpen();
    const parameters = parametersOf(at === -1 ? "" : incoming.path.slice(at));
    const { peer } = incoming;
    const wish = {
      ...{ channel, peer, since: sinceOf(parameters) },
      presence: presenceOf(parameters, limits.maxDepth),
    };
    const token = tokenOf({ header, parameters }, tokenInQuery);
    // It counts while the hook is asked, and again once it is there: in between it may hang up, unseen.
    if (!this.#addresses.take(peer)) throw tooMany(limits);
    let leaveMs: number | undefined;
    try {
      leaveMs = await admission.ask({ action, channel, token, header, peer }, incoming.signal);
    } finally {
      this.#addresses.release(peer);
    }
    this.#owner.checkOpen();
    return (socket) => this.#welcome(socket, { ...wish, leaveMs });
  }

  #welcome(socket: Socket, request: ListenRequest): SocketHandler {
    if (this.#addresses.take(request.peer)) return this.#owner.welcome(socket, request);
    // Several were let in while there was room for one.
    socket.close(1013, tooMany(this.#owner.limits).message);
    return DEAF;
  }
}

/**
 * The event to resume after; what no server of this kind ever gave is told, and not taken for the beginning.
 * @throws {Fault} `BAD_PARAMETER`
 */
export function sinceOf(parameters: Parameters): string | undefined {
  const since = only(parameters, "since");
  if (since === undefined || (since.startsWith("evt_") && since.length <= MAX_SINCE_LENGTH)) return since;
  throw badParameter("since", "an event id", since);
}

function presenceOf(parameters: Parameters, maxDepth: number): string {
  const text = only(parameters, "presence");
  if (text === undefined) return DEFAULT_PRESENCE;
  const wanted = `JSON of at most ${MAX_PRESENCE_BYTES} bytes`;
  if (isTooDeep(text, maxDepth)) throw badParameter("presence", wanted, text);
  // As it would come in a frame: one line, and a lone surrogate is escaped; 1e20 has become 21 digits.
  const line = oneLine(text);
  if (line === undefined || byteLength(line) > MAX_PRESENCE_BYTES)
    throw badParameter("presence", wanted, text);
  return line;
}

function oneLine(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function tooMany({ connectionsPerAddress }: ServerLimits): Fault {
  return laterFault("TOO_MANY_CONNECTIONS", `One address may have ${connectionsPerAddress} connections`, 10);
}
