import type { Clock, CloseCause } from "@holdfast/core";
import type { Bot, TeamId } from "@holdfast/core/rtm";
import type { Output } from "../output/output.ts";
import { fit, printable } from "../output/printable.ts";
import { count, duration, elapsed, plural, rate } from "../output/units.ts";
import type { Monitor, Picture } from "./monitor.ts";

const TICK_MS = 1_000;
/** A line on how things are comes after the first tick, and then every so many. */
const STATUS_TICKS = 5;

/**
 * What the live view shows, as lines for a file or a pipe: what happens to connections, what happens to many
 * teams within a second as one line, and every five seconds how things are.
 */
export function printLines(bot: Bot, monitor: Monitor, output: Output, clock: Clock): () => void {
  const startedAt = clock.now();
  let losses: Array<{ teamId: TeamId; cause: CloseCause; retryInMs: number }> = [];
  const print = (text: string): void =>
    void output.line(`${elapsed(clock.now() - startedAt).padStart(7)}  ${text}`);
  const printLosses = (): void => {
    const [first] = losses;
    if (first === undefined) return;
    print(losses.length === 1 ? lossOf(first) : lossesOf(losses.map(({ cause }) => cause)));
    losses = [];
  };

  bot.on("global.connected", ({ connects }) =>
    print(connects > 1 ? "global connected again" : "global connected"),
  );
  bot.on("global.disconnected", ({ cause, retryInMs, wasConnected }) => {
    const what = wasConnected ? "lost" : "not reached";
    print(`global ${what}: ${fit(cause.message, 200)}; next try in ${duration(retryInMs)}`);
  });
  bot.on("team.disconnected", (loss) => losses.push(loss));
  bot.on("team.left", ({ teamId }) => print(`team ${fit(String(teamId), 80)} left`));
  bot.on("error", (error) => print(`error: ${printable(error.message)}`));
  bot.on("healthcheck", ({ stats, answered }) =>
    print(`healthcheck ${answered ? "answered" : "not answered"} with ${plural(stats.length, "team")}`),
  );
  bot.on("goodbye", () => print("goodbye"));

  let ticks = 0;
  const tick = (): void => {
    printLosses();
    if (ticks++ % STATUS_TICKS === 0) print(statusOf(monitor.picture()));
    timer = clock.setTimer(tick, TICK_MS);
  };
  let timer = clock.setTimer(tick, TICK_MS);
  return () => {
    clock.clearTimer(timer);
    printLosses();
    const picture = monitor.picture();
    print(statusOf(picture));
    print(`ended: ${picture.endReason}`);
  };
}

/** How things are, in one line. */
export function statusOf({ teams, messages, props, reconnects, invalid, unknown }: Picture): string {
  const odd = invalid + unknown;
  return [
    `${count(teams.connected)} of ${plural(teams.joined, "team")} up`,
    `${rate(messages.perSecond)} messages/s (${count(messages.total)})`,
    `${rate(props.perSecond)} props/s (${count(props.total)})`,
    plural(reconnects, "reconnect"),
    ...(odd > 0 ? [plural(odd, "odd frame")] : []),
  ].join(", ");
}

function lossOf({
  teamId,
  cause,
  retryInMs,
}: {
  teamId: TeamId;
  cause: CloseCause;
  retryInMs: number;
}): string {
  const why = fit(cause.message, 200);
  return `team ${fit(String(teamId), 80)} lost: ${why}; next try in ${duration(retryInMs)}`;
}

function lossesOf(causes: readonly CloseCause[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of causes) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const list = [...kinds].map(([kind, times]) => `${kind} ${count(times)}`).join(", ");
  return `${plural(causes.length, "team connection")} lost: ${list}`;
}
