import type { ServedTeamRow, TeamStats } from "@holdfast/core/rtm";
import { expect, test } from "vitest";
import { ClaimWatch, sameClaims } from "./claims.ts";

const claimed = (id: number, messages: number, props: number = 0): TeamStats => ({
  ...{ id, connected: true, message_count: messages, props_count: props },
});
const served = (id: number, sent: number, props: number = 0): ServedTeamRow => ({
  ...{ id, sent, props, missed: 0, sockets: 1, connects: 1 },
});

test("a claim may be behind what was sent, and grow", () => {
  const watch = new ClaimWatch();
  watch.check([claimed(1, 0)], [served(1, 5)]);
  watch.check([claimed(1, 5, 2)], [served(1, 5, 2)]);
  expect(watch.mistakes).toEqual({ backwards: 0, ahead: 0 });
});

test("a count that goes back, or is ahead of what was sent, is a mistake", () => {
  const watch = new ClaimWatch();
  watch.check([claimed(1, 5)], [served(1, 5)]);
  watch.check([claimed(1, 4)], [served(1, 9)]);
  expect(watch.mistakes).toEqual({ backwards: 1, ahead: 0 });
  watch.check([claimed(1, 10)], [served(1, 9)]);
  watch.check([claimed(1, 10, 3)], [served(1, 10, 2)]);
  expect(watch.mistakes).toEqual({ backwards: 1, ahead: 2 });
});

test("rows of teams that do not exist are not kept", () => {
  const watch = new ClaimWatch();
  watch.check([claimed(9, 5)], [served(1, 5)]);
  expect(watch.mistakes).toEqual({ backwards: 0, ahead: 0 });
});

test("claims are the same whatever the order of their rows and fields", () => {
  const other = { props_count: 0, message_count: 1, connected: true, id: 1 };
  expect(sameClaims([claimed(1, 1), claimed(2, 2)], [claimed(2, 2), other])).toBe(true);
  expect(sameClaims([claimed(1, 1)], [claimed(1, 2)])).toBe(false);
  expect(sameClaims([claimed(1, 1)], [{ ...claimed(1, 1), connected: false }])).toBe(false);
  expect(sameClaims([claimed(1, 1)], [{ ...claimed(1, 1), id: "1" }])).toBe(false);
  expect(sameClaims([claimed(1, 1)], [])).toBe(false);
});
