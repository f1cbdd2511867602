/** What can go wrong on purpose. */
export type FaultKind = "drop" | "mute" | "garbage" | "refuse" | "flap";

/** Every kind, in the order in which they are told of. */
export const FAULT_KINDS: readonly FaultKind[] = ["drop", "mute", "garbage", "refuse", "flap"];

/**
 * How often each fault strikes, as a share from 0 to 1: `drop`, `mute` and `garbage` of the live team sockets in
 * every second, `refuse` and `flap` of the dials to team addresses.
 */
export type FaultRates = Readonly<Record<FaultKind, number>>;

/** No faults at all. */
export const NO_FAULTS: FaultRates = { drop: 0, mute: 0, garbage: 0, refuse: 0, flap: 0 };
