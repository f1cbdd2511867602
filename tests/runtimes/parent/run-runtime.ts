import { allCases } from "../all-cases.ts";
import { FEATURES, type RuntimeName } from "../features.ts";
import { messageOf } from "../message-of.ts";
import type { CaseResult } from "../runtime-case.ts";
import { bundle, bundleOf } from "./bundle.ts";
import { Child } from "./child.ts";
import type { Control } from "./control.ts";
import { EXIT_MS, exitCases, exitMs, runExitCase } from "./exit-cases.ts";
import { runPage } from "./page.ts";
import type { Tool } from "./tools.ts";

/** All cases of a runtime take less than this, in milliseconds. */
const TIMEOUT_MS = 90_000;

/** Runs all of a runtime's cases; one that it did not report has failed. */
export async function runRuntime(name: RuntimeName, tool: Tool, control: Control): Promise<CaseResult[]> {
  const features = FEATURES[name];
  await bundle(name);
  const reported = features.page
    ? await runPage(tool, control, TIMEOUT_MS)
    : await runProcess(name, tool, control);
  const exits: CaseResult[] = [];
  for (const one of exitCases(features)) exits.push(await runExitCase(tool, bundleOf(name), control, one));
  const missing = allCases(features)
    .filter((one) => !reported.some((result) => result.name === one.name))
    .map(
      ({ scenario, name }): CaseResult => ({ scenario, name, outcome: "fail", ms: 0, error: "not reported" }),
    );
  return [...reported, ...missing, ...exits];
}

async function runProcess(name: RuntimeName, tool: Tool, control: Control): Promise<CaseResult[]> {
  const child = new Child(tool, bundleOf(name), ["cases", control.address], TIMEOUT_MS);
  const ended = await child.ended;
  const exit = {
    scenario: "C80",
    name: `the process ends by itself within ${EXIT_MS} ms after all cases, and without an error`,
  };
  try {
    return [...child.results, { ...exit, outcome: "pass", ms: exitMs(child, ended) }];
  } catch (error) {
    return [...child.results, { ...exit, outcome: "fail", ms: 0, error: messageOf(error) }];
  }
}
