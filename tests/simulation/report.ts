import type { Failure } from "./explore.ts";
import { FAULT_KINDS, type FaultEvent, isStall } from "./fault-plan.ts";
import type { Outcome } from "./run.ts";
import type { RunOptions } from "./settings.ts";
import { INVARIANTS } from "./violation.ts";

/** Minutes from two of them on. */
const time = (ms: number): string =>
  ms < 120_000 ? seconds(ms) : `${(ms / 60_000).toLocaleString("en", { maximumFractionDigits: 1 })} min`;
const seconds = (ms: number): string =>
  `${(ms / 1_000).toLocaleString("en", { maximumFractionDigits: 1 })} s`;
const count = (number: number): string => number.toLocaleString("en");

/** What a run did, for people. */
export function outcomeText(
  options: RunOptions,
  plan: readonly FaultEvent[],
  { figures, hash, lines }: Outcome,
  realMs: number,
): string {
  const faults = FAULT_KINDS.filter((kind) => figures.faults[kind]).map(
    (kind) => `${kind} ${figures.faults[kind]}`,
  );
  const stalledMs = plan.filter(({ kind }) => isStall(kind)).reduce((sum, { ms }) => sum + ms, 0);
  const restMs = figures.simulatedMs - options.faultsMs - stalledMs;
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["seed", String(options.seed)],
    ["faults", faults.join(", ") || "none"],
    ["teams", `${count(options.teams)} at first, ${count(figures.teams)} at the end`],
    [
      "messages",
      `${count(figures.sent)} handed to sockets, ${count(figures.sent - figures.delivered)} lost on half-open or cut connections, ${count(figures.delivered)} delivered, ${count(figures.counted)} counted`,
    ],
    ["invalid frames", count(figures.invalid)],
    ["healthchecks", `${count(figures.healthchecks)} answered`],
    ["dials", count(figures.dials)],
    ["reconnects", count(figures.reconnects)],
    ["longest outage", `${time(figures.longestOutageMs)}, stalls and sleeps included`],
    ["all back", `${seconds(figures.backMs)} after the last fault, of ${seconds(figures.boundMs)} allowed`],
    [
      "simulated",
      `${time(figures.simulatedMs)} in ${seconds(realMs)}: ${time(options.faultsMs)} of faults, ${time(stalledMs)} of stalls and sleeps, ${time(restMs)} to come back and to end`,
    ],
    ["trace", `${hash}, ${count(lines)} lines`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(15)} ${value}`).join("\n");
}

/** What broke, the shortest way there, and how to see it again. */
export function failureText(options: RunOptions, { plan, planned, outcome }: Failure): string {
  const { violation, latest } = outcome;
  const name = violation?.invariant ?? "silent";
  return [
    `Violated: ${name} (${INVARIANTS[name]})`,
    `  ${violation?.message}`,
    `Seed ${options.seed}, ${options.teams} teams. The shortest plan found has ${plan.length} of ${planned} faults:`,
    ...plan.map((event) => `  ${JSON.stringify(event)}`),
    "The end of its trace:",
    ...latest.slice(-20).map((line) => `  ${line}`),
    `Again: ${commandOf(
      options,
      plan.map(({ id }) => id),
    )}`,
  ].join("\n");
}

/** The command that repeats a run. */
export function commandOf({ seed, teams, faultsMs }: RunOptions, only: readonly number[]): string {
  const hours = faultsMs / 3_600_000;
  return `npm run simulate -- --seed ${seed} --teams ${teams} --hours ${hours} --only ${only.join(",") || "none"}`;
}
