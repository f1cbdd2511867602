import type { Frame } from "@holdfast/core";
import type { TeamId } from "@holdfast/core/rtm";
import { MAX_MESSAGE_BYTES } from "./settings.ts";
import type { Dial } from "./watched-sockets.ts";

/** Whose connection it is. */
export type Whose = TeamId | "the global connection";
export const GLOBAL = "the global connection";

/** What really reached one team. */
export interface TeamTruth {
  readonly id: TeamId;
  /** Whether the bot was told that the team is there. */
  joined: boolean;
  messages: number;
  props: number;
}

/**
 * What the bot can know, kept outside of it, at the seam to the network. What counts as a message that reached a
 * live socket: a text frame that is a `message` with a text, handed by the network to the handler of a socket that
 * is open. A frame that was in flight when the connection was cut, or that came on a muted way, was not delivered;
 * one that arrives between the bot's close frame and the peer's answer was.
 */
export class Truth {
  /** Messages that were delivered. */
  delivered = 0;
  /** Those of them whose team was not forgotten by then. */
  counted = 0;
  /** Frames that were delivered and are no message of the protocol. */
  invalid = 0;
  readonly teams = new Map<TeamId, TeamTruth>();
  /** Teams that left, the oldest first. */
  readonly departed = new Set<TeamId>();
  readonly #dials = new Map<Whose, Set<Dial>>();
  /** Whose address a path is: it was given out on the global connection. */
  readonly #paths = new Map<string, TeamId>();
  readonly #now: () => number;
  readonly #maxDeparted: number;
  readonly #left: (id: TeamId) => void;

  /** @param left Is told of each team that leaves. */
  constructor(now: () => number, maxDeparted: number, left: (id: TeamId) => void) {
    this.#now = now;
    this.#maxDeparted = maxDeparted;
    this.#left = left;
  }

  /** Whose address this is; `undefined` for one that was never given out. */
  whoseIs(address: string): Whose | undefined {
    const path = pathOf(address);
    return path === "/global" ? GLOBAL : this.#paths.get(path);
  }

  /** An address was given out, or will be. */
  given(address: unknown, id: TeamId): void {
    if (typeof address === "string" && URL.canParse(address)) this.#paths.set(pathOf(address), id);
  }

  /** Whether it is open and has said hello, as far as the bot can know. */
  isConnected(whose: Whose): boolean {
    if (whose !== GLOBAL && this.teams.get(whose)?.joined !== true) return false;
    return this.liveSockets(whose).some(({ helloAt }) => helloAt !== undefined);
  }

  /** Sockets that are open now. */
  liveSockets(whose: Whose): Dial[] {
    const dials = this.#dials.get(whose);
    for (const dial of dials ?? []) if (!dial.live) dials?.delete(dial);
    return [...(dials ?? [])];
  }

  /** How many sockets are open, over all. */
  get live(): number {
    return [...this.#dials.keys()].reduce<number>((sum, whose) => sum + this.liveSockets(whose).length, 0);
  }

  /** A socket opened. */
  opened(whose: Whose, dial: Dial): void {
    const dials = this.#dials.get(whose) ?? new Set();
    this.#dials.set(whose, dials.add(dial));
  }

  /** Takes in a frame before the bot gets it; says what it was, and the team it names. */
  take(dial: Dial, frame: Frame): { readonly type: string; readonly named?: unknown } {
    const whose = this.whoseIs(dial.address);
    const message = messageIn(frame);
    if (message === undefined) {
      this.invalid++;
      return { type: "invalid" };
    }
    const { type } = message;
    if (type === "hello" && dial.live) dial.helloAt ??= this.#now();
    if (whose === GLOBAL) this.#onGlobal(dial, message);
    else if (whose !== undefined) this.#onTeam(whose, dial, message);
    return { type, named: message.team_id };
  }

  #onGlobal({ live }: Dial, { type, team_id: id, ws_url: address }: Message): void {
    if (!live || !isTeamId(id)) return;
    if (type === "team.join") this.#join(id);
    if (type === "team.left") this.#leave(id);
    if (type === "team.connect") this.given(address, id);
  }

  #onTeam(id: TeamId, { live }: Dial, { type, text, team_id: named }: Message): void {
    if (type === "team.left" && live && (named === undefined || isTeamId(named))) this.#leave(id);
    if (type !== "message" || typeof text !== "string") return;
    this.delivered++;
    const team = this.teams.get(id);
    if (team === undefined) return;
    this.counted++;
    team.messages++;
    if (text.includes("props")) team.props++;
  }

  #join(id: TeamId): void {
    const team = this.teams.get(id);
    if (team !== undefined) team.joined = true;
    else this.teams.set(id, { id, joined: true, messages: 0, props: 0 });
    this.departed.delete(id);
  }

  /** Beyond the limit the team that left first is forgotten, with its counts. */
  #leave(id: TeamId): void {
    const team = this.teams.get(id);
    if (!team?.joined) return;
    team.joined = false;
    this.#left(id);
    this.departed.add(id);
    if (this.departed.size <= this.#maxDeparted) return;
    const [oldest] = this.departed;
    if (oldest === undefined) return;
    this.departed.delete(oldest);
    this.teams.delete(oldest);
  }
}

interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Read without the library's own schemas: two readings of the protocol that must agree. */
function messageIn(frame: Frame): Message | undefined {
  if (typeof frame !== "string" || frame.length > MAX_MESSAGE_BYTES) return undefined;
  try {
    const message: unknown = JSON.parse(frame);
    if (typeof message !== "object" || message === null) return undefined;
    return typeof (message as Message).type === "string" ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the protocol takes it for one. */
export function isTeamId(id: unknown): id is TeamId {
  if (typeof id === "number")
    return Number.isSafeInteger(id) || (Number.isFinite(id) && !Number.isInteger(id));
  return typeof id === "string";
}

function pathOf(address: string): string {
  return new URL(address).pathname;
}
