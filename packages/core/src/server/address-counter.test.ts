import { describe, expect, test } from "vitest";
import { AddressCounter } from "./address-counter.ts";

describe("S13 connections by address", () => {
  test("one below, at, and one over the limit; another address is not touched", () => {
    const counter = new AddressCounter(20);
    for (let taken = 1; taken <= 20; taken++) expect(counter.take("192.0.2.1")).toBe(true);
    expect(counter.take("192.0.2.1")).toBe(false);
    expect(counter.take("192.0.2.2")).toBe(true);
  });

  test("one that goes makes room for exactly one, and nothing is left in the end", () => {
    const counter = new AddressCounter(2);
    counter.take("192.0.2.1");
    counter.take("192.0.2.1");
    counter.release("192.0.2.1");
    expect(counter.take("192.0.2.1")).toBe(true);
    expect(counter.take("192.0.2.1")).toBe(false);
    counter.release("192.0.2.1");
    counter.release("192.0.2.1");
    expect(counter.size).toBe(0);
    counter.release("192.0.2.1");
    expect(counter.size).toBe(0);
  });

  test("an unknown address counts as nothing", () => {
    const counter = new AddressCounter(1);
    for (let taken = 0; taken < 5; taken++) expect(counter.take(undefined)).toBe(true);
    counter.release(undefined);
    expect(counter.size).toBe(0);
  });

  test.each([
    ["::ffff:192.0.2.1", "192.0.2.1", true],
    ["2001:db8:1:2::1", "2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", true],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["2001:db8::1", "2001:db8:0:0:1::", true],
    ["fe80::1%eth0", "fe80::2%eth1", true],
    ["::1", "0:0:0:0:0:0:0:1", true],
    ["::1", "::2", true],
    ["1::", "::1", false],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201", true],
    ["1::a:b:c:d:1.2.3.4", "1:0:a:b::", true],
    ["192.0.2.1", "192.0.2.10", false],
  ])("%s and %s count as one: %s", (one, other, same) => {
    const counter = new AddressCounter(1);
    counter.take(one);
    expect(counter.take(other)).toBe(!same);
    counter.release(other);
    expect(counter.size).toBe(same ? 0 : 1);
  });
});
