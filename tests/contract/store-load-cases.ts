import type { Store } from "@holdfast/core/server";
import { ensure, same } from "./expect.ts";
import { ENDLESS, type StoreCase } from "./store-contract.ts";

const TOPICS = 20;
const ROUNDS = 50;
const KEPT = 10;

/** Many things at once. */
export const loadCases: readonly StoreCase[] = [
  {
    name: "appends, trims, ranges and checks of many topics at once do not disturb each other",
    async run({ store, now }) {
      const idOf = (round: number): string => `evt_${1_000 + round}`;
      const all: Promise<unknown>[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (let topic = 0; topic < TOPICS; topic++) {
          const name = `topic ${topic}`;
          all.push(store.append(name, { id: idOf(round), time: now(), payload: String(topic) }));
          all.push(store.trim(name, { ...ENDLESS, maxEvents: KEPT }));
          if ((round + topic) % 7 === 0) all.push(orderly(store, name, String(topic)));
        }
        if (round % 5 === 0) all.push(store.check());
        if (round % 3 === 0) await Promise.resolve();
        if (round % 10 === 0) await all.at(-1);
      }
      await Promise.all(all);
      const kept = Array.from({ length: KEPT }, (_, index) => idOf(ROUNDS - KEPT + index));
      for (let topic = 0; topic < TOPICS; topic++) {
        const name = `topic ${topic}`;
        await store.trim(name, { ...ENDLESS, maxEvents: KEPT });
        const { events } = await store.range(name);
        same(
          events.map(({ id }) => id),
          kept,
          `the ids of ${name}`,
        );
      }
    },
  },
];

/** Whatever a range holds by now, it holds of its own topic and in order. */
async function orderly(store: Store, topic: string, payload: string): Promise<void> {
  const { events } = await store.range(topic);
  const ids = events.map(({ id }) => id);
  same(ids, [...new Set(ids)].sort(), `the ids of ${topic}`);
  ensure(
    events.every((event) => event.payload === payload),
    `only payloads of ${topic}`,
  );
}
