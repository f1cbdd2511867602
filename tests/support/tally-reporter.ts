import { appendFileSync } from "node:fs";
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

/** What a run came to. */
export interface Tally {
  readonly passed: number;
  /** Failed tests, and files and suites that could not be run. */
  readonly failed: number;
  /** Tests that were left out, each with its reason where it has one. */
  readonly skipped: readonly string[];
}

/** Counts a run. */
export function tallyOf(modules: readonly TestModule[], unhandled: readonly unknown[] = []): Tally {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const groups: (TestModule | TestSuite)[] = modules.flatMap((module) => [
    module,
    ...module.children.allSuites(),
  ]);
  const broken = groups.filter((group) => group.errors().length > 0);
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
  return {
    passed: count("passed"),
    failed: count("failed") + count("pending") + broken.length + unhandled.length,
    skipped: tests.filter((test) => test.result().state === "skipped").map(describeSkip),
  };
}

function describeSkip(test: TestCase): string {
  const result = test.result();
  const reason = (result.state === "skipped" && result.note) || "without a reason";
  return `${test.module.relativeModuleId} > ${test.fullName}: ${reason}`;
}

/**
 * Says which tests were left out, and why. Where `CI` is set, leaving one out fails the run, and so does a run in
 * which nothing passed. Where `HOLDFAST_TALLY` names a file, `N passed, N failed` is written there.
 */
export class TallyReporter implements Reporter {
  #filtered = false;

  onInit({ config }: Vitest): void {
    // Whoever runs some of the tests has left the others out on purpose.
    this.#filtered = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const { passed, failed, skipped } = tallyOf(modules, unhandled);
    const { CI, HOLDFAST_TALLY } = process.env;
    const strict = Boolean(CI) && !this.#filtered;
    if (!this.#filtered) for (const line of skipped) console.log(`skipped: ${line}`);
    const refused = strict ? skipped.length : 0;
    if (refused > 0) console.log(`${refused} skipped: nothing may be left out here`);
    if (refused > 0 || (strict && passed === 0)) process.exitCode = 1;
    if (HOLDFAST_TALLY) appendFileSync(HOLDFAST_TALLY, `${passed} passed, ${failed + refused} failed\n`);
  }
}
