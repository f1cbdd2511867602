import { beforeEach, describe, expect, test, vi } from "vitest";
import { createManualClock, type ManualClock } from "../testing/mod.ts";
import { type MemoryBackplane, memoryBackplane } from "./memory-backplane.ts";

let clock: ManualClock;
let one: MemoryBackplane;
let other: MemoryBackplane;

beforeEach(() => {
  clock = createManualClock();
  one = memoryBackplane({ clock });
  other = one.node();
});

describe("messages", () => {
  test("arrive later, in order, at every subscriber of the subject, the sender too", async () => {
    const heard: string[] = [];
    await one.subscribe("news", ({ data }) => void heard.push(`one ${data}`));
    await other.subscribe("news", ({ data }) => void heard.push(`other ${data}`));
    await other.subscribe("else", ({ data }) => void heard.push(`else ${data}`));
    void one.publish("news", "1");
    void other.publish("news", "2");
    void one.publish("news", "3");
    expect(heard).toEqual([]);
    await clock.settle();
    expect(heard).toEqual(["one 1", "other 1", "one 2", "other 2", "one 3", "other 3"]);
  });

  test("have an id of their own, the same for all", async () => {
    const heard: string[] = [];
    for (const end of [one, other]) await end.subscribe("news", ({ id }) => void heard.push(id));
    await one.publish("news", "1");
    await one.publish("news", "1");
    await clock.settle();
    expect(heard).toHaveLength(4);
    expect(new Set(heard).size).toBe(2);
  });

  test("do not reach who has gone, and one that throws stops nobody", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    const heard: string[] = [];
    const off = await one.subscribe("news", () => void heard.push("off"));
    await one.subscribe("news", () => {
      throw new Error("oops");
    });
    await one.subscribe("news", () => void heard.push("on"));
    await off();
    await off();
    await one.publish("news", "1");
    await clock.settle();
    expect(heard).toEqual(["on"]);
    expect(told.mock.calls.flat().join(" ")).toContain("oops");
    told.mockRestore();
  });
});

describe("leases", () => {
  test("are there for everybody until their time has come, unless renewed or released", async () => {
    await one.lease("a/1", "x", 1_000);
    await one.lease("a/2", "y", 1_000);
    await one.lease("b/1", "z", 1_000);
    await clock.advance(999);
    expect(await other.leases("a/")).toEqual([
      { key: "a/1", value: "x" },
      { key: "a/2", value: "y" },
    ]);
    await one.lease("a/1", "x2", 1_000);
    await one.release("a/2");
    await clock.advance(1);
    expect(await other.leases("")).toEqual([{ key: "a/1", value: "x2" }]);
    await clock.advance(999);
    expect(await other.leases("")).toEqual([]);
  });

  test("S47 that ended are not kept for ever", async () => {
    for (let round = 0; round < 5_000; round++) {
      await one.lease(String(round), "", 10);
      await clock.advance(1);
    }
    expect((await one.leases("")).length).toBeLessThanOrEqual(10);
  });
});

test("an end that is closed takes what is its own, and leaves the rest", async () => {
  const heard: string[] = [];
  await one.subscribe("news", () => void heard.push("one"));
  await other.subscribe("news", () => void heard.push("other"));
  await one.lease("1", "", 1_000);
  await other.lease("2", "", 1_000);
  await one[Symbol.asyncDispose]();
  await other.publish("news", "1");
  await clock.settle();
  expect(heard).toEqual(["other"]);
  expect(await other.leases("")).toEqual([{ key: "2", value: "" }]);
  for (const call of [one.publish("news", ""), one.subscribe("news", () => {}), one.ping(), one.leases("")]) {
    await expect(call).rejects.toMatchObject({ code: "closed" });
  }
  expect(await other.ping()).toBe(0);
});
