import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { data, scripted } from "../../../../../tests/support/channel-script.ts";
import type { StandardSchema } from "../../protocol/standard-schema.ts";
import { PayloadChecks } from "./client-payloads.ts";

const asked = { requires_ack: true };
const schemaOf = <Output>(
  validate: StandardSchema<Output>["~standard"]["validate"],
): StandardSchema<Output> => ({ "~standard": { version: 1, vendor: "test", validate } });

test("a payload that does not fit is told as invalid, not acknowledged, and not asked for again", async () => {
  const schema = v.pipe(
    v.object({ headline: v.string() }),
    v.transform(({ headline }) => headline.length),
  );
  const { clock, client, peer, all } = scripted({ schema });
  expectTypeOf(client.events("event").next).returns.resolves.toExtend<
    IteratorResult<{ payload: number }, unknown>
  >();
  await clock.until(client.connect());
  peer().say(data("evt_1", { headline: "hello" }, asked));
  peer().say(data("evt_2", { headline: 7 }, asked));
  await clock.advance(5);
  expect(all("event").map(({ payload }) => payload)).toEqual([5]);
  expect(all("invalid")).toEqual([
    {
      reason: expect.stringContaining("headline: "),
      sample: '{"headline":7}',
      type: "DATA",
    },
  ]);
  expect(peer().said).toEqual([{ type: "ACK", payload: { eventID: "evt_1" } }]);
  expect(client.since).toBe("evt_2");
  expect(client.stats()).toMatchObject({ events: 1, invalid: 1 });
});

test("an asynchronous schema keeps the order of the wire, and since keeps pace with what was told", async () => {
  const { clock, client, peer, all } = scripted({
    schema: schemaOf<number>(
      (value) =>
        new Promise((resolve) => clock.setTimer(() => resolve({ value: value as number }), Number(value))),
    ),
  });
  await clock.until(client.connect());
  for (const delayMs of [300, 100, 200]) peer().say(data(`evt_${delayMs}`, delayMs));
  await clock.advance(290);
  expect(client.since).toBe("evt_c0");
  await clock.advance(1_000);
  expect(all("event").map(({ payload }) => payload)).toEqual([300, 100, 200]);
  expect(client.since).toBe("evt_200");
});

test.each([
  [
    "throws",
    () => {
      throw new Error("broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("broken"))],
  ["gives nonsense", () => undefined as never],
  ["promises nonsense", () => Promise.resolve(undefined as never)],
])("a schema that %s makes its payload invalid, and does no more harm", async (_what, validate) => {
  const { clock, client, peer, all } = scripted({ schema: schemaOf<unknown>(validate) });
  await clock.until(client.connect());
  peer().say(data("evt_1", 1));
  peer().say(data("evt_2", 2));
  await clock.advance(5);
  expect(all("invalid").map(({ reason }) => reason)).toEqual([
    expect.stringContaining("The schema failed: "),
    expect.stringContaining("The schema failed: "),
  ]);
  expect(client.phase).toBe("ready");
});

test("what waits for a schema at the end is told as dropped, and never told as an event", async () => {
  const { clock, client, peer, all } = scripted({
    schema: schemaOf<unknown>(
      (value) => new Promise((resolve) => clock.setTimer(() => resolve({ value }), 60_000)),
    ),
  });
  await clock.until(client.connect());
  peer().say(data("evt_1", 1));
  peer().say(data("evt_2", 2));
  await clock.advance(5);
  await clock.until(client.close());
  await clock.advance(200_000);
  expect(all("event")).toEqual([]);
  expect(all("dropped")).toEqual([{ count: 2, why: "it was closed while the schema looked at them" }]);
});

test("1,024 may wait for a schema, and the next is refused", () => {
  const checks = new PayloadChecks(schemaOf<unknown>(() => new Promise(() => {})));
  const took = Array.from({ length: 1_025 }, (_, n) => checks.take(n, () => {}));
  expect(took.filter(Boolean)).toHaveLength(1_024);
  expect(took.at(-1)).toBe(false);
  expect(checks.clear()).toBe(1_024);
});
