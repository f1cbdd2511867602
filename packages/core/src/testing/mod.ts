/**
 * Doubles for tests: a clock that a test moves and a network in memory with its faults.
 *
 * @module
 */
export type { ManualClock } from "./manual-clock.ts";
export { createManualClock } from "./manual-clock.ts";
export type { TestNetwork, TestNetworkOptions } from "./test-network.ts";
export { createTestNetwork } from "./test-network.ts";
