import fc from "fast-check";
import { expect, test } from "vitest";
import { data, scripted } from "../../../../../tests/support/channel-script.ts";

const TYPES = [
  "CONNECTED",
  "DATA",
  "PING",
  "PRESENCE:JOINED",
  "PRESENCE:UPDATED",
  "PRESENCE:LEFT",
  "ERROR",
  "shout",
];
const clientID = fc.oneof(
  fc.constantFrom("client_0", "client_a", "__proto__", "constructor"),
  fc.jsonValue(),
);
const payload = fc.oneof(
  fc.record({ clientID, presence: fc.jsonValue() }, { requiredKeys: [] }),
  fc.record({ members: fc.array(fc.record({ clientID, presence: fc.jsonValue() }, { requiredKeys: [] })) }),
  fc.record({ message: fc.jsonValue(), code: fc.jsonValue() }),
  fc.jsonValue(),
);
const frame = fc.oneof(
  fc
    .record(
      {
        type: fc.oneof(fc.constantFrom(...TYPES), fc.jsonValue()),
        payload,
        eventID: fc.oneof(fc.constantFrom("evt_1", "evt_2"), fc.jsonValue()),
        clientID,
        latency: fc.jsonValue(),
        requires_ack: fc.oneof(fc.boolean(), fc.jsonValue()),
        replayed: fc.jsonValue(),
        recovered: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((message) => JSON.stringify(message)),
  fc.string(),
);

test("S24 whatever a server says, the connection goes on, nothing throws, and every frame is accounted for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 30 }), async (frames) => {
      const { clock, client, peer, all, told } = scripted();
      await clock.until(client.connect());
      for (const text of frames) peer().say(text);
      peer().say(data("evt_last", "still here", { requires_ack: true }));
      await clock.advance(5);
      expect(client.phase).toBe("ready");
      expect(all("error")).toEqual([]);
      expect(all("event").at(-1)).toMatchObject({ payload: "still here" });
      expect(peer().said.at(-1)).toEqual({ type: "ACK", payload: { eventID: "evt_last" } });
      const { events, duplicates, invalid, unknown } = client.stats();
      const heard = told.filter(([name]) => ["joined", "updated", "left", "refused"].includes(name)).length;
      const pongs = peer().said.filter((said) => (said as { type: string }).type === "PONG").length;
      expect(events + duplicates + invalid + unknown + heard + pongs).toBeLessThanOrEqual(frames.length + 1);
      // A PRESENCE:LEFT of somebody who is not there is all that leaves no trace.
      const lefts = frames.filter((text) => text.includes('"PRESENCE:LEFT"')).length;
      expect(events + duplicates + invalid + unknown + heard + pongs + lefts).toBeGreaterThanOrEqual(
        frames.length + 1,
      );
    }),
    { numRuns: 500, seed: 1 },
  );
});
