import { beforeEach, describe, expect, test } from "vitest";
import { Deferred } from "../deferred.ts";
import { createManualClock, type ManualClock } from "../testing/mod.ts";
import { History, retentionOption } from "./history.ts";
import { SortableIds } from "./ids.ts";
import { memoryStore } from "./memory-store.ts";
import type { Store } from "./store.ts";

let clock: ManualClock;
let store: Store;
let ids: SortableIds;
let failures: unknown[];
let history: History;

function begin(maxEvents = 1_000): History {
  ids = new SortableIds("evt_", () => 1_700_000_000_000 + clock.now());
  return new History(store, retentionOption({ maxEvents }), ids, (error) => void failures.push(error));
}

async function emit(topic: string): Promise<string> {
  const id = ids.next();
  expect(await history.append(topic, { id, time: 0, payload: "1" })).toBe(true);
  return id;
}

async function after(topic: string, id: string): Promise<[string[], boolean]> {
  const { events, complete } = await history.after(topic, id);
  return [events.map((event) => event.id), complete];
}

beforeEach(() => {
  clock = createManualClock();
  store = memoryStore({ clock });
  failures = [];
  history = begin();
});

describe("resuming", () => {
  test("S54 twice in a row gives everything once", async () => {
    const [first, second] = [await emit("news"), await emit("news")];
    expect(await after("news", first)).toEqual([[second], true]);
    const third = await emit("news");
    expect(await after("news", second)).toEqual([[third], true]);
    expect(await after("news", third)).toEqual([[], true]);
  });

  test("S55 a quiet connection can resume after an id that no event has", async () => {
    const connected = ids.next();
    expect(await after("quiet", connected)).toEqual([[], true]);
    const events = [await emit("quiet"), await emit("quiet")];
    expect(await after("quiet", connected)).toEqual([events, true]);
  });

  test("S55 S53 but not when an event after it is gone", async () => {
    history = begin(2);
    const connected = ids.next();
    const events = [await emit("quiet"), await emit("quiet")];
    expect(await after("quiet", connected)).toEqual([events, true]);
    events.push(await emit("quiet"));
    expect(await after("quiet", connected)).toEqual([events.slice(1), false]);
    expect(await after("quiet", ids.next())).toEqual([[], true]);
  });

  test("S53 after an id of an earlier life nothing is known, and that is said", async () => {
    const old = await emit("news");
    await clock.advance(1_000);
    store = memoryStore({ clock });
    history = begin();
    expect(await after("news", old)).toEqual([[], false]);
    const event = await emit("news");
    expect(await after("news", old)).toEqual([[event], false]);
    expect(await after("news", "nonsense")).toEqual([[], false]);
    expect(await after("news", "")).toEqual([[event], false]);
  });

  test("S53 an id from a clock that was ahead is not taken for one after everything", async () => {
    const ahead = new SortableIds("evt_", () => 1_700_003_600_000).next();
    await emit("news");
    expect(await after("news", ahead)).toEqual([[], false]);
  });

  test("S53 an earlier life in a store that outlived it can be resumed", async () => {
    const [old, missed] = [await emit("news"), await emit("news")];
    await clock.advance(1_000);
    history = begin();
    const event = await emit("news");
    expect(await after("news", old)).toEqual([[missed, event], true]);
  });

  test("S56 after an hour's jump back, new ids still sort after those in the store", async () => {
    const old = await emit("news");
    ids = new SortableIds("evt_", () => 1_700_000_000_000 - 3_600_000);
    history = new History(store, retentionOption(), ids, (error) => void failures.push(error));
    expect(history.knows("news")).toBe(false);
    await history.find("news");
    await history.find("empty");
    expect([history.newest("news"), history.newest("empty")]).toEqual([old, undefined]);
    expect([history.knows("news"), history.knows("empty")]).toEqual([true, true]);
    const event = await emit("news");
    expect(event > old).toBe(true);
    expect(await after("news", old)).toEqual([[event], true]);
  });

  test("decision 14 around an id is also what came up to so long before it, and whether all is there", async () => {
    const [old] = [await emit("news"), await clock.advance(10_000)];
    const late = await emit("news");
    await clock.advance(5_000);
    const [id, next] = [await emit("news"), await emit("news")];
    const around = await history.around("news", id, 10_000);
    expect(around.events.map((event) => event.id)).toEqual([late, id, next]);
    expect(around.complete).toBe(true);
    expect(await history.around("news", "nonsense", 10_000)).toEqual({ events: [], complete: false });
    history.lose("news", old);
    expect((await history.around("news", id, 10_000)).complete).toBe(true);
    history.lose("news", late);
    expect((await history.around("news", id, 10_000)).complete).toBe(false);
  });

  test("gives a part, or the newest", async () => {
    const events = [await emit("news"), await emit("news"), await emit("news")];
    const [first = ""] = events;
    expect((await history.after("news", first, 1)).events.map(({ id }) => id)).toEqual(events.slice(1, 2));
    expect((await history.latest("news", 2)).events.map(({ id }) => id)).toEqual(events.slice(1));
  });
});

