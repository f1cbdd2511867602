import type { CloseCause } from "@holdfast/core";
import { EXIT } from "../commands/exit-codes.ts";
import { plural } from "../output/units.ts";
import { dialProblem, problemOf } from "./dial-hint.ts";
import type { Listening } from "./listening.ts";

const HINTS: ReadonlyMap<number | undefined, string> = new Map([
  [400, ": look at the channel's name, --presence and --since"],
  [401, ": give a token that it knows with --token, or in HOLDFAST_TOKEN"],
  [404, ": there are no channels at this address"],
]);

/** Why listening did not do what was asked for, as the command tells it. */
export interface ListenFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** What another try will not change: who asks, or what is asked for. */
export function isRefusal({ kind, status = 0 }: CloseCause): boolean {
  return (
    kind === "unauthorized" ||
    kind === "bad-address" ||
    (kind === "rejected" && status >= 400 && status < 500)
  );
}

/** What failed, or `undefined` where it ended as asked. */
export function listenFailure(
  cause: CloseCause,
  {
    everConnected,
    lastLoss,
    events,
    count,
  }: Pick<Listening, "everConnected" | "lastLoss" | "events" | "count">,
): ListenFailure | undefined {
  if (isRefusal(cause)) {
    const message = `the server refused: ${problemOf(cause)}${HINTS.get(cause.status) ?? ""}`;
    return { message, exitCode: EXIT.refused };
  }
  if (!everConnected) return { message: neverIn(lastLoss), exitCode: EXIT.unreachable };
  if (count === undefined || events >= count) return undefined;
  return { message: `${events} of ${plural(count, "event")} came`, exitCode: EXIT.failed };
}

function neverIn(lastLoss: CloseCause | undefined): string {
  if (lastLoss === undefined) return "the server was never reached";
  const answered = lastLoss.status !== undefined;
  const what = answered ? "the server answered, and let nobody in" : "the server was never reached";
  return `${what}: ${dialProblem(lastLoss)}`;
}
