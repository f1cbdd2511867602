import type { TeamStats } from "@holdfast/core/rtm";
import { DIAL_CONCURRENCY, maxDepartedTeams } from "./settings.ts";
import { GLOBAL } from "./truth.ts";
import type { World } from "./world.ts";

/** Whoever gets no answer for an address asks on without a slot, up to ten times as many as there are slots. */
const MAX_DIALING = 11 * DIAL_CONCURRENCY;
/**
 * A connection's own timer, its heartbeat, its sender, and the wait for its address. One that is on its way out has
 * its own alone.
 */
const TIMERS_PER_CONNECTION = 4;
/** The gate, a held host, the arrivals, and a healthcheck's reply. */
const TIMERS_SHARED = 4;

/** Rows of a healthcheck against the truth of this moment. */
export function checkRows({ truth, verdict }: World, rows: readonly TeamStats[]): void {
  for (const { id, connected, message_count: messages, props_count: props } of rows) {
    const team = truth.teams.get(id);
    verdict.check(team !== undefined, "limits", () => `${id} is in the list and should be forgotten`);
    if (team === undefined) continue;
    verdict.check(
      messages === team.messages && props === team.props,
      "counted-once",
      () => `${id} got ${team.messages} messages, ${team.props} with props; counted ${messages} and ${props}`,
    );
    const really = truth.isConnected(id);
    verdict.check(
      connected === really,
      "healthcheck",
      () => `${id} is said to be ${connected ? "" : "not "}connected and is ${really ? "" : "not"}`,
    );
  }
  const { size } = truth.teams;
  verdict.check(rows.length === size, "healthcheck", () => `${rows.length} teams listed of ${size}`);
}

/** Everything that costs a look at each team. */
export function checkFigures(world: World): void {
  const { bot, truth, verdict } = world;
  const { teams, totals } = bot.stats();
  checkRows(world, teams);
  const up = truth.isConnected(GLOBAL);
  verdict.check(
    totals.globalConnected === up,
    "healthcheck",
    () => `the global connection is ${up ? "" : "not"} up, and said not to be so`,
  );
  const joined = truth.teams.size - truth.departed.size;
  verdict.check(
    totals.joined === joined,
    "healthcheck",
    () => `${totals.joined} teams are said to be joined, and ${joined} are`,
  );
  const most = {
    timers: TIMERS_PER_CONNECTION * (truth.teams.size + 1) + world.leaving + TIMERS_SHARED,
    abandoned: 0,
    waiting: truth.teams.size + 1,
    dialing: MAX_DIALING,
  };
  for (const [name, limit] of Object.entries(most) as Array<[keyof typeof most, number]>) {
    verdict.check(totals[name] <= limit, "limits", () => `${totals[name]} ${name}: at most ${limit}`);
  }
  verdict.check(
    world.heard === truth.counted,
    "counted-once",
    () => `${truth.counted} messages reached the teams, and ${world.heard} were told`,
  );
  const { real, told } = world.gaps;
  verdict.check(
    told.count === real.count && told.ms === real.ms,
    "gap",
    () => `there were ${real.count} gaps of ${real.ms} ms, and ${told.count} of ${told.ms} ms were told`,
  );
  const departed = teams.length - totals.joined;
  verdict.check(
    departed <= maxDepartedTeams(world.size),
    "limits",
    () => `${departed} departed teams are remembered`,
  );
}

/** After the close. */
export function checkNothingLeft({ bot, clock, network, truth, verdict }: World): void {
  const { timers, waiting, dialing } = bot.stats().totals;
  const left = {
    ...{ timers, waiting, dialing, "host timers": clock.pending },
    "live sockets": truth.live + network.live(),
  };
  for (const [name, count] of Object.entries(left)) {
    verdict.check(count === 0, "nothing-left", () => `${count} ${name} after the close`);
  }
}
