/**
 * The command `holdfast` as a function, and the shape of the scorecard that `holdfast rtm --json` prints.
 *
 * @module
 */
export type { Mistake, TeamId } from "@holdfast/core/rtm";
export { runCli } from "./cli.ts";
export type { ClaimMistakes } from "./rtm/claims.ts";
export type { FaultKind } from "./rtm/fault-rates.ts";
export type { ReconnectTimes, Times } from "./rtm/outages.ts";
export type { ClientMistakes, Scorecard, ScoreRow, Tally } from "./rtm/scorecard.ts";
