import type { ChannelEvent } from "@holdfast/core/channels";
import { expect, test } from "vitest";
import { WaitingAcks } from "./waiting-acks.ts";

const acked: string[] = [];
function event(eventId: string, works = true): ChannelEvent<unknown> {
  const ack = (): boolean => {
    acked.push(eventId);
    return works;
  };
  return { payload: 1, eventId, requiresAck: true, replayed: false, ack };
}

test("an empty line is the oldest, an id or its end that one, and each is acknowledged once", () => {
  const waiting = new WaitingAcks();
  for (const id of ["evt_1aa", "evt_2bb", "evt_3cc"]) waiting.add(event(id));
  expect(waiting.answer(" 2bb ")).toEqual({ eventId: "evt_2bb", sent: true });
  expect(waiting.answer("")).toEqual({ eventId: "evt_1aa", sent: true });
  expect(waiting.answer("evt_3cc")).toEqual({ eventId: "evt_3cc", sent: true });
  expect(acked).toEqual(["evt_2bb", "evt_1aa", "evt_3cc"]);
  expect(waiting.answer("")).toEqual({ problem: "no event waits for acknowledgement" });
  expect(waiting.answer("3cc")).toEqual({ problem: "no event 3cc waits for acknowledgement" });
});

test("an end that fits two acknowledges neither", () => {
  const waiting = new WaitingAcks();
  for (const id of ["evt_1x", "evt_2x"]) waiting.add(event(id));
  expect(waiting.answer("x")).toEqual({ problem: "2 events end in x: give more of the id" });
  expect(waiting.size).toBe(2);
});

test("what cannot be sent any more is told, and does not wait", () => {
  const waiting = new WaitingAcks();
  waiting.add(event("evt_1", false));
  expect(waiting.answer("")).toEqual({ eventId: "evt_1", sent: false });
  expect(waiting.size).toBe(0);
});

test("only what asks for it waits, a thousand at most, and a lost connection clears it", () => {
  const waiting = new WaitingAcks();
  waiting.add({ ...event("evt_x"), requiresAck: false });
  expect(waiting.size).toBe(0);
  for (let n = 0; n < 1_000; n++) expect(waiting.add(event(`evt_${n}`))).toBeUndefined();
  expect(waiting.add(event("evt_over"))).toBe("evt_0");
  expect([waiting.size, waiting.clear(), waiting.size]).toEqual([1_000, 1_000, 0]);
});
