import { ensure, pass } from "../contract/expect.ts";

/** Fails when something took longer than its bar allows. */
export function atMost(tookMs: number, barMs: number, what: string): void {
  ensure(tookMs <= barMs, `${what} to take at most ${barMs} ms, and not ${tookMs.toFixed(1)} ms`);
}

/** Fails when something was not this long, give or take. */
export function around(tookMs: number, barMs: number, giveOrTakeMs: number, what: string): void {
  const isNear = Math.abs(tookMs - barMs) <= giveOrTakeMs;
  ensure(isNear, `${what} to take ${barMs} ± ${giveOrTakeMs} ms, and not ${tookMs.toFixed(1)} ms`);
}

/** Waits for a figure that nothing tells of when it changes. */
export async function eventually(what: string, holds: () => boolean, ms: number = 5_000): Promise<void> {
  for (const untilMs = performance.now() + ms; !holds(); await pass(5)) {
    ensure(performance.now() < untilMs, `${what} within ${ms} ms`);
  }
}
