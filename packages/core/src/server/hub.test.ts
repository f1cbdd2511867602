import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Hub, type HubMember } from "./hub.ts";

class Member implements HubMember {
  open = true;
  topics: Set<string> | undefined;
  readonly got: string[] = [];
  /** What a test does in the middle of a fan-out. */
  meanwhile: (() => void) | undefined;
  readonly name: number;

  constructor(name: number) {
    this.name = name;
  }

  sendSpliced(head: string): boolean {
    if (!this.open) return false;
    this.got.push(head);
    const { meanwhile } = this;
    this.meanwhile = undefined;
    meanwhile?.();
    return true;
  }
}

const members = (count: number): Member[] => Array.from({ length: count }, (_, name) => new Member(name));

describe("publish", () => {
  test("reaches everybody in the topic, and says how many sockets took it", () => {
    const hub = new Hub<Member>(10);
    const [one, two, three] = members(3) as [Member, Member, Member];
    for (const member of [one, two, three]) hub.join("news", member);
    two.open = false;
    expect(hub.publish("news", "hello")).toBe(2);
    expect([one.got, two.got, three.got]).toEqual([["hello"], [], ["hello"]]);
    expect(hub.publish("nobody", "hello")).toBe(0);
  });

  test("except one, or only some: each once, and nobody from outside", () => {
    const hub = new Hub<Member>(10);
    const [one, two, outsider] = members(3) as [Member, Member, Member];
    for (const member of [one, two]) hub.join("news", member);
    expect(hub.publish("news", "a", { except: one })).toBe(1);
    expect(hub.publish("news", "b", { only: [two, two, outsider] })).toBe(1);
    expect(hub.publish("news", "c", { only: [one, two], except: two })).toBe(1);
    expect([one.got, two.got, outsider.got]).toEqual([["c"], ["a", "b"], []]);
  });

  test("S35 what was published before leaving in the same tick is delivered", () => {
    const hub = new Hub<Member>(10);
    const [one] = members(1) as [Member];
    hub.join("news", one);
    hub.publish("news", "hello");
    hub.leave("news", one);
    expect(one.got).toEqual(["hello"]);
  });

  test("S43 who joins, or leaves and comes back, in the middle of a fan-out sees it at most once", () => {
    const hub = new Hub<Member>(10);
    const [one, two, three] = members(3) as [Member, Member, Member];
    for (const member of [one, two]) hub.join("news", member);
    one.meanwhile = () => {
      for (const member of [one, two]) {
        hub.leave("news", member);
        hub.join("news", member);
      }
      hub.join("news", three);
    };
    hub.publish("news", "hello");
    expect([one.got, two.got, three.got]).toEqual([["hello"], ["hello"], []]);
    expect(hub.publish("news", "again")).toBe(3);
  });

  test("S43 everybody leaves in the middle, and the topic is gone", () => {
    const hub = new Hub<Member>(10);
    const all = members(5);
    for (const member of all) hub.join("news", member);
    (all[1] as Member).meanwhile = () => {
      for (const member of all) hub.leaveAll(member);
    };
    expect(hub.publish("news", "hello")).toBe(2);
    expect(hub.size).toBe(0);
  });

  test("S43 a fan-out goes on as it began after one within it", () => {
    const hub = new Hub<Member>(10);
    const [one, two, three] = members(3) as [Member, Member, Member];
    for (const member of [one, two]) hub.join("news", member);
    one.meanwhile = () => {
      hub.publish("news", "inner");
      hub.leave("news", one);
      hub.join("news", one);
      hub.join("news", three);
    };
    hub.publish("news", "outer");
    expect([one.got, two.got, three.got]).toEqual([["outer", "inner"], ["inner", "outer"], []]);
  });

  test("S43 a fan-out within a fan-out", () => {
    const hub = new Hub<Member>(10);
    const all = members(4);
    for (const member of all) hub.join("news", member);
    (all[0] as Member).meanwhile = () => {
      hub.leave("news", all[3] as Member);
      (all[1] as Member).meanwhile = () => hub.join("news", all[3] as Member);
      hub.publish("news", "inner");
    };
    hub.publish("news", "outer");
    expect(all.map(({ got }) => got)).toEqual([
      ["outer", "inner"],
      ["inner", "outer"],
      ["inner", "outer"],
      ["outer"],
    ]);
  });
});

