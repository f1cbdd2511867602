/**
 * Doubles for tests: a clock that a test moves, a network in memory with its faults, and randomness that a seed
 * repeats.
 *
 * @module
 */
export type { ManualClock, UntilOptions } from "./manual-clock.ts";
export { createManualClock } from "./manual-clock.ts";
export { seededRandom } from "./random.ts";
export type { Delivery, Way } from "./test-carrier.ts";
export type { AddressMatch, TestNetwork, TestNetworkOptions, TestNetworkStats } from "./test-network.ts";
export { createTestNetwork } from "./test-network.ts";
