import type { Acceptor, SocketListener } from "@holdfast/core";
import { createRtmServer, type RtmServer, type TeamId } from "@holdfast/core/rtm";
import type { ManualClock, TestNetwork } from "@holdfast/core/testing";

/** Team `index` of a run: numbers and strings, and `4` and `"4"`, which are two teams. */
export function teamIdOf(index: number): TeamId {
  if (index % 5 === 0) return String(index - 1);
  return index % 5 === 3 ? `team ${index}` : index;
}

/** The server of a run, over all its restarts: a new one has the same teams, and knows no address of the old one. */
export class Served {
  server: RtmServer;
  /** All teams that ever were, and whether each is there. */
  readonly teams = new Map<TeamId, boolean>();
  /** What went wrong inside a server. */
  readonly errors: string[] = [];
  readonly #clock: ManualClock;
  readonly #network: TestNetwork;
  readonly #meddle: (accept: Acceptor) => Acceptor;
  #listener: SocketListener | undefined;

  constructor(clock: ManualClock, network: TestNetwork, meddle: (accept: Acceptor) => Acceptor) {
    this.#clock = clock;
    this.#network = network;
    this.#meddle = meddle;
    this.server = this.#create();
    this.open();
  }

  /** Whether somebody listens. */
  get up(): boolean {
    return this.#listener !== undefined;
  }

  join(id: TeamId): void {
    this.teams.set(id, true);
    this.server.addTeam(id);
  }

  leave(id: TeamId): void {
    this.teams.set(id, false);
    this.server.removeTeam(id);
  }

  /** Nobody listens any more, and every socket is dropped. */
  async stop(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    await this.server.close();
    await listener?.close();
  }

  /** A new server listens, if none does. */
  restart(): void {
    if (this.up) return;
    this.server = this.#create();
    for (const [id, present] of this.teams) if (present) this.server.addTeam(id);
    this.open();
  }

  open(): void {
    this.#listener = this.#network.listen("ws://server", this.#meddle(this.server.accept));
  }

  #create(): RtmServer {
    // Every other address is given out as `http:`, which means the WebSocket of the same host.
    let addresses = 0;
    const url = (): string => (addresses++ % 2 === 0 ? "ws://server" : "http://server");
    const server = createRtmServer({ url, clock: this.#clock });
    server.on("error", ({ message }) => void this.errors.push(message));
    return server;
  }
}
