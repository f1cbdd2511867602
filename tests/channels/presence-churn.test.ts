import type { Socket } from "@holdfast/core";
import { createChannelServer } from "@holdfast/core/channels";
import { memoryBackplane } from "@holdfast/core/server";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  type TestNetwork,
} from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { BackplaneCable } from "../support/backplane-cable.ts";

/** What one who watches believes, built from its frames alone; a story that cannot be true is written down. */
class Observer {
  readonly present = new Map<string, unknown>();
  readonly lies: string[] = [];
  joined = 0;
  left = 0;
  id = "";

  hear(text: string): void {
    const { type, payload, clientID } = JSON.parse(text);
    const isKnown = this.present.has(payload.clientID);
    if (type === "CONNECTED") {
      this.id = clientID;
      for (const member of payload.members) this.present.set(member.clientID, member.presence);
    } else if (type === "PRESENCE:LEFT") {
      this.left++;
      if (!this.present.delete(payload.clientID))
        this.lies.push(`${payload.clientID} left, and was not there`);
    } else if (type === "PRESENCE:JOINED" || type === "PRESENCE:UPDATED") {
      if (type === "PRESENCE:JOINED") this.joined++;
      if (payload.clientID === this.id) return;
      if (isKnown === (type === "PRESENCE:JOINED"))
        this.lies.push(`${type} of ${payload.clientID}, who was ${isKnown ? "" : "not "}there`);
      this.present.set(payload.clientID, payload.presence);
    }
  }
}

/** Dials without waiting, and answers pings. */
function dial(network: TestNetwork, url: string, onText: (text: string) => void = () => {}): Promise<Socket> {
  const onFrame = (frame: unknown): void => {
    onText(String(frame));
    if (String(frame).includes('"type":"PING"')) void socket.then((to) => to.send('{"type":"PONG"}'));
  };
  const socket = network.socket(
    url,
    { onFrame, onClose: () => {} },
    { signal: new AbortController().signal },
  );
  return socket;
}

async function cluster(clock: ManualClock) {
  const network = createTestNetwork({ clock });
  const bus = memoryBackplane({ clock });
  const cables = [0, 1].map(() => new BackplaneCable(bus));
  const servers = cables.map((backplane, at) => {
    const server = createChannelServer({ clock, backplane });
    network.listen(`ws://server${at}`, server.accept);
    // One that is cut off says so.
    server.on("error", () => {});
    return server;
  });
  const observers: Observer[] = [];
  for (let at = 0; at < 6; at++) {
    const observer = new Observer();
    observers.push(observer);
    void dial(network, `ws://server${at % 2}/news/listen`, (text) => observer.hear(text));
    await clock.advance(10);
  }
  return { network, cables, servers, observers };
}

const SECONDS = 5;

test("S44 S45 S46 1,000 joins and leaves a second on two servers: every view is true at all times, and right at the end", async () => {
  const clock = createManualClock();
  const { network, servers, observers } = await cluster(clock);
  const here: Socket[] = [];
  for (let n = 0; n < SECONDS * 1_000; n++) {
    const presence = encodeURIComponent(JSON.stringify({ n }));
    void dial(network, `ws://server${n % 2}/news/listen?presence=${presence}`).then((socket) => {
      // One in five says more of itself, one in five leaves in the moment of coming.
      if (n % 5 === 0) socket.send(JSON.stringify({ type: "PRESENCE", payload: { n, more: true } }));
      if (n % 5 === 1) socket.close(1000, "");
      else here.push(socket);
    });
    await clock.advance(1);
    if (here.length < 20) continue;
    const socket = here.shift();
    // Half of them go without a word.
    if (n % 2 === 0) socket?.close(1000, "");
    else socket?.terminate?.();
  }
  await clock.advance(100);
  const members = await Promise.all(servers.map((server) => server.members("news")));
  const idsOf = (at: number): string[] => members[at]?.map(({ clientID }) => clientID).toSorted() ?? [];
  expect(idsOf(0)).toEqual(idsOf(1));
  expect(idsOf(0)).toHaveLength(observers.length + here.length);
  for (const observer of observers) {
    expect(observer.lies).toEqual([]);
    expect([...observer.present.keys(), observer.id].toSorted()).toEqual(idsOf(0));
    const presences = new Map(members[0]?.map(({ clientID, presence }) => [clientID, presence]));
    for (const [id, presence] of observer.present) expect(presence).toEqual(presences.get(id));
    expect(observer.joined - observer.left).toBeGreaterThanOrEqual(here.length);
    expect(observer.joined).toBeGreaterThanOrEqual(SECONDS * 1_000);
  }
  for (const socket of here) socket.close(1000, "");
  await clock.advance(100);
  for (const observer of observers) expect(observer.present.size).toBe(observers.length - 1);
  await Promise.all(servers.map((server) => server.close()));
  expect(servers.map((server) => server.stats().timers)).toEqual([0, 0]);
});

test("S44 a server that is killed in the middle of it leaves no ghosts: its members are gone within their lease", async () => {
  const clock = createManualClock();
  const { network, cables, servers, observers } = await cluster(clock);
  for (let n = 0; n < 200; n++) {
    void dial(network, `ws://server${n % 2}/news/listen`);
    // Cut off with some of its joins on their way.
    if (n === 150 && cables[1] !== undefined) cables[1].cut = true;
    await clock.advance(1);
  }
  network.mute("server1");
  const survivors = observers.filter((_, at) => at % 2 === 0);
  await clock.advance(60_000);
  // Nobody is left but the three who watch, and the hundred, of the server that lives.
  const ids = (await servers[0]?.members("news"))?.map(({ clientID }) => clientID).toSorted();
  expect(ids).toHaveLength(103);
  for (const observer of survivors) {
    expect(observer.lies).toEqual([]);
    expect([...observer.present.keys(), observer.id].toSorted()).toEqual(ids);
  }
  await Promise.all(servers.map((server) => server.close()));
});
