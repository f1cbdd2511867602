import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { Emitter } from "./emitter.ts";
import type { HoldfastError } from "./errors.ts";
import type { EventStream, StreamOptions } from "./event-stream.ts";

interface Events {
  tick: number;
  error: HoldfastError;
}

let emitter: Emitter<Events>;
let reports: HoldfastError[];

beforeEach(() => {
  reports = [];
  emitter = new Emitter<Events>((error) => void reports.push(error));
});

const emit = (...values: number[]): void => {
  for (const value of values) emitter.emit("tick", value);
};
const ticks = (options?: StreamOptions): EventStream<number> => emitter.events("tick", options);
/** Everything that is left in a stream whose source has ended. */
async function rest(stream: EventStream<number>): Promise<number[]> {
  const values: number[] = [];
  for await (const value of stream) values.push(value);
  return values;
}
const DONE = { value: undefined, done: true };

describe("reading", () => {
  test("events come in order, whether they were there first or the reader was", async () => {
    const stream = ticks();
    emit(1, 2);
    await expect(stream.next()).resolves.toEqual({ value: 1, done: false });
    await expect(stream.next()).resolves.toEqual({ value: 2, done: false });
    const early = [stream.next(), stream.next()];
    emit(3, 4, 5);
    await expect(Promise.all(early)).resolves.toEqual([
      { value: 3, done: false },
      { value: 4, done: false },
    ]);
    await expect(stream.next()).resolves.toEqual({ value: 5, done: false });
  });

  test("two streams of one event each get all of it", async () => {
    const streams = [ticks(), ticks()];
    emit(1, 2);
    emitter.close();
    await expect(Promise.all(streams.map(rest))).resolves.toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

describe("C72 a reader that is too slow", () => {
  test("loses the oldest, is told once, and the loss is counted", async () => {
    const stream = ticks({ limit: 3 });
    emit(1, 2, 3, 4, 5);
    expect(stream.dropped).toBe(2);
    expect(reports.map(({ code, message }) => [code, message])).toEqual([
      ["overflow", "Stream of tick is full at 3 events: the reader is too slow (drop-oldest)"],
    ]);
    emitter.close();
    await expect(rest(stream)).resolves.toEqual([3, 4, 5]);
  });

  test("loses the newest where the policy says so", async () => {
    const stream = ticks({ limit: 3, policy: "drop-newest" });
    emit(1, 2, 3, 4, 5);
    expect(stream.dropped).toBe(2);
    emitter.close();
    await expect(rest(stream)).resolves.toEqual([1, 2, 3]);
  });

  test("is told again only after it caught up", async () => {
    const stream = ticks({ limit: 2 });
    emit(1, 2, 3);
    await stream.next();
    emit(4, 5);
    expect(reports).toHaveLength(1);
    await stream.next();
    await stream.next();
    emit(6, 7, 8);
    expect(reports).toHaveLength(2);
  });

  test("one event is the smallest buffer", async () => {
    const stream = ticks({ limit: 1 });
    emit(1, 2, 3);
    await expect(stream.next()).resolves.toEqual({ value: 3, done: false });
    expect(stream.dropped).toBe(2);
  });

  test("a full stream of `error` overflows into itself without end or loss of count", async () => {
    const looping: Emitter<Events> = new Emitter<Events>((error) => looping.emit("error", error));
    const stream = looping.events("error", { limit: 1 });
    const failure = { message: "x" } as HoldfastError;
    looping.emit("error", failure);
    looping.emit("error", failure);
    expect(stream.dropped).toBe(2);
    await expect(stream.next()).resolves.toEqual({ value: failure, done: false });
  });

  test("at any interleaving the buffer is a queue bounded by its limit", async () => {
    const step = fc.constantFrom("emit", "read");
    const policies = fc.constantFrom<"drop-oldest" | "drop-newest">("drop-oldest", "drop-newest");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        policies,
        fc.array(step),
        async (limit, policy, steps) => {
          const stream = ticks({ limit, policy });
          const model: number[] = [];
          let next = 0;
          let dropped = 0;
          for (const what of steps) {
            if (what === "read" && model.length > 0) {
              expect(await stream.next()).toEqual({ value: model.shift(), done: false });
            } else if (what === "emit") {
              emit(next);
              model.push(next++);
              if (model.length > limit) {
                dropped++;
                model.splice(policy === "drop-oldest" ? 0 : limit, 1);
              }
            }
          }
          expect(stream.dropped).toBe(dropped);
          await stream.return?.();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("the end", () => {
  test("C72 `break` frees the buffer and the listener", async () => {
    const stream = ticks();
    emit(1, 2, 3);
    for await (const value of stream) {
      expect(value).toBe(1);
      break;
    }
    expect(emitter.has("tick")).toBe(false);
    await expect(stream.next()).resolves.toEqual(DONE);
  });

  test("C72 a source that closes ends it after what is buffered, and a waiting reader at once", async () => {
    const [read, waited] = [ticks(), ticks()];
    const waiting = waited.next();
    emit(1);
    await expect(waiting).resolves.toEqual({ value: 1, done: false });
    const last = [waited.next(), waited.next()];
    emitter.close();
    await expect(Promise.all(last)).resolves.toEqual([DONE, DONE]);
    await expect(rest(read)).resolves.toEqual([1]);
    expect(emitter.has("tick")).toBe(false);
  });

  test("a signal ends it after what is buffered; one that aborted before ends it at once", async () => {
    const controller = new AbortController();
    const stream = ticks({ signal: controller.signal });
    emit(1);
    controller.abort();
    emit(2);
    await expect(rest(stream)).resolves.toEqual([1]);
    await expect(rest(ticks({ signal: controller.signal }))).resolves.toEqual([]);
    expect(emitter.has("tick")).toBe(false);
  });

  test("after `return` nothing comes, though an event was under way when it was called", async () => {
    const streams: EventStream<number>[] = [];
    emitter.on("tick", () => void streams[0]?.return?.());
    const stream = ticks();
    streams.push(stream);
    emit(1);
    await expect(stream.next()).resolves.toEqual(DONE);
  });

  test("a source that reopens does not revive it", async () => {
    const stream = ticks();
    emitter.close();
    emitter.reopen();
    emit(1);
    await expect(stream.next()).resolves.toEqual(DONE);
  });
});

test("options out of their bounds are refused before anything listens", () => {
  expect(() => ticks({ limit: 0 })).toThrow(RangeError);
  expect(() => ticks({ limit: Number.POSITIVE_INFINITY })).toThrow(RangeError);
  expect(() => ticks({ policy: "drop" as never })).toThrow(TypeError);
  expect(() => ticks({ signal: {} as AbortSignal })).toThrow(TypeError);
  expect(emitter.has("tick")).toBe(false);
});
