import type { Retention, Store } from "@holdfast/core/server";
import { ensure, rejection, same, within } from "./expect.ts";
import { afterCases } from "./store-after-cases.ts";
import { loadCases } from "./store-load-cases.ts";
import { textCases } from "./store-text-cases.ts";

/** A store under the contract, with a time of its own. */
export interface OpenStore {
  readonly store: Store;
  /** Milliseconds since 1970, as the store has them. */
  now(): number;
  advance(ms: number): Promise<void>;
  /** Takes away what it left behind. */
  done(): Promise<void>;
}

/** How to get an empty store of one kind. */
export interface StoreSubject {
  readonly name: string;
  open(): Promise<OpenStore>;
}

/** One promise of the seam. */
export interface StoreCase {
  readonly name: string;
  run(open: OpenStore): Promise<void>;
}

/** Nothing is over it. */
export const ENDLESS: Retention = { maxEvents: 1_000_000, maxBytes: 1_000_000_000, maxAgeMs: 1_000_000_000 };

/** Appends events with these ids, and their id as payload. */
export async function append({ store, now }: OpenStore, topic: string, ...ids: string[]): Promise<void> {
  await Promise.all(ids.map((id) => store.append(topic, { id, time: now(), payload: JSON.stringify(id) })));
}

/** The ids of a range, and whether it is complete. */
export async function ids(
  store: Store,
  topic: string,
  range?: Parameters<Store["range"]>[1],
): Promise<unknown> {
  const { events, complete } = await store.range(topic, range);
  return [events.map(({ id }) => id), complete];
}

const cases: readonly StoreCase[] = [
  {
    name: "gives back what was appended, oldest first",
    async run({ store, now }) {
      const events = [1, 2, 3].map((n) => ({ id: `evt_${n}`, time: now() + n, payload: `{"n":${n}}` }));
      for (const event of events) await store.append("news", event);
      same(await store.range("news"), { events, complete: true }, "the range");
    },
  },
  {
    name: "knows nothing of a topic that nobody named, and counts that as complete",
    async run({ store }) {
      same(await ids(store, "news"), [[], true], "the range");
    },
  },
  {
    name: "a range sees an append that has not resolved yet",
    async run({ store, now }) {
      const appended = store.append("news", { id: "a", time: now(), payload: "1" });
      same(await ids(store, "news"), [["a"], true], "the range");
      await appended;
    },
  },
  {
    name: "limit takes the oldest, last the newest of them, both in order",
    async run(open) {
      await append(open, "news", "a", "b", "c", "d");
      const { store } = open;
      same(await ids(store, "news", { limit: 2 }), [["a", "b"], true], "limit 2");
      same(await ids(store, "news", { limit: 9 }), [["a", "b", "c", "d"], true], "limit 9");
      same(await ids(store, "news", { limit: 0 }), [[], true], "limit 0");
      same(await ids(store, "news", { last: 2 }), [["c", "d"], true], "last 2");
      same(await ids(store, "news", { last: 9 }), [["a", "b", "c", "d"], true], "last 9");
      same(await ids(store, "news", { after: "a", limit: 2 }), [["b", "c"], true], "limit 2 after a");
    },
  },
  {
    name: "keeps 5,000 events that come at once, in their order",
    async run(open) {
      const many = Array.from({ length: 5_000 }, (_, index) => `evt_${String(index).padStart(5, "0")}`);
      await append(open, "news", ...many);
      same(await ids(open.store, "news"), [many, true], "the range");
    },
  },
  {
    name: "trim keeps maxEvents of a topic: one below, at, one above",
    async run(open) {
      const { store } = open;
      for (const [id, left] of [
        ["a", ["a"]],
        ["b", ["a", "b"]],
        ["c", ["a", "b", "c"]],
        ["d", ["b", "c", "d"]],
      ] as const) {
        await append(open, "news", id);
        await store.trim("news", { ...ENDLESS, maxEvents: 3 });
        same(await ids(store, "news"), [left, id !== "d"], `the range after ${id}`);
      }
    },
  },
  {
    name: "trim keeps maxBytes of payload in UTF-8: one below, at, one above",
    async run({ store, now }) {
      const at = (id: string, payload: string) => store.append("news", { id, time: now(), payload });
      await at("a", '"é"');
      await at("b", '"bb"');
      for (const [maxBytes, left] of [
        [9, ["a", "b"]],
        [8, ["a", "b"]],
        [7, ["b"]],
        [4, ["b"]],
        [3, []],
      ] as const) {
        await store.trim("news", { ...ENDLESS, maxBytes });
        same(await ids(store, "news"), [left, left.length === 2], `the range at ${maxBytes}`);
      }
    },
  },
  {
    name: "an event that is too old is in no range: one below, at, one above",
    async run(open) {
      const { store, advance } = open;
      await append(open, "news", "a");
      await store.trim("news", { ...ENDLESS, maxAgeMs: 100 });
      await advance(50);
      await append(open, "news", "b");
      await advance(49);
      same(await ids(store, "news"), [["a", "b"], true], "the range at 99 ms");
      await advance(1);
      same(await ids(store, "news"), [["b"], false], "the range at 100 ms");
      await store.trim("news", { ...ENDLESS, maxAgeMs: 100 });
      same(await ids(store, "news"), [["b"], false], "the range once it was trimmed");
      same(await ids(store, "news", { after: "a" }), [["b"], true], "the range after the one that went");
      await advance(50);
      same(await ids(store, "news"), [[], false], "the range at 150 ms");
    },
  },
  {
    name: "trimming one topic leaves the others, and one that is not there is no mistake",
    async run(open) {
      const { store } = open;
      await append(open, "news", "a", "b");
      await append(open, "sport", "a", "b");
      await store.trim("news", { ...ENDLESS, maxEvents: 1 });
      await store.trim("nothing", { ...ENDLESS, maxEvents: 1 });
      same(await ids(store, "news"), [["b"], false], "the trimmed topic");
      same(await ids(store, "sport"), [["a", "b"], true], "the other");
      same(await ids(store, "nothing"), [[], true], "the one that is not there");
    },
  },
  {
    name: "check() resolves while it works",
    async run({ store }) {
      await store.check();
    },
  },
  {
    name: "after close() everything rejects with closed, and closing again is no mistake",
    async run(open) {
      const { store } = open;
      const last = append(open, "news", "a");
      await store.close();
      await last;
      await store.close();
      await store[Symbol.asyncDispose]();
      const late = { id: "b", time: open.now(), payload: "1" };
      for (const promise of [store.append("news", late), store.range("news"), store.check()]) {
        const error = await rejection(promise);
        ensure((error as { code?: unknown }).code === "closed", `closed, and not ${String(error)}`);
      }
    },
  },
];

/** No case takes longer than this, in milliseconds. */
const CASE_TIMEOUT_MS = 30_000;

/** What every `Store` must do. */
export function storeContract(): readonly {
  readonly name: string;
  run(subject: StoreSubject): Promise<void>;
}[] {
  return [...cases, ...afterCases, ...textCases, ...loadCases].map(({ name, run }) => ({
    name,
    async run(subject) {
      const open = await subject.open();
      try {
        await within(CASE_TIMEOUT_MS, "the case to end", run(open));
      } finally {
        await open.store.close();
        await open.done();
      }
    },
  }));
}
