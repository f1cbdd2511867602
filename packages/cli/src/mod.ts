/**
 * The command `holdfast` as a function, and what its server puts between a listener and any server half: faults
 * that leave the tally exact, and the score of a client.
 *
 * @module
 */
export { runCli } from "./cli.ts";
export type { Output } from "./output/output.ts";
export type { Paint, Palette } from "./output/palette.ts";
export type { ClaimMistakes } from "./rtm/claims.ts";
export type { FaultKind, FaultRates } from "./rtm/fault-rates.ts";
export { NO_FAULTS } from "./rtm/fault-rates.ts";
export type { FaultOptions, Faults, FaultWatcher } from "./rtm/faults.ts";
export { withFaults } from "./rtm/faults.ts";
export type { ReconnectTimes, Times } from "./rtm/outages.ts";
export type { ClientMistakes, Evidence, Scorecard, ScoreRow, Tally } from "./rtm/scorecard.ts";
export { score } from "./rtm/scorecard.ts";
