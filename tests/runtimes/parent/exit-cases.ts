import { pass, same } from "../../contract/expect.ts";
import { unusedPort } from "../../support/unused-port.ts";
import type { ExitMode } from "../exit-modes.ts";
import type { FaultName } from "../faults.ts";
import type { Features } from "../features.ts";
import { messageOf } from "../message-of.ts";
import { type CaseResult, outcomeOf } from "../runtime-case.ts";
import { nowMs } from "../seen.ts";
import { atMost } from "../timing.ts";
import { Child, type Ended } from "./child.ts";
import type { Control } from "./control.ts";
import type { Tool } from "./tools.ts";

/** How long a process may take from its connection's close to its own end, in milliseconds. */
export const EXIT_MS = 100;
const TIMEOUT_MS = 20_000;

/** What is promised of a process whose last connection is closed. */
export interface ExitCase {
  readonly scenario: string;
  readonly name: string;
  readonly mode: ExitMode;
  readonly fault: FaultName | undefined;
  /** Whether the process stays until the server ends TCP. */
  readonly stays: boolean;
}

/** A process each. */
export function exitCases({ drop, page }: Features): readonly ExitCase[] {
  if (page) return [];
  const of = (mode: ExitMode, fault: FaultName | undefined, what: string, stays: boolean): ExitCase => ({
    scenario: "C80",
    name: stays
      ? `deviation: a process that closed ${what} stays until the server ends TCP, and ends ${EXIT_MS} ms after`
      : `a process that closed ${what} ends by itself within ${EXIT_MS} ms`,
    mode,
    fault,
    stays,
  });
  return [
    of("ready", "proper", "its connection", false),
    of("waiting", undefined, "its connection while that waited for its next attempt", false),
    of("dialing", "never-answers", "its connection while the upgrade was awaited", false),
    of("mute", "mute", "its connection to a mute peer", !drop),
  ];
}

/** Runs one in a process of its own. */
export async function runExitCase(
  tool: Tool,
  bundle: string,
  control: Control,
  one: ExitCase,
): Promise<CaseResult> {
  const { scenario, name } = one;
  const startedAtMs = performance.now();
  const result = { scenario, name };
  try {
    const server = one.fault === undefined ? undefined : (await control.open(one.fault)).server;
    const address = server?.address ?? `ws://127.0.0.1:${await unusedPort()}`;
    const child = new Child(tool, bundle, ["exit", one.mode, address], TIMEOUT_MS);
    await child.until("a close", () => child.marks.closedAtMs !== undefined || child.over, TIMEOUT_MS);
    const endedAtMs = one.stays ? await staying(child, () => server?.close()) : undefined;
    const ms = exitMs(child, await child.ended, endedAtMs);
    await server?.close();
    return { ...result, outcome: outcomeOf(one), ms };
  } catch (error) {
    const ms = Math.round(performance.now() - startedAtMs);
    return { ...result, outcome: "fail", ms, error: messageOf(error) };
  }
}

/** How long a process took from its close, or from this time, until it had nothing left to do; within its bar. */
export function exitMs({ marks }: Child, { code, output }: Ended, sinceMs?: number): number {
  same(code, 0, `the exit code (${output})`);
  const tookMs = (marks.exitAtMs ?? Infinity) - (sinceMs ?? marks.closedAtMs ?? 0);
  atMost(tookMs, EXIT_MS, "the exit");
  return Math.round(tookMs);
}

/** A process that stays until the server ends TCP; resolves with when that was. */
async function staying(child: Child, end: () => Promise<void> | undefined): Promise<number> {
  await pass(1_000);
  same(child.over, false, "the process to have ended while TCP stays");
  const atMs = nowMs();
  await end();
  return atMs;
}
