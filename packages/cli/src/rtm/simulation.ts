import type { Acceptor, Clock, SocketListener, TimerHandle } from "@holdfast/core";
import { createRtmServer, type Mistake, type RtmServer, type TeamId } from "@holdfast/core/rtm";
import { seededRandom } from "@holdfast/core/testing";
import { ClaimWatch } from "./claims.ts";
import type { FaultKind, FaultRates } from "./fault-rates.ts";
import { type Faults, type FaultWatcher, withFaults } from "./faults.ts";
import { Outages } from "./outages.ts";
import { type Scorecard, score } from "./scorecard.ts";
import { settle } from "./settle.ts";
import { Traffic } from "./traffic.ts";

/** What a simulation takes. */
export interface SimulationOptions {
  /** How many teams; their ids count from 1. */
  readonly teams: number;
  /** Messages a second over all teams. */
  readonly rate: number;
  readonly faults: FaultRates;
  readonly seed: number;
  /** How often a healthcheck is asked for during the run, in milliseconds; 0 for only at its end. */
  readonly healthcheckMs: number;
  /** How long the client may take to come to rest at the end, in milliseconds. */
  readonly settleMs: number;
  /** Where clients reach the server; a function is asked for each team's address. @default the listener's address */
  readonly url?: string | (() => string);
  /** Opens the door on some transport. */
  readonly listen: (accept: Acceptor) => Promise<SocketListener>;
  readonly clock: Clock;
  /** See `TrafficOptions.afterReading`. */
  readonly afterReading: (task: () => void) => void;
  /** Told what happens, in one line each. */
  readonly say: (line: string) => void;
}

/** A healthcheck of a hundred thousand teams is 8 MB. */
export const MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** How long a client that is gone at the end may take to come back, in milliseconds. */
const RETURN_MS = 5_000;

/** How long clients may take to prove what they received before a restart, in milliseconds. */
const FLUSH_MS = 5_000;

/** How many mistakes of clients are told one by one. */
const MAX_MISTAKES_TOLD = 20;

/** Simulated teams for one client, and the score it gets. */
export class Simulation implements FaultWatcher {
  readonly #options: SimulationOptions;
  readonly #server: RtmServer;
  readonly #faults: Faults;
  readonly #traffic: Traffic;
  readonly #outages: Outages;
  readonly #claims = new ClaimWatch();
  readonly #struck: Record<FaultKind, number> = { drop: 0, mute: 0, garbage: 0, refuse: 0, flap: 0 };
  readonly #duplicates = new Map<TeamId, number>();
  readonly #counts = { unanswered: 0, dropped: 0, left: 0, lingering: 0, unproven: 0 };
  readonly #startedAt: number;
  #listener: SocketListener | undefined;
  #clients = 0;
  #mistakesTold = 0;
  #finishing = false;
  #healthcheck: TimerHandle | undefined;

