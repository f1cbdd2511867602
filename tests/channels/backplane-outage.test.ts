import { memoryBackplane } from "@holdfast/core/server";
import { createManualClock, createTestNetwork } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { BackplaneCable } from "../support/backplane-cable.ts";
import { channelRig, type RawListener } from "../support/channel-rig.ts";

const numbers = (peer: RawListener): unknown[] => peer.of("DATA").map(({ payload }) => payload);

test("S57 S59 S60 a backplane that is down for a minute: each server serves its own, says so, and nothing is doubled afterwards", async () => {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const bus = memoryBackplane({ clock });
  const cables = [0, 1].map(() => new BackplaneCable(bus));
  const [a, b] = cables.map((backplane, at) => {
    const limits = { pingIntervalMs: 600_000 };
    return channelRig({ backplane, limits }, { clock, network, host: `server${at}` });
  }) as [ReturnType<typeof channelRig>, ReturnType<typeof channelRig>];
  const told: string[] = [];
  const errors: string[] = [];
  b.server.on("error", ({ message }) => errors.push(message));
  b.server.on("health", ({ status }) => told.push(status));
  const [here, there] = [await a.listen(), await b.listen()];
  await clock.advance(10);
  expect(await clock.until(b.server.health())).toMatchObject({ status: "ok" });

  const cable = cables[1] as BackplaneCable;
  cable.cut = true;
  for (let n = 1; n <= 60; n++) {
    const [first, second] = [a.server.emit("news", n), b.server.emit("news", -n)];
    await clock.advance(1_000);
    expect([(await first).delivered, (await second).delivered]).toEqual([1, 1]);
  }
  const counted = Array.from({ length: 60 }, (_, at) => at + 1);
  expect([numbers(here), numbers(there)]).toEqual([counted, counted.map((n) => -n)]);
  expect(await clock.until(b.server.health())).toMatchObject({
    status: "degraded",
    backplane: { ok: false },
  });
  // Who can only be reached over there gets nothing, is not waited for, and nothing else is said.
  const aimed = { clients: [here.id] };
  expect(await clock.until(b.server.emit("news", -61, aimed))).toMatchObject({ delivered: 0 });
  expect(await clock.until(b.server.emit("news", -62, { ...aimed, requireAck: true }))).toMatchObject({
    ...{ code: "CLIENTS_LEFT", delivered: 0, acked: [], left: [here.id] },
  });

  cable.cut = false;
  await clock.advance(60_000);
  expect(await clock.until(b.server.health())).toMatchObject({ status: "ok" });
  // Told once each, and not with every frame.
  expect(told).toEqual(["degraded", "ok"]);
  expect(errors).toEqual(["Publication failed: no route"]);
  const both = a.server.emit("news", 1_000);
  await clock.advance(10);
  expect((await both).delivered).toBe(2);
  for (const peer of [here, there]) {
    const heard = numbers(peer);
    expect(heard.at(-1)).toBe(1_000);
    expect(new Set(heard).size).toBe(heard.length);
  }
  const ids = (await a.server.members("news")).map(({ clientID }) => clientID);
  expect(ids.toSorted()).toEqual([here.id, there.id].toSorted());
  await Promise.all([a.server.close(), b.server.close()]);
});
