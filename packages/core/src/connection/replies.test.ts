import { beforeEach, describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { Replies } from "./replies.ts";
import { Scheduler } from "./scheduler.ts";

let clock: ManualClock;
let scheduler: Scheduler;
let replies: Replies;

beforeEach(() => {
  clock = createManualClock();
  scheduler = new Scheduler(clock);
  replies = new Replies(scheduler);
});

const LOST = new HoldfastError("connection-lost", "gone");
/** How a request ends: its reply, or the code of its error. */
const outcome = (reply: Promise<unknown>): Promise<unknown> =>
  reply.then(
    (message) => message,
    (error: HoldfastError) => error.code,
  );
/** Nothing of any request is left. */
const expectNothingLeft = (): void =>
  expect([replies.size, scheduler.size, clock.pending]).toEqual([0, 0, 0]);

describe("a reply", () => {
  test("goes to whoever waits for its key, once, and leaves nothing", async () => {
    const [one, two] = [replies.expect(1, 100), replies.expect(2, 100)];
    expect(replies.resolve(2, "second")).toBe(true);
    expect(replies.resolve(2, "again")).toBe(false);
    expect(replies.resolve(1, "first")).toBe(true);
    await expect(Promise.all([one, two])).resolves.toEqual(["first", "second"]);
    expectNothingLeft();
  });

  test("nobody waits for, does nothing", () => {
    for (const key of [1, undefined, "constructor", "__proto__"]) {
      expect(replies.resolve(key, "x")).toBe(false);
      expect(replies.fail(key, LOST)).toBe(false);
    }
  });

  test("S22 keys that objects inherit, and keys of any type, are told apart", async () => {
    const keys = ["constructor", "__proto__", 1, "1", Number.NaN, null, undefined, Symbol("x")];
    const waits = keys.map((key) => replies.expect(key, 100));
    for (const [index, key] of keys.entries()) replies.resolve(key, index);
    await expect(Promise.all(waits)).resolves.toEqual(keys.map((_, index) => index));
  });

  test("may be nothing, or an error", async () => {
    const waits = [replies.expect(1, 100), replies.expect(2, 100)];
    replies.resolve(1, undefined);
    replies.resolve(2, LOST);
    await expect(Promise.all(waits)).resolves.toEqual([undefined, LOST]);
  });

  test("one for all reaches everybody", async () => {
    const waits = [replies.expect(1, 100), replies.expect(2, 100)];
    replies.resolveAll("both");
    await expect(Promise.all(waits)).resolves.toEqual(["both", "both"]);
    expectNothingLeft();
  });

  test("a second request with the same key replaces the first, which is rejected", async () => {
    const first = outcome(replies.expect("key", 100));
    const second = replies.expect("key", 200);
    await expect(first).resolves.toBe("aborted");
    await clock.advance(150);
    expect(replies.resolve("key", "late")).toBe(true);
    await expect(second).resolves.toBe("late");
    expectNothingLeft();
  });
});

describe("a timeout", () => {
  test("rejects at its moment, and a reply after it finds nobody", async () => {
    const ended = outcome(replies.expect("key", 100));
    await clock.advance(99);
    expect(replies.size).toBe(1);
    await clock.advance(1);
    await expect(ended).resolves.toBe("timeout");
    expect(replies.resolve("key", "late")).toBe(false);
    expectNothingLeft();
  });

  test("C61 after a stall a reply that comes in the same turn wins", async () => {
    const reply = replies.expect("key", 5_000);
    await clock.stall(20_000);
    expect(replies.resolve("key", "in the buffer")).toBe(true);
    await expect(reply).resolves.toBe("in the buffer");
    expectNothingLeft();
  });

  test("C61 after a stall a reply that never comes is waited for once more, and no longer", async () => {
    const ended = outcome(replies.expect("key", 5_000));
    await clock.stall(20_000);
    await clock.advance(999);
    expect(replies.size).toBe(1);
    await clock.advance(1);
    await expect(ended).resolves.toBe("timeout");
    const again = outcome(replies.expect("key", 5_000));
    await clock.stall(20_000);
    await clock.stall(20_000);
    await expect(again).resolves.toBe("timeout");
    expectNothingLeft();
  });
});

describe("C60 a connection that is lost", () => {
  test("rejects all who wait, at once, and clears their timers", async () => {
    const waits = [1, 2, 3].map((key) => outcome(replies.expect(key, 5_000)));
    replies.failAll(LOST);
    expectNothingLeft();
    await expect(Promise.all(waits)).resolves.toEqual(Array(3).fill("connection-lost"));
    replies.failAll(LOST);
  });

  test("does not reject those who ask again because of it", async () => {
    const again = replies.expect(1, 5_000).catch(() => replies.expect(1, 5_000));
    replies.failAll(LOST);
    await clock.settle();
    expect(replies.size).toBe(1);
    replies.resolve(1, "new");
    await expect(again).resolves.toBe("new");
  });

  test("one alone can fail", async () => {
    const [one, two] = [outcome(replies.expect(1, 100)), outcome(replies.expect(2, 100))];
    expect(replies.fail(1, LOST)).toBe(true);
    await expect(one).resolves.toBe("connection-lost");
    replies.resolve(2, "fine");
    await expect(two).resolves.toBe("fine");
    expectNothingLeft();
  });
});

describe("C62 a signal", () => {
  /** A signal, and how many listen to it. */
  function counted(): { controller: AbortController; signal: AbortSignal; listeners: () => number } {
    const controller = new AbortController();
    const { signal } = controller;
    const listening = new Set<unknown>();
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (name: string, listener: EventListener, options?: object) => {
      listening.add(listener);
      add(name, listener, options);
    };
    signal.removeEventListener = (name: string, listener: EventListener) => {
      listening.delete(listener);
      remove(name, listener);
    };
    return { controller, signal, listeners: () => listening.size };
  }

  test("that aborts removes the request, with its reason", async () => {
    const { controller, signal, listeners } = counted();
    const reply = replies.expect("key", 5_000, signal);
    controller.abort("enough");
    await expect(reply).rejects.toMatchObject({ code: "aborted", cause: "enough" });
    expect(replies.resolve("key", "late")).toBe(false);
    expect(listeners()).toBe(0);
    expectNothingLeft();
  });

  test("that aborted before lets nothing begin, and leaves who waits alone", async () => {
    const controller = new AbortController();
    controller.abort();
    const waiting = replies.expect("key", 100);
    await expect(outcome(replies.expect("key", 100, controller.signal))).resolves.toBe("aborted");
    replies.resolve("key", "mine");
    await expect(waiting).resolves.toBe("mine");
    expectNothingLeft();
  });

  test("of a request that ended some other way is not listened to any more", async () => {
    const ends: Array<() => unknown> = [
      () => replies.resolve("key", "reply"),
      () => replies.fail("key", LOST),
      () => replies.failAll(LOST),
      () => clock.advance(100),
      () => replies.expect("key", 50).catch(() => {}),
    ];
    for (const end of ends) {
      const { controller, signal, listeners } = counted();
      const ended = outcome(replies.expect("key", 100, signal));
      await Promise.race([end(), clock.settle()]);
      await ended;
      expect(listeners()).toBe(0);
      controller.abort();
    }
    expect(replies.size).toBe(1);
    await clock.advance(50);
    expectNothingLeft();
  });

  test("of an older request with the same key harms the newer one nothing", async () => {
    const controller = new AbortController();
    const older = outcome(replies.expect("key", 100, controller.signal));
    const newer = replies.expect("key", 100);
    controller.abort();
    replies.resolve("key", "reply");
    await expect(older).resolves.toBe("aborted");
    await expect(newer).resolves.toBe("reply");
  });
});
