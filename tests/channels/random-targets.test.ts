import { memory } from "@holdfast/core";
import { createChannelServer } from "@holdfast/core/channels";
import { expect, test } from "vitest";

const CLIENTS = 10;
const AIM = 3;
/** 10 over 3. */
const SUBSETS = 120;
const EMITS = 120 * 200;

/**
 * Chi-square over 119 degrees of freedom exceeds this with a chance below 1e-10: by Chernoff's bound it exceeds x with
 * at most (x/k)^(k/2) · e^((k-x)/2).
 */
const BOUND = 265;

function chiSquare(counts: ReadonlyMap<string, number>): number {
  const expected = EMITS / SUBSETS;
  let sum = (SUBSETS - counts.size) * expected;
  for (const count of counts.values()) sum += (count - expected) ** 2 / expected;
  return sum;
}

test("S40 decision 3: every three of ten listeners are as likely, and nobody is chosen twice", async () => {
  const network = memory();
  const server = createChannelServer();
  network.listen("ws://server", server.accept);
  let chosen: number[] = [];
  for (let at = 0; at < CLIENTS; at++) {
    const onFrame = (frame: unknown): void => {
      if (String(frame).includes('"type":"DATA"')) chosen.push(at);
    };
    const { signal } = new AbortController();
    await network.socket("ws://server/news/listen", { onFrame, onClose: () => {} }, { signal });
  }
  const subsets = new Map<string, number>();
  for (let n = 0; n < EMITS; n++) {
    chosen = [];
    const { delivered } = await server.emit("news", n + 1, { clients: AIM });
    while (chosen.length < delivered) await Promise.resolve();
    expect(new Set(chosen).size).toBe(AIM);
    const key = chosen.toSorted((a, b) => a - b).join();
    subsets.set(key, (subsets.get(key) ?? 0) + 1);
  }
  await server.close();
  expect(subsets.size).toBe(SUBSETS);
  expect(chiSquare(subsets)).toBeLessThan(BOUND);
});

test("S40 a choice that favours some a little is beyond the same bound", () => {
  const subsets = new Map<string, number>();
  // The sort by a random comparison, as it is often written.
  for (let n = 0; n < EMITS; n++) {
    const all = Array.from({ length: CLIENTS }, (_, at) => at).toSorted(() => Math.random() - 0.5);
    const key = all
      .slice(0, AIM)
      .toSorted((a, b) => a - b)
      .join();
    subsets.set(key, (subsets.get(key) ?? 0) + 1);
  }
  expect(chiSquare(subsets)).toBeGreaterThan(10 * BOUND);
});
