import { same } from "./expect.ts";
import { append, ENDLESS, ids, type StoreCase } from "./store-contract.ts";

const TOPICS = [
  "",
  "news",
  "news ",
  "NEWS",
  "new",
  "__proto__",
  "constructor",
  "é",
  "e\u0301",
  "😀".repeat(100),
  "ü".repeat(200),
  "nul",
  "nul\0",
  "nul\0one",
  "\ud800",
  "\ud801",
  "\udc00\ud800",
  "\ufffd",
  "\u0001",
  '\u0001"nul\\u0000"',
  "'; DROP TABLE events; --",
  "%",
  "_",
];

const PAYLOADS = [
  "{}",
  "null",
  '"a text"',
  '{"__proto__":{"a":1}}',
  '"nul \\u0000 escaped"',
  '"nul \0 bare"',
  '"half a pair \\ud800 escaped"',
  '"half a pair \ud800 bare"',
  "\u0001",
  `{ "pretty" :\n\t"printed" }`,
  JSON.stringify("😀é\u2028".repeat(1_000)),
  JSON.stringify("x".repeat(65_000)),
  "[".repeat(2_000) + "]".repeat(2_000),
  "12345678901234567890.000",
];

/** Names and payloads are any text. */
export const textCases: readonly StoreCase[] = [
  {
    name: "S42 topics are kept apart, whatever their names are",
    async run(open) {
      for (const [index, topic] of TOPICS.entries()) await append(open, topic, `evt_${index}`);
      for (const [index, topic] of TOPICS.entries()) {
        same(await ids(open.store, topic), [[`evt_${index}`], true], `the range of ${JSON.stringify(topic)}`);
      }
      await open.store.trim("nul\0", { ...ENDLESS, maxEvents: 0 });
      same(await ids(open.store, "nul\0"), [[], false], "the one that was trimmed");
      same(await ids(open.store, "nul"), [[`evt_${TOPICS.indexOf("nul")}`], true], "the one beside it");
    },
  },
  {
    name: "a payload comes back as it went, character by character",
    async run({ store, now }) {
      const events = PAYLOADS.map((payload, index) => ({ id: `evt_${index + 100}`, time: now(), payload }));
      await Promise.all(events.map((event) => store.append("news", event)));
      same(await store.range("news"), { events, complete: true }, "the range");
    },
  },
];
