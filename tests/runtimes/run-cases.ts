import { within } from "../contract/expect.ts";
import { allCases } from "./all-cases.ts";
import { Bench, type Runtime } from "./bench.ts";
import { messageOf } from "./message-of.ts";
import { type CaseResult, outcomeOf, type RuntimeCase } from "./runtime-case.ts";

/** No case takes longer than this, in milliseconds. */
const CASE_TIMEOUT_MS = 15_000;

/**
 * Runs every case of a runtime, one after another, and reports each as a line of JSON.
 *
 * @param strays Rejections and errors that nobody handled; filled by the runtime's own handlers.
 */
export async function runCases(
  runtime: Runtime,
  control: string,
  strays: readonly unknown[],
  report: (line: string) => void,
): Promise<void> {
  for (const one of allCases(runtime.features))
    report(JSON.stringify(await runCase(runtime, control, one, strays)));
  // What a socket does after its case must not be lost: a turn of the loop for it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const name = "no rejection unhandled, no error uncaught, over all cases";
  const error = strays.length === 0 ? {} : { error: strays.map(messageOf).join("\n") };
  const outcome = strays.length === 0 ? "pass" : "fail";
  report(JSON.stringify({ scenario: "C71", name, outcome, ms: 0, ...error } satisfies CaseResult));
}

async function runCase(
  runtime: Runtime,
  control: string,
  one: RuntimeCase,
  strays: readonly unknown[],
): Promise<CaseResult> {
  const bench = new Bench(runtime, control);
  const before = strays.length;
  const startedAtMs = performance.now();
  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      errors.push(error);
    }
  };
  await attempt(() => within(CASE_TIMEOUT_MS, "the case to end", one.run(bench)));
  await attempt(() => bench.end());
  errors.push(...strays.slice(before));
  const { scenario, name } = one;
  const ms = Math.round(performance.now() - startedAtMs);
  if (errors.length === 0) return { scenario, name, outcome: outcomeOf(one), ms };
  return { scenario, name, outcome: "fail", error: errors.map(messageOf).join("\n"), ms };
}
