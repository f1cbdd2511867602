import { type FaultEvent, planOf } from "./fault-plan.ts";
import { type Outcome, run } from "./run.ts";
import type { RunOptions } from "./settings.ts";
import { type ShrinkBudget, shrink } from "./shrink.ts";

/** A run that broke an invariant, as small as it could be made. */
export interface Failure {
  /** The shortest plan that was found; with the same options it breaks the same invariant. */
  readonly plan: readonly FaultEvent[];
  /** How many faults the whole plan had. */
  readonly planned: number;
  readonly outcome: Outcome;
}

const SHRINK_BUDGET: ShrinkBudget = { tries: 300, ms: 20_000 };

/** Runs a plan; what breaks an invariant is made as short as it can be. `simulate` is `run`, but for a test. */
export async function explore(
  options: RunOptions,
  plan: readonly FaultEvent[] = planOf(options),
  simulate: typeof run = run,
): Promise<Outcome & { readonly failure?: Failure }> {
  const first = await simulate(options, plan);
  if (first.violation === undefined) return first;
  const { invariant } = first.violation;
  let shortest = { plan, outcome: first };
  await shrink(
    plan,
    async (shorter) => {
      const outcome = await simulate(options, shorter);
      const fails = outcome.violation?.invariant === invariant;
      if (fails) shortest = { plan: shorter, outcome };
      return fails;
    },
    SHRINK_BUDGET,
  );
  return { ...first, failure: { ...shortest, planned: plan.length } };
}
