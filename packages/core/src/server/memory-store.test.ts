import { beforeEach, describe, expect, test } from "vitest";
import { createManualClock, type ManualClock } from "../testing/mod.ts";
import { type MemoryStore, memoryStore } from "./memory-store.ts";
import type { Retention, StoreRange } from "./store.ts";

const GENEROUS: Retention = { maxEvents: 1_000, maxBytes: 1_000_000, maxAgeMs: 3_600_000 };

let clock: ManualClock;
let store: MemoryStore;

beforeEach(() => {
  clock = createManualClock();
  store = memoryStore({ clock });
});

async function append(
  topic: string,
  ids: readonly string[],
  retention: Partial<Retention> = {},
): Promise<void> {
  for (const id of ids) {
    const appended = store.append(topic, { id, time: 0, payload: `"${id}"` });
    await store.trim(topic, { ...GENEROUS, ...retention });
    await appended;
  }
}

async function range(topic: string, asked?: StoreRange): Promise<[string, boolean]> {
  const { events, complete } = await store.range(topic, asked);
  return [events.map(({ id }) => id).join(""), complete];
}

describe("a range", () => {
  test("is in order, after an id, and no longer than asked", async () => {
    await append("news", ["a", "b", "c", "d"]);
    expect(await range("news")).toEqual(["abcd", true]);
    expect(await range("news", { after: "b" })).toEqual(["cd", true]);
    expect(await range("news", { after: "d" })).toEqual(["", true]);
    expect(await range("news", { after: "a", limit: 2 })).toEqual(["bc", true]);
    expect((await range("news", { last: 2 }))[0]).toBe("cd");
    expect((await range("news", { last: 0 }))[0]).toBe("");
    expect((await range("news", { last: 9 }))[0]).toBe("abcd");
  });

  test("sees an append that was called before it, and not yet answered", async () => {
    const appended = store.append("news", { id: "a", time: 0, payload: "1" });
    expect((await range("news"))[0]).toBe("a");
    await appended;
  });

  test("after an id between two events is complete: what sorts after it counts", async () => {
    await append("news", ["a", "c"]);
    expect(await range("news", { after: "b" })).toEqual(["c", true]);
  });

  test("S53 after an id of an earlier life, or of a topic that is unknown, is not complete", async () => {
    await append("news", ["m"]);
    expect(await range("news", { after: "a" })).toEqual(["m", false]);
    expect(await range("other", { after: "a" })).toEqual(["", false]);
    expect(await range("other")).toEqual(["", true]);
  });
});

describe("retention", () => {
  test.each([
    [2, "", true],
    [3, "a", true],
    [4, "b", false],
  ])("S53 by count: %i events where 3 may stay", async (count, gone, complete) => {
    const ids = ["a", "b", "c", "d"].slice(0, count);
    await append("news", ids, { maxEvents: 3 });
    expect((await range("news"))[0]).toHaveLength(Math.min(3, count));
    expect(await range("news", { after: "a" })).toEqual([ids.slice(1).join(""), true]);
    expect((await range("news"))[1]).toBe(count <= 3);
    if (!complete) {
      await append("news", ["e"], { maxEvents: 3 });
      expect(await range("news", { after: "a" })).toEqual(["cde", false]);
      expect(await range("news", { after: gone })).toEqual(["cde", true]);
    }
  });

  test("by bytes of UTF-8, at the limit and one over it", async () => {
    const appended = async (payload: string, id: string): Promise<void> => {
      await store.append("news", { id, time: 0, payload });
      await store.trim("news", { ...GENEROUS, maxBytes: 6 });
    };
    await appended('"é"', "a");
    await appended("12", "b");
    expect((await range("news"))[0]).toBe("ab");
    await appended("1", "c");
    expect((await range("news"))[0]).toBe("bc");
    expect(store.stats()).toEqual({ topics: 1, events: 2, bytes: 3, evictedTopics: 0 });
  });

  test("S56 by age on the monotonic clock: too old is in no range, whether it was trimmed or not", async () => {
    await append("news", ["a"], { maxAgeMs: 1_000 });
    await clock.advance(999);
    expect((await range("news"))[0]).toBe("a");
    await append("news", ["b"], { maxAgeMs: 1_000 });
    await clock.advance(1);
    expect(await range("news")).toEqual(["b", false]);
    expect(await range("news", { after: "a" })).toEqual(["b", true]);
    await clock.advance(999);
    expect(await range("news", { after: "b" })).toEqual(["", true]);
    expect(await range("news", { after: "a" })).toEqual(["", false]);
  });

  test("10,000 events of which 10 stay cost no memory", async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => String(index).padStart(5, "0"));
    for (const [index, id] of ids.entries()) {
      await append("news", [id], { maxEvents: 10 });
      const events = Math.min(10, index + 1);
      if (index < 300) expect(store.stats()).toMatchObject({ events, bytes: 7 * events, topics: 1 });
    }
    expect(store.stats()).toMatchObject({ events: 10, bytes: 70 });
    expect((await range("news", { after: "09990" }))[0]).toBe(ids.slice(9_991).join(""));
  });
});

