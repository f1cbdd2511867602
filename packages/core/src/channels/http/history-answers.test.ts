import { expect, test } from "vitest";
import type { StoredRange } from "../../server/store.ts";
import { HistoryAnswers } from "./history-answers.ts";

const rangeOf = (count: number, length: number): StoredRange => ({
  events: Array.from({ length: count }, (_, n) => ({
    ...{ id: `evt_${n}`, time: n },
    payload: JSON.stringify("x".repeat(length)),
  })),
  complete: true,
});

test("S27 a long history is told in parts, and none is made before it is read", async () => {
  const response = await new HistoryAnswers().answer(async () => rangeOf(60, 60_000));
  const sizes: number[] = [];
  let text = "";
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    sizes.push(part.length);
    text += new TextDecoder().decode(part);
  }
  expect(Math.max(...sizes)).toBeLessThan(200_000);
  const { events, complete } = JSON.parse(text);
  expect([events.length, events[59].eventID, complete]).toEqual([60, "evt_59", true]);
});

test("what is read but not told yet is bounded too, before the store is asked", async () => {
  const answers = new HistoryAnswers();
  let reads = 0;
  const hang = (): Promise<Response> =>
    answers.answer(() => {
      reads++;
      return new Promise(() => {});
    });
  for (let n = 0; n < 32; n++) void hang();
  await expect(hang()).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(reads).toBe(32);
});

test("readers that take nothing of large histories keep no small one from anybody", async () => {
  const answers = new HistoryAnswers();
  for (let n = 0; n < 32; n++) await answers.answer(async () => rangeOf(3, 60_000));
  const small = await answers.answer(async () => rangeOf(1, 10));
  expect(small.status).toBe(200);
});

test("S13 over 32 that nobody reads are 503, and one that was read or given up makes room", async () => {
  const answers = new HistoryAnswers();
  let reads = 0;
  const ask = (): Promise<Response> =>
    answers.answer(async () => {
      reads++;
      return rangeOf(3, 60_000);
    });
  const open = await Promise.all(Array.from({ length: 32 }, ask));
  await expect(ask()).rejects.toMatchObject({ code: "OVERLOADED", headers: { "Retry-After": "1" } });
  expect(reads).toBe(33);
  await open[0]?.body?.cancel();
  await open[1]?.text();
  await Promise.all([ask(), ask()]);
  await expect(ask()).rejects.toMatchObject({ code: "OVERLOADED" });
});

test("a short history is told whole and keeps no place, nor does one that cannot be read", async () => {
  const answers = new HistoryAnswers();
  for (let n = 0; n < 40; n++) {
    const response = await answers.answer(async () => rangeOf(n % 3, 100));
    expect(response.status).toBe(200);
    await expect(answers.answer(() => Promise.reject(new Error("no store")))).rejects.toThrow("no store");
  }
  expect(await (await answers.answer(async () => rangeOf(0, 0))).json()).toEqual({
    ...{ success: true, events: [], complete: true },
  });
});