  constructor(options: SimulationOptions) {
    const { clock, seed, url } = options;
    this.#options = options;
    this.#startedAt = clock.now();
    this.#server = createRtmServer({
      ...{ clock, maxMessageBytes: MAX_MESSAGE_BYTES },
      url: typeof url === "function" ? url : () => url ?? (this.#listener?.address as string),
    });
    const ids = Array.from({ length: options.teams }, (_, index) => index + 1);
    for (const id of ids) this.#server.addTeam(id);
    this.#faults = withFaults(this.#server.accept, {
      ...{ rates: options.faults, watcher: this, clock, random: seededRandom(seed, 1) },
    });
    this.#traffic = new Traffic({
      ...{ rate: options.rate, teams: ids, clock, random: seededRandom(seed, 2) },
      afterReading: options.afterReading,
      send: (id, text) => void this.#server.send(id, text),
    });
    this.#outages = new Outages(seededRandom(seed, 3));
    this.#listen();
  }

  /** Opens the door; resolves with the address to dial. Traffic and faults begin with the first client. */
  async start(): Promise<string> {
    this.#listener = await this.#options.listen(this.#faults.accept);
    if (this.#options.healthcheckMs > 0) this.#armHealthcheck();
    const { url } = this.#options;
    return new URL("/global", typeof url === "string" ? url : this.#listener.address).href;
  }

  /**
   * Ends every connection and the listener, and opens it again after this time: to the client, a server that was
   * started anew. Its counts go on, so what was sent is proven received before; tokens that were given out stay good.
   *
   * @param downMs How long nobody listens, in milliseconds. `listen` must take the same port again.
   */
  async restart(downMs: number): Promise<void> {
    const { clock, listen, say } = this.#options;
    this.#traffic.stop();
    this.#counts.unproven += await this.#faults.flush(FLUSH_MS);
    say(`The server is down for ${downMs} ms`);
    this.#faults.dropAll();
    await this.#listener?.close();
    await new Promise<void>((resolve) => void clock.setTimer(resolve, downMs));
    this.#listener = await listen(this.#faults.accept);
    if (!this.#finishing) this.#traffic.start();
  }

  /** Stops traffic and faults, lets the client come to rest, asks it for its claim, and says goodbye. */
  async finish(): Promise<Scorecard> {
    const { clock, seed, settleMs, say } = this.#options;
    const seconds = (clock.now() - this.#startedAt) / 1000;
    this.#finishing = true;
    this.#traffic.stop();
    this.#faults.stop();
    clock.clearTimer(this.#healthcheck);
    // Where nobody ever came there is nothing to wait for, and whoever went may be on its way back.
    const here = this.#server.clients.length > 0;
    const timeoutMs = here ? settleMs : this.#clients > 0 ? Math.min(settleMs, RETURN_MS) : 0;
    if (timeoutMs > 0) {
      const what = here ? "the client may come to rest" : "the client is gone, and may come back";
      say(`Traffic and faults have stopped: ${what}, for ${timeoutMs / 1000} s at most`);
    }
    const settled = await settle({ server: this.#server, faults: this.#faults, clock, timeoutMs });
    const { teams, mistakes } = this.#server.stats();
    const card = score({
      ...{ seconds, seed, clients: this.#clients, sent: teams },
      ...{ claim: settled.claim, unsettled: settled.unsettled },
      ...{ faults: { ...this.#struck }, reconnects: this.#outages.summary(), duplicates: this.#duplicates },
      mistakes: {
        ...mistakes,
        ...this.#counts,
        ...this.#claims.mistakes,
        unanswered: this.#counts.unanswered + settled.unanswered,
        unproven: this.#counts.unproven + settled.unproven,
      },
    });
    say("Goodbye");
    await this.#server.goodbye();
    this.#faults.close();
    await this.#listener?.close();
    return card;
  }

  struck(kind: FaultKind, teamId: TeamId, proven: boolean): void {
    this.#struck[kind]++;
    if (!proven) this.#counts.unproven++;
    if (kind !== "garbage") this.#outages.begin(teamId, kind, this.#options.clock.now());
  }

  arrived(teamId: TeamId): void {
    this.#outages.end(teamId, this.#options.clock.now());
  }

  duplicated(teamId: TeamId): void {
    this.#duplicates.set(teamId, (this.#duplicates.get(teamId) ?? 0) + 1);
  }

  lingered(): void {
    this.#counts.lingering++;
  }

  left(): void {
    this.#counts.left++;
  }

  #listen(): void {
    const { say } = this.#options;
    this.#server.on("client.connected", ({ client }) => {
      this.#clients++;
      say(`Client ${client.id} connected`);
      if (this.#finishing) return;
      this.#traffic.start();
      this.#faults.start();
    });
    this.#server.on("client.disconnected", ({ client }) => say(`Client ${client.id} disconnected`));
    this.#server.on("mistake", (mistake) => this.#tellMistake(mistake));
    this.#server.on("dropped", ({ teamId, why }) => {
      this.#counts.dropped++;
      say(`Dropped ${teamId === undefined ? "a global connection" : `team ${teamId}`}: ${why}`);
    });
    this.#server.on("error", (error) => say(error.message));
  }

  /** A client that does nothing but mistakes must not fill a log. */
  #tellMistake({ kind, message }: Mistake): void {
    const { say } = this.#options;
    if (++this.#mistakesTold <= MAX_MISTAKES_TOLD) say(`Mistake of the client (${kind}): ${message}`);
    else if (this.#mistakesTold === MAX_MISTAKES_TOLD + 1) say("Further mistakes are only counted");
  }

  #armHealthcheck(): void {
    const { clock, healthcheckMs } = this.#options;
    this.#healthcheck = clock.setTimer(() => {
      this.#armHealthcheck();
      void this.#askHealthcheck();
    }, healthcheckMs);
  }

  async #askHealthcheck(): Promise<void> {
    const { say } = this.#options;
    if (this.#server.clients.length === 0) return;
    try {
      const claim = await this.#server.healthcheck();
      const { teams } = this.#server.stats();
      this.#claims.check(claim, teams);
      const connected = claim.filter((row) => row.connected).length;
      say(`Healthcheck: ${connected} of ${teams.length} teams connected`);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === "timeout") this.#counts.unanswered++;
      say(`Healthcheck failed: ${message}`);
    }
  }
}
