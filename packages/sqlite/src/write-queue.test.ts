import { HoldfastError } from "@holdfast/core";
import { createManualClock, type ManualClock } from "@holdfast/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { WriteQueue, type WriteQueueOptions } from "./write-queue.ts";

const locked = new HoldfastError("timeout", "locked");
const full = new HoldfastError("overflow", "full");

let clock: ManualClock;
let batches: (readonly string[])[];
let failed: string[];
let outcome: (items: readonly string[]) => Promise<void>;

beforeEach(() => {
  clock = createManualClock();
  batches = [];
  failed = [];
  outcome = async () => {};
});

function queue(options: Partial<WriteQueueOptions<string>> = {}): WriteQueue<string> {
  return new WriteQueue({
    clock,
    maxItems: 10_000,
    maxBytes: 100_000_000,
    patienceMs: 100,
    write(items) {
      batches.push(items);
      return outcome(items);
    },
    failed: (item) => failed.push(item),
    ...options,
  });
}

/** What became of each: `written`, or the message. */
function outcomes(promises: readonly Promise<void>[]): Promise<string[]> {
  return Promise.all(
    promises.map((one) =>
      one.then(
        () => "written",
        (error) => error.message,
      ),
    ),
  );
}

describe("a write queue", () => {
  it("writes what came in one turn together, in its order", async () => {
    const one = queue();
    const all = outcomes([one.push("a", 1), one.push("b", 1), one.push("c", 1)]);
    expect(batches).toEqual([]);
    await clock.advance(0);
    expect(await all).toEqual(["written", "written", "written"]);
    expect(batches).toEqual([["a", "b", "c"]]);
  });

  it("gathers what comes while something is being written", async () => {
    let free = (): void => {};
    outcome = () =>
      new Promise((resolve) => {
        free = resolve;
      });
    const one = queue();
    const all = [one.push("a", 1)];
    await clock.advance(0);
    all.push(one.push("b", 1), one.push("c", 1));
    free();
    await clock.settle();
    expect(batches).toEqual([["a"], ["b", "c"]]);
    free();
    expect(await outcomes(all)).toEqual(["written", "written", "written"]);
  });

  it("settled() writes at once, and waits for what was there, not for what comes later", async () => {
    const one = queue();
    let later: Promise<void> | undefined;
    outcome = async () => {
      later ??= one.push("b", 1);
    };
    void one.push("a", 1);
    await one.settled();
    expect(batches[0]).toEqual(["a"]);
    await later;
  });

  it("splits a batch at 1,000 items and at 1 MiB, and a larger item goes alone", async () => {
    const one = queue();
    const small = Array.from({ length: 1_001 }, (_, index) => one.push(`s${index}`, 1));
    await one.settled();
    expect(batches.map((batch) => batch.length)).toEqual([1_000, 1]);
    batches = [];
    const large = [one.push("a", 1_048_575), one.push("b", 1), one.push("c", 1), one.push("d", 2_000_000)];
    await one.settled();
    expect(batches).toEqual([["a", "b"], ["c"], ["d"]]);
    await Promise.all([...small, ...large]);
  });

  it("refuses what is over its count or its bytes at once, and takes more once there is room", async () => {
    const one = queue({ maxItems: 2, maxBytes: 10 });
    const all = [one.push("a", 10), one.push("b", 1)];
    await clock.advance(0);
    all.push(one.push("c", 1), one.push("d", 1), one.push("e", 1));
    await clock.advance(0);
    expect(await outcomes(all)).toEqual([
      "written",
      "1 events, 10 bytes, wait to be written: no more are taken",
      "written",
      "written",
      "2 events, 2 bytes, wait to be written: no more are taken",
    ]);
    expect(failed).toEqual(["b", "e"]);
  });

  it("a batch that cannot be written rejects as a whole, and the next is tried", async () => {
    outcome = (items) => (items.includes("a") ? Promise.reject(full) : Promise.resolve());
    const one = queue();
    const all = [one.push("a", 1), one.push("b", 1)];
    await clock.advance(0);
    all.push(one.push("c", 1));
    await clock.advance(0);
    expect(await outcomes(all)).toEqual(["full", "full", "written"]);
    expect(failed).toEqual(["a", "b"]);
  });

  it("each waits for a lock as long as it may, counted from when it came", async () => {
    const one = queue();
    outcome = async () => {
      await new Promise<void>((resolve) => clock.setTimer(resolve, 100));
      throw locked;
    };
    const first = outcomes([one.push("a", 1)]);
    await clock.advance(60);
    const second = outcomes([one.push("b", 1)]);
    await clock.advance(40);
    expect(await first).toEqual(["locked"]);
    outcome = async () => {};
    await clock.advance(100);
    expect(failed).toEqual(["a", "b"]);
    expect(await second).toEqual(["locked"]);
  });

  it("who came later than the first of a batch is tried again when the first has no time left", async () => {
    let now = 0;
    const one = queue({ clock: { ...clock, now: () => now, setTimer: clock.setTimer } });
    outcome = async () => {
      now = 120;
      outcome = async () => {};
      throw locked;
    };
    const first = one.push("a", 1);
    now = 50;
    const second = one.push("b", 1);
    expect(await outcomes([first, second, one.settled()])).toEqual(["locked", "written", "written"]);
    expect(batches).toEqual([["a", "b"], ["b"]]);
  });
});
