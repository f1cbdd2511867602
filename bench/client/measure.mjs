import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import process from "node:process";
import { startProfile } from "./profile.mjs";

/** Milliseconds since 1970 with their fractions: a moment that two processes of one machine both know. */
export function wallNow() {
  return performance.timeOrigin + performance.now();
}

/** CPU time of this process (all of its threads), time that passed, and the longest stall of its loop meanwhile. */
export class Measure {
  #cpu;
  #started;
  #delays;
  #profile;

  /** @param stalls Whether to watch the loop, by a timer of 1 ms. @param profile Where to write a CPU profile. */
  static async begin({ stalls, profile }) {
    const measure = new Measure();
    if (profile !== undefined) measure.#profile = await startProfile(profile);
    if (stalls) {
      measure.#delays = monitorEventLoopDelay({ resolution: 1 });
      measure.#delays.enable();
    }
    measure.#cpu = process.cpuUsage();
    measure.#started = performance.now();
    return measure;
  }

  async end() {
    const wallMs = performance.now() - this.#started;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#delays?.disable();
    await this.#profile?.();
    return { cpuUs: user + system, wallMs, stallMs: (this.#delays?.max ?? Number.NaN) / 1e6 };
  }
}

/** Memory after garbage was collected three times, with time to settle in between, in milliseconds. */
export async function memory({ settleMs }) {
  for (let time = 0; time < 3; time++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, external, arrayBuffers };
}
