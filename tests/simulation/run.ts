import { checkFigures, checkNothingLeft } from "./checks.ts";
import { type FaultEvent, type FaultKind, isStall } from "./fault-plan.ts";
import { MAX_LATE_MS, type RunOptions, recoveryBoundMs } from "./settings.ts";
import { strike } from "./strike.ts";
import { Traffic } from "./traffic.ts";
import { GLOBAL } from "./truth.ts";
import { watchUnhandled } from "./unhandled.ts";
import { Violation } from "./violation.ts";
import { World } from "./world.ts";

/** How a run ended. */
export interface Outcome {
  readonly violation: Violation | undefined;
  /** Of the whole trace: the same seed and plan give the same. */
  readonly hash: string;
  readonly lines: number;
  /** The end of the trace. */
  readonly latest: readonly string[];
  readonly figures: Figures;
}

/** What happened in a run. */
export interface Figures {
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly simulatedMs: number;
  readonly sent: number;
  readonly delivered: number;
  readonly counted: number;
  readonly invalid: number;
  readonly healthchecks: number;
  readonly dials: number;
  readonly reconnects: number;
  readonly longestOutageMs: number;
  /** Teams that are there at the end. */
  readonly teams: number;
  /** From the end of faults until every team was back. */
  readonly backMs: number;
  readonly boundMs: number;
}

/** Traffic goes and figures are looked at in such steps, in milliseconds. */
const STEP_MS = 100;
/** Looking at a thousand teams is dear. */
const CHECK_MS = (teams: number): number => (teams > 100 ? 5_000 : 500);

/** One run: faults, then calm until all is back, then the end. The same options and plan do the same. */
export async function run(options: RunOptions, plan: readonly FaultEvent[]): Promise<Outcome> {
  const unhandled = watchUnhandled();
  const simulation = new Simulation(options);
  const violation = await simulation.run(plan).then(
    () => undefined,
    (error: unknown) =>
      error instanceof Violation ? error : new Violation("silent", `something was thrown: ${error}`),
  );
  const rejected = await unhandled.stop();
  const silent = rejected === undefined ? undefined : new Violation("silent", `unhandled: ${rejected}`);
  const { trace } = simulation.world;
  const { hash, lines, latest } = trace;
  return { violation: violation ?? silent, hash, lines, latest, figures: simulation.figures() };
}

