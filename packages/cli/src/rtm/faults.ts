import type { Acceptor, Answer, Clock, Incoming, Random, Socket, TimerHandle, Welcome } from "@holdfast/core";
import type { TeamId } from "@holdfast/core/rtm";
import { whenAnswered } from "@holdfast/core/socket";
import { AddressBook } from "./address-book.ts";
import type { FaultKind, FaultRates } from "./fault-rates.ts";
import { garbage } from "./garbage.ts";
import { pick } from "./pick.ts";
import { SocketFaults } from "./socket-faults.ts";
import { TeamSocket, type TeamSocketOwner } from "./team-socket.ts";

/** Who is told what faults do and what clients make of them. */
export interface FaultWatcher {
  /**
   * A fault has struck. `proven` is false when the client never answered the ping that is to prove that it got
   * what was sent before.
   */
  struck(kind: FaultKind, teamId: TeamId, proven: boolean): void;
  /** A team's socket was let in that no fault ends at once. */
  arrived(teamId: TeamId): void;
  /** A team's socket was let in while an older one was open, as that one's answer to a ping proves. */
  duplicated(teamId: TeamId): void;
  /**
   * A team's socket was let in while one that a fault had chosen or muted was open at the client, as that one's
   * answer to a ping proves: a transport that can drop a socket has no reason to keep it.
   */
  lingered(teamId: TeamId): void;
  /** A client ended a team's socket that nothing was wrong with. */
  left(teamId: TeamId): void;
}

/** What faults need. */
export interface FaultOptions {
  readonly rates: FaultRates;
  readonly watcher: FaultWatcher;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often it is looked whether a fault is due, in milliseconds. */
const TICK_MS = 50;

/**
 * Puts faults between a listener and a server half's door. They are of the sockets alone: any transport's will
 * do, and the client sees what it would see of a bad network. No fault strikes before `start`.
 */
export function withFaults(accept: Acceptor, options: FaultOptions): Faults {
  return new Faults(accept, options);
}

/** A door with faults behind it. */
export class Faults implements TeamSocketOwner {
  /** The door for a listener, instead of the server half's own. */
  readonly accept: Acceptor = (incoming) => this.#accept(incoming);
  readonly #inner: Acceptor;
  readonly #options: FaultOptions;
  readonly #book = new AddressBook();
  readonly #strikes: SocketFaults;
  readonly #sockets = new Map<TeamId, Set<TeamSocket>>();
  #timer: TimerHandle | undefined;
  #tickedAt = 0;
  #active = false;

  constructor(accept: Acceptor, options: FaultOptions) {
    this.#inner = accept;
    this.#options = options;
    this.#strikes = new SocketFaults(options);
  }

  /** Sockets that a fault has chosen and not struck yet. */
  get pending(): number {
    return this.#strikes.pending;
  }

  /** Muted sockets that their clients have not given up yet. */
  get muted(): number {
    return this.#strikes.muted;
  }

  /** From now on faults strike. */
  start(): void {
    if (this.#active) return;
    this.#active = true;
    this.#tickedAt = this.#options.clock.now();
    this.#arm();
  }

  /** Chooses no further socket or dial; what is chosen already is still struck. */
  stop(): void {
    this.#active = false;
    this.#options.clock.clearTimer(this.#timer);
  }

  /**
   * Pings every live team socket, and resolves with the number of those that did not answer in time. Resolved
   * with 0, it proves that every frame any of them took has been received.
   */
  flush(timeoutMs: number): Promise<number> {
    const { clock } = this.#options;
    const live = this.#live();
    return new Promise((resolve) => {
      let unproven = live.length;
      const timer = clock.setTimer(() => resolve(unproven), timeoutMs);
      const finish = (): void => {
        clock.clearTimer(timer);
        resolve(unproven);
      };
      if (unproven === 0) finish();
      let waiting = live.length;
      for (const socket of live) {
        socket.prove((proven) => {
          if (proven) unproven--;
          if (--waiting === 0) finish();
        });
      }
    });
  }

  /** Drops every team socket. What is to be proven before is the caller's business, see `flush`. */
  dropAll(): void {
    for (const sockets of [...this.#sockets.values()]) for (const socket of [...sockets]) socket.drop();
  }

  /** Stops, and drops the half-open sockets that are left. */
  close(): void {
    this.stop();
    this.#strikes.close();
  }

  socketEnded(socket: TeamSocket, byClient: boolean): void {
    const sockets = this.#sockets.get(socket.teamId);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#sockets.delete(socket.teamId);
    this.#strikes.ended(socket);
    if (byClient) this.#options.watcher.left(socket.teamId);
  }

  #accept(incoming: Incoming): Answer | Promise<Answer> {
    const teamId = this.#book.teamOf(incoming.path);
    if (teamId === undefined) return this.#acceptOther(incoming);
    const { watcher } = this.#options;
    if (this.#chance("refuse")) {
      watcher.struck("refuse", teamId, true);
      return { status: 500, reason: "Refused on purpose" };
    }
    return whenAnswered(this.#inner(incoming), (answer) => {
      if (typeof answer !== "function") return answer;
      this.#book.used(incoming.path);
      return (socket) => this.#welcome(new TeamSocket(teamId, socket, this), answer);
    });
  }

  #acceptOther(incoming: Incoming): Answer | Promise<Answer> {
    return whenAnswered(this.#inner(incoming), (answer) => {
      if (typeof answer !== "function") return answer;
      return (socket: Socket) => answer(this.#book.readAlong(socket));
    });
  }

  #welcome(socket: TeamSocket, welcome: Welcome): TeamSocket {
    const { watcher } = this.#options;
    const { teamId } = socket;
    const others = this.#sockets.get(teamId) ?? new Set();
    for (const other of others) {
      const { live } = other;
      other.prove((open) => open && (live ? watcher.duplicated(teamId) : watcher.lingered(teamId)));
    }
    this.#sockets.set(teamId, others.add(socket));
    socket.handler = welcome(socket);
    if (this.#chance("flap")) this.#strikes.choose(socket, "flap");
    else watcher.arrived(teamId);
    return socket;
  }

  #chance(kind: "refuse" | "flap"): boolean {
    return this.#active && this.#options.random() < this.#options.rates[kind];
  }

  #arm(): void {
    this.#timer = this.#options.clock.setTimer(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const { clock, random, watcher } = this.#options;
    const now = clock.now();
    // After a stall there is no catching up: that would strike many sockets at one moment.
    const seconds = Math.min(now - this.#tickedAt, 20 * TICK_MS) / 1000;
    this.#tickedAt = now;
    let live = this.#live();
    for (const kind of this.#strikes.due(seconds * live.length)) {
      if (live.length === 0) break;
      const socket = pick(live, random);
      if (kind === "garbage") {
        socket.inject(garbage(random));
        watcher.struck(kind, socket.teamId, true);
      } else {
        this.#strikes.choose(socket, kind);
        live = live.filter((other) => other !== socket);
      }
    }
    this.#arm();
  }

  #live(): TeamSocket[] {
    return [...this.#sockets.values()].flatMap((sockets) => [...sockets]).filter(({ live }) => live);
  }
}
