import { memoryStore } from "../../packages/core/src/server/memory-store.ts";
import type { Store, StoredEvent, StoredRange } from "../../packages/core/src/server/store.ts";

/** A store whose answers a test holds back. */
export function heldStore(): {
  readonly store: Store;
  hold(): void;
  release(): void;
  fail(error: Error | undefined): void;
} {
  const inner = memoryStore();
  let waiting: Array<() => void> | undefined;
  let failure: Error | undefined;
  const later = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    // Looked up at the call, as a store does that answers later.
    const answer = failure === undefined ? act() : Promise.reject(failure);
    answer.catch(() => {});
    const held = waiting;
    if (held !== undefined) await new Promise<void>((resolve) => void held.push(resolve));
    return answer;
  };
  const store: Store = {
    append: (topic: string, event: StoredEvent) => later(() => inner.append(topic, event)),
    range: (topic, range) => later((): Promise<StoredRange> => inner.range(topic, range)),
    trim: (topic, retention) => inner.trim(topic, retention),
    check: () => later(() => inner.check()),
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
  return {
    store,
    hold: () => {
      waiting = [];
    },
    release: () => {
      for (const go of waiting?.splice(0) ?? []) go();
      waiting = undefined;
    },
    fail: (error) => {
      failure = error;
    },
  };
}