describe("membership", () => {
  test("one below, at, and one over the number of topics of one connection", () => {
    const hub = new Hub<Member>(2);
    const [one] = members(1) as [Member];
    expect(["a", "b", "c", "b"].map((topic) => hub.join(topic, one))).toEqual([
      "joined",
      "joined",
      "full",
      "already",
    ]);
    hub.leave("a", one);
    expect(hub.join("c", one)).toBe("joined");
    expect([...(one.topics ?? [])]).toEqual(["b", "c"]);
  });

  test("S33 who has ended joins nothing", () => {
    const hub = new Hub<Member>(2);
    const [one] = members(1) as [Member];
    one.open = false;
    expect(hub.join("a", one)).toBe("ended");
    expect(hub.size).toBe(0);
    expect(hub.leave("a", one)).toBe(false);
    expect(hub.leaveAll(one)).toEqual([]);
  });

  test("S22 topics are any text", () => {
    const hub = new Hub<Member>(9);
    const [one] = members(1) as [Member];
    for (const topic of ["__proto__", "constructor", "", "a/b"]) {
      expect(hub.publish(topic, "x")).toBe(0);
      expect(hub.join(topic, one)).toBe("joined");
      expect(hub.publish(topic, "x")).toBe(1);
    }
  });

  test("S50 100,000 topics come and go, and nothing is left", () => {
    const hub = new Hub<Member>(100_000);
    const [one] = members(1) as [Member];
    for (let topic = 0; topic < 100_000; topic++) hub.join(String(topic), one);
    expect(hub.size).toBe(100_000);
    expect(hub.leaveAll(one)).toHaveLength(100_000);
    expect(hub.size).toBe(0);
    expect(one.topics?.size).toBe(0);
  });

  test("is the same both ways, whatever is done", () => {
    const step = fc.record({
      what: fc.constantFrom("join", "leave", "leaveAll", "publish", "end"),
      topic: fc.constantFrom("a", "b", "c"),
      member: fc.nat(3),
      /** What a member does when it is sent to. */
      meanwhile: fc.option(
        fc.record({ what: fc.constantFrom("join", "leave", "leaveAll"), member: fc.nat(3) }),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const hub = new Hub<Member>(2);
        const all = members(4);
        const model = new Map<string, Set<Member>>();
        const inTopics = (member: Member): string[] =>
          [...model].filter(([, set]) => set.has(member)).map(([topic]) => topic);
        const perform = (what: string, topic: string, member: Member): void => {
          if (what === "join") {
            const outcome = hub.join(topic, member);
            const known = inTopics(member);
            const expected = !member.open
              ? "ended"
              : known.includes(topic)
                ? "already"
                : known.length >= 2
                  ? "full"
                  : "joined";
            expect(outcome).toBe(expected);
            if (outcome === "joined") model.set(topic, (model.get(topic) ?? new Set()).add(member));
          } else if (what === "leave") {
            expect(hub.leave(topic, member)).toBe(inTopics(member).includes(topic));
            model.get(topic)?.delete(member);
          } else {
            expect(hub.leaveAll(member).sort()).toEqual(inTopics(member).sort());
            for (const set of model.values()) set.delete(member);
          }
        };
        for (const { what, topic, member: index, meanwhile } of steps) {
          const member = all[index] as Member;
          if (what === "end") member.open = false;
          else if (what !== "publish") perform(what, topic, member);
          else {
            const before = [...(model.get(topic) ?? [])].filter(({ open }) => open);
            for (const each of all) each.got.length = 0;
            if (meanwhile !== null) {
              member.meanwhile = () => perform(meanwhile.what, topic, all[meanwhile.member] as Member);
            }
            const took = hub.publish(topic, "x");
            member.meanwhile = undefined;
            const got = all.filter(({ got }) => got.length > 0);
            expect(all.every(({ got }) => got.length <= 1)).toBe(true);
            expect(took).toBe(got.length);
            expect(got.every((each) => before.includes(each))).toBe(true);
            // Who was there before and after cannot have missed it.
            const stayed = before.filter((each) => model.get(topic)?.has(each));
            expect(stayed.filter((each) => !got.includes(each))).toEqual([]);
          }
          const there = [...model].filter(([, set]) => set.size > 0);
          expect([...hub.topics()].sort()).toEqual(there.map(([name]) => name).sort());
          for (const [name, set] of there) expect(new Set(hub.members(name))).toEqual(set);
          for (const each of all) expect([...(each.topics ?? [])].sort()).toEqual(inTopics(each).sort());
        }
      }),
    );
  });
});
