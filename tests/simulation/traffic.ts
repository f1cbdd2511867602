import { seededRandom } from "@holdfast/core/testing";
import { pick } from "./pick.ts";
import type { World } from "./world.ts";

/** Messages a second for each team, and over all of them at most. */
const RATE_PER_TEAM = 0.4;
const MAX_RATE = 100;
const HEALTHCHECK_MS = 7_000;

const TEXTS = [
  "hello",
  "mad props",
  "props",
  "Props",
  "prop s",
  "",
  "ünïcödé 🎉",
  "x".repeat(3_000),
  '{"props":1}',
];

/** What goes on whether there are faults or not: messages, with `props` and without, and healthchecks. */
export class Traffic {
  /** Messages that at least one socket of the server took. */
  sent = 0;
  healthchecks = 0;
  readonly #world: World;
  readonly #random: () => number;
  #owed = 0;
  #sinceHealthcheckMs = 0;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = seededRandom(seed, 3);
  }

  /** So much time has passed. */
  pass(ms: number): void {
    const teams = [...this.#world.served.teams.keys()];
    this.#owed += (Math.min(MAX_RATE, RATE_PER_TEAM * teams.length) * ms) / 1_000;
    for (; this.#owed >= 1; this.#owed--) {
      const id = pick(teams, this.#random);
      this.sent += this.#world.served.server.send(id, pick(TEXTS, this.#random));
    }
    this.#sinceHealthcheckMs += ms;
    if (this.#sinceHealthcheckMs < HEALTHCHECK_MS) return;
    this.#sinceHealthcheckMs = 0;
    this.healthcheck().catch(() => {});
  }

  /** Asks for the state of all teams; what comes must be what the bot answered. */
  async healthcheck(): Promise<void> {
    const { served, verdict, answers } = this.#world;
    const claim = JSON.stringify(await served.server.healthcheck());
    this.healthchecks++;
    verdict.check(answers.includes(claim), "healthcheck", () => `an answer came as ${claim.slice(0, 200)}`);
  }
}
