import type { EmitAnswer } from "@holdfast/core/channels";
import { expect, test } from "vitest";
import { palette } from "../output/palette.ts";
import { arrived, emitText } from "./emit-text.ts";

const answer = (change: Partial<EmitAnswer>): EmitAnswer => ({
  ...{ code: "delivered", eventId: "evt_1", delivered: 2, stored: true, acknowledged: false, status: 200 },
  ...change,
});
const textOf = (change: Partial<EmitAnswer>, requireAck = false): string =>
  emitText(answer(change), { channel: "news", requireAck, clients: 7 }, palette(false));

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
  [{ delivered: 0, stored: false }, false, false, "✗ nobody listens to news now  evt_1"],
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
  [
    { code: "NOT_ENOUGH_CLIENTS", delivered: 0, eventId: undefined },
    ...([false, false] as const),
    "✗ fewer than 7 clients listen to news: nothing was delivered",
  ],
])("%j, acknowledgement asked for: %j", (change, requireAck, good, text) => {
  expect(arrived(answer(change), { requireAck })).toBe(good);
  expect(textOf(change, requireAck)).toBe(text);
});

test("of very many clients some are named, and S25 no id acts on a terminal", () => {
  const acked = Array.from({ length: 30 }, (_, n) => `client_\u001b[2J${n}`);
  const lines = textOf({ acked, acknowledged: true }, true).split("\n");
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toMatch(/and 10 clients more$/);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});