describe("all topics together", () => {
  test("S50 are bounded in number: the one whose last event is the oldest goes, and is counted", async () => {
    store = memoryStore({ clock, maxTopics: 2 });
    await append("a", ["1"]);
    await append("b", ["2"]);
    await append("a", ["3"]);
    expect(store.stats()).toMatchObject({ topics: 2, evictedTopics: 0 });
    await append("c", ["4"]);
    expect(store.stats()).toMatchObject({ topics: 2, evictedTopics: 1 });
    expect((await range("a"))[0]).toBe("13");
    // Silent loss is not possible: what went is not taken for nothing.
    expect(await range("b", { after: "1" })).toEqual(["", false]);
    expect(await range("b")).toEqual(["", false]);
    await append("b", ["5"]);
    expect(await range("b", { after: "1" })).toEqual(["5", false]);
    expect(await range("b", { after: "2" })).toEqual(["5", true]);
    expect(await range("b", { after: "4" })).toEqual(["5", true]);
  });

  test("are bounded in bytes, but one topic stays", async () => {
    store = memoryStore({ clock, maxBytes: 10 });
    await append("a", ["1", "2"]);
    await append("b", ["3"]);
    expect(store.stats()).toMatchObject({ topics: 2, bytes: 9, evictedTopics: 0 });
    await append("b", ["4"]);
    expect(store.stats()).toEqual({ topics: 1, events: 2, bytes: 6, evictedTopics: 1 });
    await append("b", ["5", "6"]);
    expect(store.stats()).toMatchObject({ topics: 1, events: 4 });
  });

  test("S50 those of which nothing is left go as others are used, without being counted as evicted", async () => {
    for (let topic = 0; topic < 1_000; topic++) await append(String(topic), ["1"], { maxAgeMs: 1_000 });
    await clock.advance(1_000);
    await append("new", ["2"], { maxAgeMs: 1_000 });
    expect(store.stats()).toEqual({ topics: 1, events: 1, bytes: 3, evictedTopics: 0 });
    expect(await range("7", { after: "0" })).toEqual(["", false]);
    expect(await range("7", { after: "1" })).toEqual(["", true]);
  });
});

test("after its end everything is refused", async () => {
  await append("news", ["a"]);
  await store[Symbol.asyncDispose]();
  await expect(store.append("news", { id: "b", time: 0, payload: "1" })).rejects.toMatchObject({
    code: "closed",
  });
  await expect(store.range("news")).rejects.toThrow("Store is closed");
  await expect(store.check()).rejects.toThrow("Store is closed");
});

test("bad options are named", () => {
  expect(() => memoryStore({ maxTopics: 0 })).toThrow("Option maxTopics must be between 1");
  expect(() => memoryStore({ maxBytes: 0.5 })).toThrow("Option maxBytes must be");
});
