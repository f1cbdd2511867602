import { seededRandom } from "@holdfast/core/testing";
import { pick } from "./pick.ts";
import { MAX_LATE_MS, MAX_LATER_MS, type RunOptions } from "./settings.ts";

/** What can go wrong, each with what that is, how often it does in comparison, and how long it lasts, in milliseconds. */
const KINDS = {
  latency: { says: "latency changes", weight: 3, ms: [0, 400] },
  drop: { says: "connections are lost", weight: 6, ms: [0, 0] },
  mute: { says: "connections go half-open, in both ways or in one", weight: 5, ms: [0, 0] },
  close: { says: "the server closes connections, with any code", weight: 3, ms: [0, 0] },
  refuse: { says: "dials are refused", weight: 3, ms: [500, 40_000] },
  silence: { says: "dials are never answered", weight: 3, ms: [500, 40_000] },
  hold: { says: "dials are answered late, after the connect timeout too", weight: 3, ms: [500, 25_000] },
  flap: { says: "the server accepts and drops at once", weight: 4, ms: [5_000, 100_000] },
  spend: { says: "addresses are spent before they are dialled", weight: 2, ms: [500, 20_000] },
  later: { says: "HTTP 503 with Retry-After, or close code 1013", weight: 2, ms: [500, 10_000] },
  double: { says: "the server says each of its team events twice", weight: 2, ms: [1_000, 20_000] },
  late: { says: "the server's team events come late, and in another order", weight: 2, ms: [1_000, 20_000] },
  unasked: { says: "team events that nobody asked for", weight: 4, ms: [0, 0] },
  garbage: { says: "frames that are no message", weight: 4, ms: [0, 0] },
  leave: { says: "teams leave", weight: 4, ms: [0, 0] },
  join: { says: "teams that left come back, and new ones come", weight: 4, ms: [0, 0] },
  restart: { says: "the server is gone and comes back with the same teams", weight: 2, ms: [0, 20_000] },
  goodbye: { says: "the server says goodbye, and comes back", weight: 1, ms: [500, 8_000] },
  provider: {
    says: "whoever knows the global connection's address fails, or never answers",
    weight: 2,
    ms: [500, 30_000],
  },
  stall: { says: "our own loop stalls", weight: 3, ms: [500, 45_000] },
  sleep: { says: "the machine sleeps", weight: 1, ms: [60_000, 3_600_000] },
} as const satisfies { [kind: string]: { says: string; weight: number; ms: readonly [number, number] } };

export type FaultKind = keyof typeof KINDS;
export const FAULT_KINDS = Object.keys(KINDS) as readonly FaultKind[];
/** One line for each kind, for `--help`. */
export const FAULT_LEGEND: string = FAULT_KINDS.map((kind) => `  ${kind.padEnd(9)} ${KINDS[kind].says}`).join(
  "\n",
);

/** One fault of a plan. Whom it strikes depends on it alone, so that a shorter plan strikes the same. */
export interface FaultEvent {
  /** Its place in the whole plan, by which a shorter one names it. */
  readonly id: number;
  /** When, in milliseconds since the start; what the machine slept does not count. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Which share of the teams it strikes. */
  readonly share: number;
  /** Whether it strikes the global connection, too. */
  readonly global: boolean;
  /** How long it lasts, or how much it is, in milliseconds. */
  readonly ms: number;
  /** Chooses whom and which variant. */
  readonly salt: number;
}

/** Faults come in storms, with so long between two of them at the most, and calms in between, in milliseconds. */
const PAUSE_MS = 9_000;
const CALM_MS = 60_000;
const CALM_SHARE = 0.06;

/** How many faults strike at the very end, after everything was well again, and how soon after each other. */
const FINALE = 6;
const FINALE_PAUSE_MS = 800;

/**
 * The plan that a seed stands for: everything may happen at any time, also while something else goes on. What comes
 * at `faultsMs` or later is the finale: the bot is closed in the middle of it.
 */
export function planOf({ seed, faultsMs }: RunOptions): FaultEvent[] {
  const random = seededRandom(seed, 1);
  const bag = FAULT_KINDS.flatMap((kind) => Array<FaultKind>(KINDS[kind].weight).fill(kind));
  const events: FaultEvent[] = [];
  const add = (atMs: number): void => {
    const kind = pick(bag, random);
    const [least, most] = KINDS[kind].ms;
    events.push({
      ...{ id: events.length, atMs: Math.floor(atMs), kind },
      share: pick(kind === "leave" ? [0.05, 0.2] : [0.05, 0.3, 1], random),
      global: random() < 0.3,
      ms: Math.floor(least + (most - least) * random() ** 2),
      salt: Math.floor(random() * 1_000_000),
    });
  };
  const pause = (): number => (random() < CALM_SHARE ? CALM_MS * random() : PAUSE_MS * random() ** 2);
  for (let atMs = pause(); atMs < faultsMs; atMs += pause()) add(atMs);
  let atMs = faultsMs;
  for (let count = 0; count < FINALE; count++) {
    add(atMs);
    atMs += FINALE_PAUSE_MS * random();
  }
  return events;
}

/** Whether it is our own fault, and no peer's. */
export const isStall = (kind: FaultKind): boolean => kind === "stall" || kind === "sleep";

/** Whether a fault strikes somebody. */
export function strikes({ share, salt }: FaultEvent, whom: number | string): boolean {
  let mixed = salt;
  for (const character of `${typeof whom}${whom}`) mixed = Math.imul(mixed, 31) + character.charCodeAt(0);
  return seededRandom(mixed, 2)() < share;
}

/** How late a server event comes, in milliseconds. */
export const lateness = (random: () => number): number => Math.floor(MAX_LATE_MS * random());
/** How long "later" is, in milliseconds. */
export const laterMs = (salt: number): number => (salt * 7_919) % MAX_LATER_MS;
