import { same } from "./expect.ts";
import { append, ENDLESS, ids, type StoreCase } from "./store-contract.ts";

/** What a listener that resumes depends on: loss is possible, silent loss is not. */
export const afterCases: readonly StoreCase[] = [
  {
    name: "decision 14 after an event that is held, nothing is missing",
    async run(open) {
      await append(open, "news", "b", "d", "f");
      same(await ids(open.store, "news", { after: "b" }), [["d", "f"], true], "after the oldest");
      same(await ids(open.store, "news", { after: "d" }), [["f"], true], "after one between");
      same(await ids(open.store, "news", { after: "f" }), [[], true], "after the newest");
    },
  },
  {
    name: "decision 14 after an id that no event has, what sorts after it comes",
    async run(open) {
      await append(open, "news", "b", "d", "f");
      same(await ids(open.store, "news", { after: "c" }), [["d", "f"], true], "after one between");
      same(await ids(open.store, "news", { after: "g" }), [[], true], "after one that is newer than all");
    },
  },
  {
    name: "decision 14 before its first event a store knows nothing of a topic",
    async run(open) {
      await append(open, "news", "b", "d");
      same(await ids(open.store, "news", { after: "a" }), [["b", "d"], false], "after one that is older");
      same(await ids(open.store, "nothing", { after: "a" }), [[], false], "of a topic that is not there");
    },
  },
  {
    name: "decision 14 the newest that was trimmed is known, and what is older is not",
    async run(open) {
      const { store } = open;
      await append(open, "news", "b", "d", "f", "h");
      await store.trim("news", { ...ENDLESS, maxEvents: 2 });
      same(await ids(store, "news", { after: "b" }), [["f", "h"], false], "after an older one");
      same(await ids(store, "news", { after: "c" }), [["f", "h"], false], "between those that went");
      same(await ids(store, "news", { after: "d" }), [["f", "h"], true], "after the newest that went");
      same(await ids(store, "news", { after: "e" }), [["f", "h"], true], "between that and the oldest");
      same(await ids(store, "news", { after: "f" }), [["h"], true], "after the oldest that is held");
    },
  },
  {
    name: "decision 14 a topic of which nothing is left still knows what went",
    async run(open) {
      const { store } = open;
      await append(open, "news", "b", "d");
      await store.trim("news", { ...ENDLESS, maxBytes: 1 });
      same(await ids(store, "news"), [[], false], "the whole");
      same(await ids(store, "news", { after: "b" }), [[], false], "after an older one");
      same(await ids(store, "news", { after: "d" }), [[], true], "after the newest");
      await append(open, "news", "f");
      same(await ids(store, "news", { after: "b" }), [["f"], false], "after an older one, later");
      same(await ids(store, "news", { after: "d" }), [["f"], true], "after the newest, later");
    },
  },
];
