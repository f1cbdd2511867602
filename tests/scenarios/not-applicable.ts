import type { NotApplicable } from "./coverage.ts";

/** Where a scenario that is a matter of real sockets has no case, and why. */
export const NOT_APPLICABLE: readonly NotApplicable[] = [];
