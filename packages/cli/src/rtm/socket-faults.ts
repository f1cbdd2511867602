import type { TimerHandle } from "@holdfast/core";
import type { FaultKind } from "./fault-rates.ts";
import type { FaultOptions } from "./faults.ts";
import type { TeamSocket } from "./team-socket.ts";

/** How long a client may take to prove what it received before the fault strikes all the same, in milliseconds. */
const PROOF_MS = 5_000;

/** The faults that go by time. */
type TimedFault = "drop" | "mute" | "garbage";
const TIMED: readonly TimedFault[] = ["drop", "mute", "garbage"];

/**
 * Strikes team sockets without making a liar of the tally. Between a server that hands over a frame and a client
 * that reads it lies the kernel, and a connection that is dropped takes with it what is still there. So a fault
 * chooses a socket first, which then takes no more frames, pings the client, and strikes when the client has
 * answered: whatever was counted as sent has been received. To the client this looks like any sudden end.
 */
export class SocketFaults {
  readonly #options: FaultOptions;
  readonly #chosen = new Map<TeamSocket, TimerHandle>();
  readonly #muted = new Set<TeamSocket>();
  /** The parts of a fault that are owed; a random start, so that low rates are not always late. */
  readonly #owed: Record<TimedFault, number>;

  constructor(options: FaultOptions) {
    this.#options = options;
    const { random } = options;
    this.#owed = { drop: random(), mute: random(), garbage: random() };
  }

  get pending(): number {
    return this.#chosen.size;
  }

  get muted(): number {
    return this.#muted.size;
  }

  /** The faults that are due after so many more seconds of so many sockets. */
  due(socketSeconds: number): TimedFault[] {
    return TIMED.flatMap((kind) => {
      this.#owed[kind] += this.#options.rates[kind] * socketSeconds;
      const count = Math.floor(this.#owed[kind]);
      this.#owed[kind] -= count;
      return Array.from({ length: count }, () => kind);
    });
  }

  /** Chooses a live socket; the fault strikes as soon as the client has proven what it received. */
  choose(socket: TeamSocket, kind: Exclude<FaultKind, "garbage" | "refuse">): void {
    const { clock } = this.#options;
    socket.doom();
    const strike = (proven: boolean): void => {
      if (!this.#chosen.has(socket)) return;
      this.#release(socket);
      this.#strike(socket, kind, proven);
    };
    this.#chosen.set(
      socket,
      clock.setTimer(() => strike(false), PROOF_MS),
    );
    socket.prove(strike);
  }

  /** A socket ended; a fault that had chosen it never strikes. */
  ended(socket: TeamSocket): void {
    this.#release(socket);
    this.#muted.delete(socket);
  }

  /** Forgets what is chosen and drops what is muted. */
  close(): void {
    for (const socket of [...this.#chosen.keys()]) this.#release(socket);
    for (const socket of [...this.#muted]) socket.terminate();
  }

  #release(socket: TeamSocket): void {
    this.#options.clock.clearTimer(this.#chosen.get(socket));
    this.#chosen.delete(socket);
  }

  #strike(socket: TeamSocket, kind: FaultKind, proven: boolean): void {
    if (kind === "mute") {
      this.#muted.add(socket);
      socket.mute();
    } else socket.drop();
    this.#options.watcher.struck(kind, socket.teamId, proven);
  }
}
