import { pass, same } from "../../contract/expect.ts";
import type { Bench } from "../bench.ts";
import type { Features } from "../features.ts";
import type { Life } from "../life.ts";
import type { RuntimeCase } from "../runtime-case.ts";
import { nowMs } from "../seen.ts";
import { atMost } from "../timing.ts";

/** What is promised of a page that goes off the network and comes back. */
export function networkCases({ page }: Features): RuntimeCase[] {
  if (!page) return [];
  return [
    {
      scenario: "C52",
      name: "a page that comes back to the network dials at once, and once",
      run: async (bench) => {
        const life = await waiting(bench);
        const backAtMs = await leaveAndComeBack(bench);
        await life.ready(2);
        atMost((life.dialledAtMs[1] ?? Infinity) - backAtMs, 50, "the dial after the event");
        await leaveAndComeBack(bench);
        await pass(100);
        same([life.dialledAtMs.length, life.downs.length], [2, 1], "dials and failures");
      },
    },
    {
      scenario: "C52",
      name: "a connection that is closed listens for the network no more",
      run: async (bench) => {
        const listening = new Set<unknown>();
        const { addEventListener, removeEventListener } = globalThis;
        Object.assign(globalThis, {
          addEventListener(type: string, listener: () => void) {
            if (type === "online") listening.add(listener);
            addEventListener(type, listener);
          },
          removeEventListener(type: string, listener: () => void) {
            listening.delete(listener);
            removeEventListener(type, listener);
          },
        });
        try {
          const life = await waiting(bench);
          same(listening.size, 1, "the listeners meanwhile");
          await life.connection.close();
          same(listening.size, 0, "the listeners after the close");
        } finally {
          Object.assign(globalThis, { addEventListener, removeEventListener });
        }
      },
    },
  ];
}

/** A connection that was lost, and waits for a minute. */
async function waiting(bench: Bench): Promise<Life> {
  const life = bench.dial((await bench.open("ends-once")).address, { backoff: () => 60_000 });
  await life.down();
  return life;
}

/** Resolves with when the page was told that it is back. */
async function leaveAndComeBack({ runtime }: Bench): Promise<number> {
  const back = new Promise<number>((resolve) => {
    globalThis.addEventListener("online", () => resolve(nowMs()), { once: true });
  });
  await runtime.offline?.(true);
  await runtime.offline?.(false);
  return back;
}
