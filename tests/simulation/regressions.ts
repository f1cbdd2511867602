import type { RunOptions } from "./settings.ts";

/** A run that once found something, and what. */
export interface Regression extends RunOptions {
  readonly found: string;
}

/** Runs that must never fail again. Another plan for a seed makes another run of it: see `planOf`. */
export const REGRESSIONS: readonly Regression[] = [];
