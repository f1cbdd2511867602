import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PresenceChange, type PresenceStep, PresenceView } from "./presence-view.ts";

const step = (version: number, after: number, id: string, value?: string): PresenceStep => ({
  version,
  after,
  id,
  value,
});
const kinds = (changes: readonly PresenceChange[]): string[] =>
  changes.map(({ kind, id }) => `${kind} ${id}`);

describe("a view of the others' members", () => {
  test("tells each step once, however often it comes", () => {
    const view = new PresenceView();
    expect(kinds(view.step("n", step(1, 0, "a", "1")))).toEqual(["joined a"]);
    expect(view.step("n", step(1, 0, "a", "1"))).toEqual([]);
    expect(kinds(view.step("n", step(2, 1, "a", "2")))).toEqual(["updated a"]);
    expect(kinds(view.step("n", step(3, 2, "a")))).toEqual(["left a"]);
    expect(view.step("n", step(1, 0, "a", "1"))).toEqual([]);
    expect([...view.members()]).toEqual([]);
    expect(view.stale).toBe(false);
  });

  test("S46 a leave that overtakes the snapshot is not undone by it", () => {
    const view = new PresenceView();
    expect(view.step("n", step(6, 5, "a"))).toEqual([]);
    expect(view.stale).toBe(true);
    const old = new Map([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(kinds(view.snapshot("n", 5, old))).toEqual(["joined b"]);
    expect([...view.members()]).toEqual([{ id: "b", value: "2" }]);
    expect(kinds(view.snapshot("n", 6, new Map([["b", "2"]])))).toEqual([]);
    expect(view.stale).toBe(false);
  });

  test("S46 a join that overtakes the snapshot is not undone by it", () => {
    const view = new PresenceView();
    expect(kinds(view.step("n", step(6, 5, "a", "1")))).toEqual(["joined a"]);
    expect(view.snapshot("n", 4, new Map())).toEqual([]);
    expect([...view.members()]).toHaveLength(1);
  });

  test("an old snapshot says nothing new where nothing is missing", () => {
    const view = new PresenceView();
    view.step("n", step(1, 0, "a", "1"));
    view.step("n", step(2, 1, "b", "1"));
    expect(view.snapshot("n", 1, new Map([["a", "1"]]))).toEqual([]);
    expect([...view.members()]).toHaveLength(2);
  });

  test("where a server stands shows that a step is missing", () => {
    const view = new PresenceView();
    view.step("n", step(1, 0, "a", "1"));
    view.standing("n", 1);
    expect(view.stale).toBe(false);
    view.standing("n", 2);
    expect(view.stale).toBe(true);
  });

  test("a server without a snapshot is given a second chance", () => {
    const view = new PresenceView();
    view.step("n", step(1, 0, "a", "1"));
    expect(view.absent("n")).toEqual([]);
    expect(view.stale).toBe(true);
    expect(kinds(view.absent("n"))).toEqual(["left a"]);
    expect(view.stale).toBe(false);
    expect(view.absent("other")).toEqual([]);
    view.step("n", step(2, 1, "b", "1"));
    view.absent("n");
    view.snapshot("n", 2, new Map([["b", "1"]]));
    expect(view.absent("n")).toEqual([]);
    expect([...view.members()]).toHaveLength(1);
  });

  test("S44 a server that is gone takes its members with it, once", () => {
    const view = new PresenceView();
    view.step("n", step(1, 0, "a", "1"));
    view.step("m", step(1, 0, "b", "1"));
    expect(kinds(view.drop("n"))).toEqual(["left a"]);
    expect(view.drop("n")).toEqual([]);
    expect(view.nodes()).toEqual(["m"]);
  });

  test("S46 S47 steps lost, repeated and late, snapshots old and new: it tells a true story, and ends where the server is", () => {
    const does = fc.record({
      id: fc.constantFrom("a", "b", "c"),
      value: fc.option(fc.constantFrom("1", "2"), { nil: undefined }),
    });
    const event = fc.oneof(
      { weight: 5, arbitrary: fc.record({ what: fc.constant("step" as const), does, lost: fc.boolean() }) },
      fc.record({ what: fc.constant("repeat" as const), back: fc.nat(20) }),
      fc.record({ what: fc.constant("snapshot" as const), back: fc.nat(5) }),
      fc.record({ what: fc.constant("standing" as const), back: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const view = new PresenceView();
        const told = new Map<string, string>();
        const hear = (changes: readonly PresenceChange[]): void => {
          for (const { kind, id, value } of changes) {
            expect(told.has(id)).toBe(kind !== "joined");
            if (kind === "left") told.delete(id);
            else told.set(id, value);
          }
          expect(Object.fromEntries(Array.from(view.members(), ({ id, value }) => [id, value]))).toEqual(
            Object.fromEntries(told),
          );
        };
        const truth = new Map<string, string>();
        const steps: PresenceStep[] = [];
        const snapshots: Array<readonly [number, Map<string, string>]> = [];
        let version = 0;
        for (const each of events) {
          if (each.what === "step") {
            const { id, value } = each.does;
            if (truth.get(id) === value) continue;
            const after = truth.size === 0 ? 0 : version;
            version++;
            if (value === undefined) truth.delete(id);
            else truth.set(id, value);
            const made = step(version, after, id, value);
            steps.push(made);
            snapshots.push([version, new Map(truth)]);
            if (!each.lost) hear(view.step("n", made));
          } else if (each.what === "repeat") {
            const old = steps.at(-1 - each.back);
            if (old !== undefined) hear(view.step("n", old));
          } else if (each.what === "standing") view.standing("n", snapshots.at(-1 - each.back)?.[0] ?? 0);
          else {
            const snapshot = snapshots.at(-1 - each.back);
            if (snapshot !== undefined) hear(view.snapshot("n", ...snapshot));
          }
        }
        view.standing("n", version);
        if (view.stale) hear(view.snapshot("n", version, truth));
        expect(view.stale).toBe(false);
        expect(told).toEqual(truth);
      }),
      { numRuns: 2_000 },
    );
  });
});
