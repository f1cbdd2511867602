import type { Acceptor, Frame } from "@holdfast/core";
import { type Bot, createBot } from "@holdfast/core/rtm";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  seededRandom,
  type TestNetwork,
} from "@holdfast/core/testing";
import { ActiveFaults } from "./active-faults.ts";
import { checkRows } from "./checks.ts";
import { DialRules } from "./dial-rules.ts";
import { meddled } from "./meddling.ts";
import { Outages } from "./outages.ts";
import { Served, teamIdOf } from "./served.ts";
import { botOptions, maxDepartedTeams, type Profile, profileOf, type RunOptions } from "./settings.ts";
import { Trace } from "./trace.ts";
import { GLOBAL, isTeamId, Truth, type Whose } from "./truth.ts";
import { Verdict } from "./violation.ts";
import { type Dial, type SeamWatcher, watchedSockets } from "./watched-sockets.ts";

/** The real bot and the real server on a simulated clock and network, watched at the seam between them. */
export class World implements SeamWatcher {
  readonly clock: ManualClock = createManualClock();
  readonly trace: Trace = new Trace(() => this.clock.now());
  readonly verdict = new Verdict(() => this.trace.end());
  readonly truth: Truth;
  readonly rules: DialRules;
  readonly outages: Outages;
  readonly network: TestNetwork;
  readonly faults: ActiveFaults;
  readonly served: Served;
  readonly bot: Bot;
  /** How many teams there are to begin with. */
  readonly size: number;
  readonly profile: Profile;
  /** Gaps that there were, and gaps that the bot told of. */
  readonly gaps: { readonly real: Gaps; readonly told: Gaps } = {
    real: { count: 0, ms: 0 },
    told: { count: 0, ms: 0 },
  };
  /** What the bot answered to healthchecks, the latest last. */
  readonly answers: string[] = [];
  closing = false;
  /** Messages that the bot told of. */
  heard = 0;
  /** When the bot closed sockets, of the latest only. */
  #closes: number[] = [];
  /** The socket on which goodbye was said: the bot dials anew at once. */
  #farewell: Dial | undefined;

  constructor(options: RunOptions) {
    const { seed, teams } = options;
    const now = (): number => this.clock.now();
    const [latency, meddling] = [seededRandom(seed, 4), seededRandom(seed, 5)];
    this.size = teams;
    this.profile = profileOf(options);
    this.rules = new DialRules(this.verdict, now, options);
    this.outages = new Outages(now);
    this.truth = new Truth(now, maxDepartedTeams(teams), (id) => {
      this.rules.forget(id);
      this.outages.forget(id);
    });
    this.faults = new ActiveFaults((address) => this.truth.whoseIs(address));
    this.network = createTestNetwork({ clock: this.clock, latencyMs: () => this.faults.latencyMs(latency) });
    const meddle = (accept: Acceptor): Acceptor => meddled(accept, this.faults, this.clock, meddling);
    this.served = new Served(this.clock, this.network, meddle);
    for (let index = 1; index <= teams; index++) this.served.join(teamIdOf(index));
    this.bot = createBot({
      ...botOptions(options),
      url: () => this.#globalAddress(),
      clock: this.clock,
      random: seededRandom(seed, 6),
      socket: watchedSockets(this.network.socket, this),
    });
    this.#listen();
  }

  /** Connections that may be on their way out: closed by the bot, not longer ago than a close may take. */
  get leaving(): number {
    this.#closes = this.#closes.filter((at) => at >= this.clock.now() - this.profile.closeTimeoutMs);
    return this.#closes.length;
  }

  dialled({ address }: Dial): void {
    const whose = this.truth.whoseIs(address);
    this.trace.note("dial", whose);
    if (whose !== undefined) this.rules.dialled(whose);
  }

  opened(dial: Dial): void {
    const whose = this.truth.whoseIs(dial.address) as Whose;
    this.trace.note("open", whose);
    this.truth.opened(whose, dial);
    // After the bot had its turn: what opened late is dropped, and what was there before is gone.
    this.clock.setTimer(() => {
      this.verdict.check(!(dial.live && dial.abandoned), "late-open", () => `${whose} kept what opened late`);
      const live = this.truth.liveSockets(whose).length;
      this.verdict.check(live <= 1, "one-socket", () => `${whose} has ${live} live sockets`);
    }, 0);
  }

  delivered(dial: Dial, frame: Frame): void {
    const whose = this.truth.whoseIs(dial.address) as Whose;
    const wasConnected = this.truth.isConnected(whose);
    const { type, named } = this.truth.take(dial, frame);
    this.trace.note(type, whose === GLOBAL && isTeamId(named) ? named : whose);
    if (type === "goodbye" && whose === GLOBAL && dial.live && wasConnected) this.#farewell = dial;
    if (wasConnected || !this.truth.isConnected(whose)) return;
    const downMs = this.outages.end(whose);
    if (whose === GLOBAL) this.rules.returned();
    else if (downMs !== undefined) addGap(this.gaps.real, downMs);
  }

  ended(dial: Dial, why: string): void {
    const whose = this.truth.whoseIs(dial.address);
    this.trace.note(why, whose);
    if (why === "closed") this.#closes.push(this.clock.now());
    if (whose === undefined || this.closing) return;
    if (whose !== GLOBAL && this.truth.teams.get(whose)?.joined !== true) return this.rules.forget(whose);
    this.rules.ended(whose, dial, dial === this.#farewell);
    if (dial.helloAt !== undefined) this.outages.begin(whose);
  }

  #globalAddress(): string | Promise<string> {
    const none = this.faults.noAddress();
    if (none !== undefined) this.rules.noAddress();
    return none ?? "ws://server/global";
  }

  #listen(): void {
    const { bot, rules, verdict } = this;
    bot.on("team.disconnected", ({ teamId, cause, retryInMs }) => rules.down(teamId, cause, retryInMs));
    bot.on("global.disconnected", ({ cause, retryInMs }) => rules.down(GLOBAL, cause, retryInMs));
    bot.on("team.gap", ({ downMs }) => addGap(this.gaps.told, downMs));
    bot.on("team.message", () => void this.heard++);
    bot.on("healthcheck", ({ stats, answered }) => {
      this.trace.note("healthcheck answered", String(answered));
      checkRows(this, stats);
      if (!answered) return;
      this.answers.push(JSON.stringify(stats));
      if (this.answers.length > 8) this.answers.shift();
    });
    bot.on("error", ({ code, message }) => verdict.check(code === "server-error", "silent", () => message));
    void bot.closed.then(({ reason, cause }) => {
      verdict.check(this.closing, "alive", () => `the bot ended: ${reason} ${cause?.message ?? ""}`);
    });
  }
}

/** How many gaps, and how long they were together, in milliseconds. */
interface Gaps {
  count: number;
  ms: number;
}

function addGap(gaps: Gaps, downMs: number): void {
  gaps.count++;
  gaps.ms += downMs;
}
