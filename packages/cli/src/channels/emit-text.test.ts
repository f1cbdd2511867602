import type { EmitAnswer } from "@holdfast/core/channels";
import { expect, test } from "vitest";
import { palette } from "../output/palette.ts";
import { arrived, emitText } from "./emit-text.ts";

const answer = (change: Partial<EmitAnswer>): EmitAnswer => ({
  ...{ code: "delivered", eventId: "evt_1", delivered: 2, stored: true, acknowledged: false, status: 200 },
  ...change,
});
const textOf = (change: Partial<EmitAnswer>, requireAck = false, clients?: number): string =>
  emitText(answer(change), { channel: "news", requireAck, clients }, palette(false));

test.each<[Partial<EmitAnswer>, boolean, boolean, string]>([
  [{}, false, true, "✓ delivered to 2 listeners  evt_1"],
  [
    { delivered: 1, missing: ["client_b"] },
    false,
    false,
    "✗ delivered to 1 listener  evt_1\n  missing       client_b",
  ],
  [
    { delivered: 0 },
    false,
    false,
    "✗ nobody listens to news now; the history keeps it for those who resume  evt_1",
  ],
  [{ stored: false }, false, true, "✓ delivered to 2 listeners; the history could not keep it  evt_1"],
  [
    { delivered: 0, stored: false },
    ...([false, false] as const),
    "✗ nobody listens to news now; the history could not keep it: it is lost  evt_1",
  ],
  [
    { stored: false, acknowledged: true, acked: ["client_a"] },
    ...([true, true] as const),
    "✓ delivered to 2 listeners, acknowledged by 1; the history could not keep it  evt_1\n  acknowledged  client_a",
  ],
  [
    { code: "ACK_TIMEOUT", stored: false },
    ...([true, false] as const),
    "✗ delivered to 2 listeners, and not acknowledged by all of them in time; the history could not keep it  evt_1",
  ],
  [
    { code: "CLIENTS_LEFT", stored: false },
    ...([true, false] as const),
    "✗ delivered to 2 listeners, and some left before they acknowledged; the history could not keep it  evt_1",
  ],
  [
    { acknowledged: true, acked: ["client_a", "client_b"] },
    ...([true, true] as const),
    "✓ delivered to 2 listeners, acknowledged by 2  evt_1\n  acknowledged  client_a\n                client_b",
  ],
  [
    { code: "ACK_TIMEOUT", acked: ["client_a"], missing: ["client_b"] },
    ...([true, false] as const),
    "✗ delivered to 2 listeners, and not acknowledged by all of them in time  evt_1\n  acknowledged  client_a\n  missing       client_b",
  ],
  [
    { code: "CLIENTS_LEFT", acked: [], left: ["client_b"] },
    ...([true, false] as const),
    "✗ delivered to 2 listeners, and some left before they acknowledged  evt_1\n  left          client_b",
  ],
  [
    { code: "NO_CLIENTS", delivered: 0, eventId: undefined },
    true,
    false,
    "✗ nobody listens to news: nothing was delivered",
  ],
])("%j, acknowledgement asked for: %j", (change, requireAck, good, text) => {
  expect(arrived(answer(change), { requireAck })).toBe(good);
  expect(textOf(change, requireAck)).toBe(text);
});

test("what was aimed at some belongs into no history, and is not told as lost to it", () => {
  expect(textOf({ stored: false }, false, 7)).toBe("✓ delivered to 2 listeners  evt_1");
  expect(textOf({ code: "NOT_ENOUGH_CLIENTS", delivered: 0, eventId: undefined }, false, 7)).toBe(
    "✗ fewer than 7 clients listen to news: nothing was delivered",
  );
});

test("of very many clients some are named, and S25 no id acts on a terminal", () => {
  const acked = Array.from({ length: 30 }, (_, n) => `client_\u001b[2J${n}`);
  const lines = textOf({ acked, acknowledged: true }, true).split("\n");
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toMatch(/and 10 clients more$/);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});