describe("a store that fails", () => {
  test("is told of, and nothing rejects", async () => {
    await store.close();
    expect(await history.append("news", { id: ids.next(), time: 0, payload: "1" })).toBe(false);
    await history.find("other");
    expect(failures.length).toBeGreaterThanOrEqual(2);
    expect(history.pending).toBe(0);
    await expect(history.after("news", "x")).rejects.toThrow("Store is closed");
  });

  test("that never answers holds no more than 20,000 events", async () => {
    const never = new Deferred<void>();
    const hung: Store = {
      ...{ append: () => never.promise, trim: async () => {}, check: async () => {}, close: async () => {} },
      range: async () => ({ events: [], complete: true }),
      [Symbol.asyncDispose]: async () => {},
    };
    history = new History(hung, retentionOption(), ids, (error) => void failures.push(error));
    const append = (): Promise<boolean> => history.append("news", { id: ids.next(), time: 0, payload: "1" });
    for (let sent = 0; sent < 20_000; sent++) void append();
    expect([history.pending, failures.length]).toEqual([20_000, 0]);
    expect(await append()).toBe(false);
    expect(failures).toHaveLength(1);
    never.resolve();
    await clock.settle();
    expect(history.pending).toBe(0);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("no trim");
      },
    ],
    ["promises nothing", () => undefined],
  ])("whose trim %s while it keeps nothing leaves no rejection unheard", async (_, trim) => {
    store = { ...failing(), trim: trim as unknown as Store["trim"] };
    history = begin();
    expect(await history.append("news", { id: ids.next(), time: 0, payload: "1" })).toBe(false);
    await clock.settle();
    // Had nobody heard it, the run would fail, as the process would end.
    expect(failures.map(String)).toContain("Error: disk is full");
  });

  test("that throws, or promises nothing, is told of and rejects what is asked", async () => {
    const thrown = (): never => {
      throw new Error("no store");
    };
    store = { ...failing(), append: thrown, range: thrown, trim: thrown };
    history = begin();
    expect(await history.append("news", { id: ids.next(), time: 0, payload: "1" })).toBe(false);
    await history.find("other");
    expect(failures.map(String)).toEqual(["Error: no store", "Error: no store"]);
    await expect(history.after("news", ids.next())).rejects.toThrow("no store");
    await expect(history.latest("news", 1)).rejects.toThrow("no store");
    store = { ...failing(), range: (() => undefined) as unknown as Store["range"] };
    history = begin();
    await history.find("other");
    await expect(history.around("news", ids.next(), 1_000)).rejects.toThrow(TypeError);
  });

  test("decision 14 what was not kept is told to who resumes before it, and to nobody after it", async () => {
    const before = await emit("news");
    await clock.advance(1_000);
    const inner = store;
    store = { ...failing(), range: (topic, range) => inner.range(topic, range) };
    history = begin();
    const lost = ids.next();
    expect(await history.append("news", { id: lost, time: 0, payload: "1" })).toBe(false);
    expect((await history.latest("news", 10)).complete).toBe(false);
    expect(await after("news", before)).toEqual([[], false]);
    expect(await after("news", lost)).toEqual([[], true]);
    expect((await history.latest("other", 10)).complete).toBe(true);
  });

  test("decision 14 of more topics than are remembered it says too much, never too little", async () => {
    const before = ids.next();
    for (let topic = 0; topic < 1_001; topic++) history.lose(`topic${topic}`, ids.next());
    expect(await after("topic0", before)).toEqual([[], false]);
    expect(await after("topic1000", before)).toEqual([[], false]);
    expect(await after("other", before)).toEqual([[], false]);
    expect(await after("other", ids.next())).toEqual([[], true]);
  });
});

/** A store in which nothing is kept. */
function failing(): Store {
  return {
    append: () => Promise.reject(new Error("disk is full")),
    range: async () => ({ events: [], complete: true }),
    ...{ trim: async () => {}, check: async () => {}, close: async () => {} },
    [Symbol.asyncDispose]: async () => {},
  };
}

test("retention has its defaults, and is checked", () => {
  expect(retentionOption()).toEqual({ maxEvents: 1_000, maxBytes: 4_194_304, maxAgeMs: 3_600_000 });
  expect(() => retentionOption({ maxEvents: 0 })).toThrow("Option history.maxEvents must be between 1");
  expect(() => retentionOption({ maxAgeMs: 1.5 })).toThrow("Option history.maxAgeMs must be a whole number");
});