class Simulation {
  readonly world: World;
  readonly #options: RunOptions;
  readonly #traffic: Traffic;
  readonly #faults: Partial<Record<FaultKind, number>> = {};
  readonly #ends: Array<{ readonly atMs: number; readonly event: FaultEvent }> = [];
  /** Simulated time, without what the machine slept. */
  #elapsedMs = 0;
  #checkedMs = 0;
  #backMs = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.world = new World(options);
    this.#traffic = new Traffic(this.world, options.seed);
  }

  async run(plan: readonly FaultEvent[]): Promise<void> {
    const { faultsMs } = this.#options;
    this.world.bot.start().catch(() => {});
    for (const event of plan.filter(({ atMs }) => atMs < faultsMs)) {
      await this.#goOn(event.atMs);
      await this.#strike(event);
    }
    await this.#goOn(Math.max(this.#elapsedMs, faultsMs));
    await this.#comeBack();
    await this.#checkClaim();
    this.#checkStalls(plan);
    const laterMs = this.#elapsedMs - faultsMs;
    for (const event of plan.filter(({ atMs }) => atMs >= faultsMs)) {
      await this.#goOn(event.atMs + laterMs);
      await this.#strike(event);
    }
    await this.#close();
  }

  figures(): Figures {
    const { bot, clock, truth, network, outages, served, heard } = this.world;
    return {
      faults: this.#faults,
      simulatedMs: clock.now(),
      sent: this.#traffic.sent,
      delivered: truth.delivered,
      counted: heard,
      invalid: bot.stats().totals.invalid,
      healthchecks: this.#traffic.healthchecks,
      dials: network.stats().dials,
      reconnects: outages.reconnects,
      longestOutageMs: outages.longestMs,
      teams: [...served.teams.values()].filter(Boolean).length,
      backMs: this.#backMs,
      boundMs: recoveryBoundMs(this.#options),
    };
  }

  async #strike(event: FaultEvent): Promise<void> {
    const { trace, faults } = this.world;
    this.#faults[event.kind] = (this.#faults[event.kind] ?? 0) + 1;
    trace.note(event.kind, event.id);
    const before = faults.size;
    await strike(this.world, event);
    if (faults.size > before) this.#ends.push({ atMs: this.#elapsedMs + event.ms, event });
    this.#ends.sort((a, b) => a.atMs - b.atMs);
    this.world.verdict.enforce();
  }

  /** Lets time pass until then: in steps, and stopping where a fault ends. */
  async #goOn(until: number): Promise<void> {
    const { clock, faults, verdict } = this.world;
    while (this.#elapsedMs < until) {
      const [end] = this.#ends;
      const next = Math.min(until, this.#elapsedMs + STEP_MS, end?.atMs ?? until);
      await clock.advance(next - this.#elapsedMs);
      this.#traffic.pass(next - this.#elapsedMs);
      this.#elapsedMs = next;
      if (end !== undefined && end.atMs <= next) faults.end(this.#ends.shift()?.event ?? end.event);
      await this.#look();
      verdict.enforce();
    }
  }

  async #look(): Promise<void> {
    if (this.#elapsedMs - this.#checkedMs < CHECK_MS(this.world.size)) return;
    this.#checkedMs = this.#elapsedMs;
    checkFigures(this.world);
    // Other work of the real loop gets its turn: a rejection that nobody handles is only told then.
    if (this.#elapsedMs % 60_000 < STEP_MS) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Faults have stopped; what was still on its way comes, the server says who is there, and all must be back. */
  async #comeBack(): Promise<void> {
    const { faults, served, network, verdict } = this.world;
    this.#ends.length = 0;
    faults.endAll();
    await this.#goOn(this.#elapsedMs + MAX_LATE_MS + 1_000);
    for (const [id, there] of served.teams) {
      network.say("/global", JSON.stringify({ type: there ? "team.join" : "team.left", team_id: id }));
    }
    const startedMs = this.#elapsedMs;
    const latestMs = startedMs + recoveryBoundMs(this.#options);
    while (this.#missing().length > 0 && this.#elapsedMs < latestMs)
      await this.#goOn(this.#elapsedMs + STEP_MS);
    this.#backMs = this.#elapsedMs - startedMs;
    const missing = this.#missing();
    verdict.check(
      missing.length === 0,
      "recovery",
      () => `${missing.length} are not back after ${this.#backMs} ms: ${missing.slice(0, 5).join(", ")}`,
    );
    verdict.enforce();
  }

  /** Whose connection is not back. One that is half-open, and not found out yet, is not back either. */
  #missing(): unknown[] {
    const { served, truth, network } = this.world;
    const missing: unknown[] = [...served.teams]
      .filter(([id, there]) => there && !truth.isConnected(id))
      .map(([id]) => id);
    if (!truth.isConnected(GLOBAL)) missing.push(GLOBAL);
    const halfOpen = truth.live - network.live();
    return halfOpen === 0 ? missing : [...missing, `${halfOpen} half-open`];
  }

  /** Where all is well a healthcheck is answered at once, and is true. */
  async #checkClaim(): Promise<void> {
    const { clock, served, verdict } = this.world;
    await clock.until(this.#traffic.healthcheck(), { withinMs: 1_000 });
    checkFigures(this.world);
    verdict.check(served.errors.length === 0, "silent", () => String(served.errors[0]));
    verdict.enforce();
  }

  /** In a plan of nothing else. */
  #checkStalls(plan: readonly FaultEvent[]): void {
    if (!plan.every(({ kind }) => isStall(kind))) return;
    const { reconnects } = this.world.outages;
    this.world.verdict.check(reconnects === 0, "stall", () => `${reconnects} connections were made anew`);
    this.world.verdict.enforce();
  }

  /** Everything ends, whatever goes on, and nothing is left. */
  async #close(): Promise<void> {
    const { bot, clock, faults, served, profile, verdict } = this.world;
    checkFigures(this.world);
    this.world.closing = true;
    await clock.until(bot.close(), { withinMs: profile.closeTimeoutMs + 100 });
    // Dials that were held are let go: they open after the close.
    faults.endAll();
    await clock.advance(1_000);
    await served.stop();
    // What is still on its way arrives nowhere.
    await clock.advance(MAX_LATE_MS + 2_000);
    checkNothingLeft(this.world);
    verdict.enforce();
  }
}
