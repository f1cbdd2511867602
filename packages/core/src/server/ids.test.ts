import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomId, SortableIds } from "./ids.ts";

describe("randomId", () => {
  test("decision 13: a prefix and 16 characters that are safe in a URL, never the same", () => {
    const ids = Array.from({ length: 100_000 }, () => randomId("client_"));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids.slice(0, 1_000)) expect(id).toMatch(/^client_[A-Za-z0-9_-]{16}$/);
  });

  test("every character is as likely as every other", () => {
    const counts = new Map<string, number>();
    for (let made = 0; made < 40_000; made++) {
      for (const character of randomId()) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(64);
    // 10,000 each, with a standard deviation of 100: eight of them are never seen by chance.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(800);
  });
});

describe("sortable ids", () => {
  test("decision 13: time, sequence and 16 random characters", () => {
    const ids = new SortableIds("evt_", () => 1_700_000_000_000);
    expect(ids.next()).toMatch(/^evt_[A-Za-z0-9_-]{27}$/);
    expect(ids.timeOf(ids.next())).toBe(1_700_000_000_000);
  });

  test.each(["", "evt_", "evt_abc", "client_0000000000000000", `evt_${"!".repeat(27)}`])(
    "%j is no such id",
    (text) => {
      const ids = new SortableIds("evt_");
      expect(ids.timeOf(text)).toBeUndefined();
      ids.witness(text);
      expect(Math.abs((ids.timeOf(ids.next()) ?? 0) - Date.now())).toBeLessThan(60_000);
    },
  );

  test("S56 sort in the order of making, as text, and are unique, whatever the wall clock does", () => {
    const jump = fc.oneof(fc.integer({ min: -3_600_000, max: 3_600_000 }), fc.constant(0), fc.constant(1));
    fc.assert(
      fc.property(fc.array(jump, { minLength: 1, maxLength: 200 }), (jumps) => {
        let now = 1_700_000_000_000;
        const ids = new SortableIds("evt_", () => now);
        const made = jumps.map((by) => {
          now += by;
          return ids.next();
        });
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  test("one before another by some time sorts before all that were made since then, and after the others", () => {
    let now = 1_700_000_000_000;
    const ids = new SortableIds("evt_", () => now);
    const [early, since, id] = [0, 1_000, 10_000].map((by) => {
      now = 1_700_000_000_000 + by;
      return ids.next();
    }) as [string, string, string];
    const before = ids.before(id, 9_000) ?? "";
    expect([since, before, early].sort()).toEqual([early, before, since]);
    expect(ids.timeOf(before)).toBe(1_700_000_001_000);
    expect(ids.timeOf(ids.before(id, 1e15) ?? "")).toBe(0);
    expect(ids.before("evt_nonsense", 1)).toBeUndefined();
  });

  test("a full sequence goes on in the next millisecond", () => {
    const ids = new SortableIds("evt_", () => 5);
    let last = ids.next();
    for (let made = 0; made < 300_000; made++) {
      const id = ids.next();
      if (id <= last) expect(id > last).toBe(true);
      last = id;
    }
    expect(ids.timeOf(last)).toBe(6);
  });

  test("those to come sort after every id that was witnessed, also of a server whose clock is ahead", () => {
    const ahead = new SortableIds("evt_", () => 2_000);
    const behind = new SortableIds("evt_", () => 1_000);
    const first = behind.next();
    for (let round = 0; round < 100; round++) {
      const seen = [ahead.next(), ahead.next()];
      behind.witness(first);
      for (const id of seen) behind.witness(id);
      const next = behind.next();
      expect(next > (seen.at(-1) ?? "")).toBe(true);
      ahead.witness(next);
    }
  });

  test("times up to the year 10000 keep their order", () => {
    let now = 0;
    const ids = new SortableIds("", () => now);
    const made = [0, 1, 63, 64, 4_095, 4_096, 1e12, 1.7e12, 1e13, 253_402_300_799_000].map((time) => {
      now = time;
      return ids.next();
    });
    expect([...made].sort()).toEqual(made);
    expect(ids.timeOf(made.at(-1) ?? "")).toBe(253_402_300_799_000);
  });
});
