import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Frame } from "../socket/socket.ts";
import { Outbox, type OutboxLimits, outboxLimits } from "./outbox.ts";

const make = (limits: Partial<OutboxLimits> = {}): Outbox => new Outbox(outboxLimits(limits));
/** Everything that waits, in order; takes it out. */
function drain(outbox: Outbox): Frame[] {
  const frames: Frame[] = [];
  outbox.flush((frame) => frames.push(frame) > 0);
  return frames;
}

describe("outboxLimits", () => {
  test("queues a thousand messages and a mebibyte by default", () => {
    expect(outboxLimits(undefined)).toEqual({
      policy: "queue",
      maxMessages: 1_000,
      maxBytes: 1_048_576,
      highWaterBytes: 1_048_576,
    });
  });

  test.each([{ maxMessages: 0 }, { maxBytes: 0 }, { highWaterBytes: 0 }, { maxBytes: Number.NaN }])(
    "refuses %j",
    (bad) => expect(() => outboxLimits(bad)).toThrow(RangeError),
  );

  test("refuses a policy it does not know, and what is no object", () => {
    expect(() => outboxLimits({ policy: "drop" as never })).toThrow(TypeError);
    expect(() => outboxLimits(5 as never)).toThrow(TypeError);
  });
});

describe("C53 the bounds", () => {
  test("when full a message is refused, or the oldest gives way", () => {
    const queue = make({ maxMessages: 2 });
    expect([queue.add("a", 0), queue.add("b", 0), queue.add("c", 0)]).toEqual([0, 0, -1]);
    expect(drain(queue)).toEqual(["a", "b"]);
    const oldest = make({ maxMessages: 2, policy: "drop-oldest" });
    expect([oldest.add("a", 0), oldest.add("b", 0), oldest.add("c", 0)]).toEqual([0, 0, 1]);
    expect(drain(oldest)).toEqual(["b", "c"]);
  });

  test("bytes count too: several small ones give way to a large one", () => {
    const oldest = make({ maxBytes: 10, policy: "drop-oldest" });
    for (const frame of ["aaa", "bbb", "ccc"]) oldest.add(frame, 0);
    expect(oldest.add("dddddd", 0)).toBe(2);
    expect(drain(oldest)).toEqual(["ccc", "dddddd"]);
  });

  test("a message over the whole bound is refused, and nothing gives way to it", () => {
    const oldest = make({ maxBytes: 3, policy: "drop-oldest" });
    oldest.add("a", 0);
    expect(oldest.add("bbbb", 0)).toBe(-1);
    expect(drain(oldest)).toEqual(["a"]);
  });

  test.each([
    ["text", "xxx"],
    ["text of two-byte characters", "éx"],
    ["text of three-byte characters", "€"],
    ["bytes", new Uint8Array(3)],
  ])("%s is counted in bytes: one below, at and one above", (_, frame) => {
    expect([2, 3, 4].map((maxBytes) => make({ maxBytes }).add(frame, 0))).toEqual([-1, 0, 0]);
  });

  test("what leaves makes room, in whatever way it leaves", () => {
    const outbox = make({ maxBytes: 4, maxMessages: 2 });
    for (const leave of [() => outbox.flush(() => true), () => outbox.forget(1), () => outbox.clear()]) {
      expect([outbox.add("aa", 1), outbox.add("bb", 1), outbox.add("c", 1)]).toEqual([0, 0, -1]);
      leave();
      expect(outbox.size).toBe(0);
    }
    expect(outbox.add("aaaa", 1)).toBe(0);
  });
});

describe("flush", () => {
  test("C54 hands over in order, also what is added meanwhile", () => {
    const outbox = make();
    const frames: Frame[] = [];
    outbox.add("a", 0);
    outbox.add("b", 0);
    outbox.flush((frame) => {
      if (frame === "a") outbox.add("c", 0);
      return frames.push(frame) > 0;
    });
    expect([...frames, ...drain(outbox)]).toEqual(["a", "b", "c"]);
  });

  test("C56 stops at the first that is not taken: it and the rest stay, the sent part is gone", () => {
    const outbox = make();
    for (const frame of ["a", "b", "c"]) outbox.add(frame, 0);
    outbox.flush((frame) => frame === "a");
    expect(outbox.size).toBe(2);
    expect(drain(outbox)).toEqual(["b", "c"]);
  });

  test("C56 a loss in the middle of it neither repeats a frame nor drops one silently", () => {
    const outbox = make();
    outbox.add("a", 1);
    outbox.add("b", 1);
    outbox.add("replayed", 0);
    const sent: Frame[] = [];
    let forgotten = 0;
    let open = true;
    outbox.flush((frame) => {
      if (!open) return false;
      sent.push(frame);
      open = false;
      forgotten = outbox.forget(1);
      return true;
    });
    expect(sent).toEqual(["a"]);
    expect(drain(outbox)).toEqual(["replayed"]);
    // `a` went out: only `b` was lost.
    expect(forgotten).toBe(1);
  });

  test("C55 a loss while a frame is refused takes that frame along: the next connection does not get it", () => {
    const outbox = make();
    outbox.add("of the old session", 1);
    let dropped = 0;
    dropped += outbox.flush(() => {
      dropped += outbox.forget(1);
      return false;
    });
    expect([drain(outbox), dropped]).toEqual([[], 1]);
  });

  test("an empty one sends nothing", () => expect(drain(make())).toEqual([]));
});

describe("forget", () => {
  test("C55 drops what was meant for this attempt, and keeps the rest in order", () => {
    const outbox = make();
    for (const [frame, attempt] of [
      ["a", 1],
      ["b", 0],
      ["c", 2],
      ["d", 1],
    ] as const)
      outbox.add(frame, attempt);
    expect(outbox.forget(1)).toBe(2);
    expect(outbox.forget(1)).toBe(0);
    expect(drain(outbox)).toEqual(["b", "c"]);
  });
});

test("C53 at any sequence the outbox is a bounded queue that loses nothing uncounted", () => {
  const step = fc.oneof(
    fc.record({
      what: fc.constant("add"),
      bytes: fc.integer({ min: 0, max: 6 }),
      attempt: fc.integer({ min: 0, max: 2 }),
    }),
    fc.record({ what: fc.constant("flush"), bytes: fc.integer({ min: 0, max: 4 }), attempt: fc.constant(0) }),
    fc.record({
      what: fc.constant("forget"),
      bytes: fc.constant(0),
      attempt: fc.integer({ min: 1, max: 2 }),
    }),
  );
  const policies = fc.constantFrom<"queue" | "drop-oldest">("queue", "drop-oldest");
  const property = fc.property(policies, fc.array(step, { maxLength: 30 }), (policy, steps) => {
    const outbox = make({ policy, maxMessages: 4, maxBytes: 10 });
    let kept = 0;
    for (const [index, { what, bytes, attempt }] of steps.entries()) {
      if (what === "add") {
        const gaveWay = outbox.add(String(index).padEnd(bytes, "-").slice(0, bytes), attempt);
        kept += gaveWay < 0 ? 0 : 1 - gaveWay;
        if (policy === "queue") expect(gaveWay).toBeLessThanOrEqual(0);
      } else if (what === "flush") {
        let room = bytes;
        outbox.flush(() => room-- > 0);
        kept = Math.max(0, kept - bytes);
      } else kept -= outbox.forget(attempt);
      expect(outbox.size).toBe(kept);
      expect(kept).toBeLessThanOrEqual(4);
    }
    expect(drain(outbox).reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(10);
  });
  fc.assert(property, { numRuns: 200 });
});
