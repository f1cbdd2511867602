import type { Frame, Socket, SocketHandler } from "@holdfast/core";
import { createRtmServer, type RtmServer, type TeamId } from "@holdfast/core/rtm";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  seededRandom,
  type TestNetwork,
} from "@holdfast/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { type FaultKind, type FaultRates, NO_FAULTS } from "./fault-rates.ts";
import { type Faults, type FaultWatcher, withFaults } from "./faults.ts";

const LATENCY_MS = 10;

/** A client's end of a connection, dialled by hand. */
interface Dialled {
  readonly socket: Socket;
  readonly heard: Frame[];
  ended: boolean;
}

class Watched implements FaultWatcher {
  readonly log: string[] = [];
  struck(kind: FaultKind, teamId: TeamId, proven: boolean): void {
    this.log.push(`${kind} ${teamId}${proven ? "" : " unproven"}`);
  }
  arrived(teamId: TeamId): void {
    this.log.push(`arrived ${teamId}`);
  }
  duplicated(teamId: TeamId): void {
    this.log.push(`duplicated ${teamId}`);
  }
  lingered(teamId: TeamId): void {
    this.log.push(`lingered ${teamId}`);
  }
  left(teamId: TeamId): void {
    this.log.push(`left ${teamId}`);
  }
}

let clock: ManualClock;
let network: TestNetwork;
let server: RtmServer;
let faults: Faults;
let watcher: Watched;
let global: Dialled;

async function setUp(rates: Partial<FaultRates>): Promise<void> {
  clock = createManualClock();
  network = createTestNetwork({ clock, latencyMs: LATENCY_MS });
  server = createRtmServer({ url: "ws://server", clock, heartbeat: false });
  watcher = new Watched();
  faults = withFaults(server.accept, {
    ...{ rates: { ...NO_FAULTS, ...rates }, watcher, clock, random: seededRandom(1) },
  });
  network.listen("ws://server", faults.accept);
  server.addTeam(1);
  global = await dial("ws://server/global");
  faults.start();
}

async function dial(address: string): Promise<Dialled> {
  const dialled: { heard: Frame[]; ended: boolean } = { heard: [], ended: false };
  const handler: SocketHandler = {
    onFrame: (frame) => void dialled.heard.push(frame),
    onClose: () => {
      dialled.ended = true;
    },
  };
  const dialling = network.socket(address, handler, { signal: new AbortController().signal });
  dialling.catch(() => {});
  await clock.advance(3 * LATENCY_MS);
  return Object.assign(dialled, { socket: await dialling });
}

async function dialTeam(id: TeamId = 1): Promise<Dialled> {
  global.socket.send(JSON.stringify({ type: "team.connect", team_id: id }));
  await clock.advance(2 * LATENCY_MS);
  return dial(JSON.parse(String(global.heard.at(-1))).ws_url);
}

const texts = (dialled: Dialled): string[] =>
  dialled.heard.map((frame) => JSON.parse(String(frame)).text).filter((text) => text !== undefined);

describe("without rates", () => {
  beforeEach(() => setUp({}));

  test("nothing is different: frames, pings and ends pass both ways", async () => {
    const team = await dialTeam();
    expect(server.send(1, "hi")).toBe(1);
    team.socket.send('{"type":"ping","unique_id":1}');
    await clock.advance(3 * LATENCY_MS);
    expect(team.heard).toEqual([
      ...['{"type":"hello"}', '{"type":"message","text":"hi"}', '{"type":"pong","unique_id":1}'],
    ]);
    team.socket.close(1000);
    await clock.advance(3 * LATENCY_MS);
    expect(server.stats().teams[0]).toMatchObject({ sent: 1, sockets: 0 });
    expect(watcher.log).toEqual(["arrived 1", "left 1"]);
  });

  test("an address is good once, and what is no team's address goes to the server half", async () => {
    await dialTeam();
    const { ws_url: used } = JSON.parse(String(global.heard.at(-1)));
    await expect(dial(used)).rejects.toMatchObject({ closeCause: { status: 403 } });
    await expect(dial("ws://server/nowhere")).rejects.toMatchObject({ closeCause: { status: 404 } });
  });

  test("a second socket is a duplicate when the older one still answers", async () => {
    await dialTeam();
    await dialTeam();
    expect(watcher.log).toEqual(["arrived 1", "arrived 1", "duplicated 1"]);
  });

  test("a second socket is none when the client had given up the older one", async () => {
    const older = await dialTeam();
    global.socket.send(JSON.stringify({ type: "team.connect", team_id: 1 }));
    await clock.advance(2 * LATENCY_MS);
    // The end and the dial are on their way at the same time.
    older.socket.close(1000);
    await dial(JSON.parse(String(global.heard.at(-1))).ws_url);
    expect(watcher.log).toEqual(["arrived 1", "left 1", "arrived 1"]);
  });

  test("flush says how many sockets have not answered", async () => {
    await dialTeam();
    const answered = faults.flush(1000);
    await clock.advance(2 * LATENCY_MS);
    await expect(answered).resolves.toBe(0);
    network.mute("/team/");
    const silent = faults.flush(1000);
    await clock.advance(1000);
    await expect(silent).resolves.toBe(1);
  });
});

describe("drop", () => {
  beforeEach(() => setUp({ drop: 1 }));

  test("strikes only when the client has proven what it received, and nothing is sent meanwhile", async () => {
    const team = await dialTeam();
    let sent = 0;
    for (let ms = 0; ms < 3000 && !team.ended; ms++) {
      sent += server.send(1, `#${ms}`);
      await clock.advance(1);
    }
    expect(watcher.log).toEqual(["arrived 1", "drop 1"]);
    expect(texts(team)).toHaveLength(sent);
    expect(server.stats().teams[0]).toMatchObject({ sent, sockets: 0 });
    expect(server.stats().teams[0]?.missed).toBeGreaterThanOrEqual(2 * LATENCY_MS);
  });

  test("strikes a client that answers no ping after 5 s, and says so", async () => {
    await dialTeam();
    network.mute("/team/");
    await clock.advance(4000);
    expect(watcher.log).toEqual(["arrived 1"]);
    await clock.advance(4000);
    expect(watcher.log).toEqual(["arrived 1", "drop 1 unproven"]);
  });

  test("a socket that ends before the fault strikes was not struck", async () => {
    const team = await dialTeam();
    network.mute("/team/");
    await clock.advance(2000);
    expect(faults.pending).toBe(1);
    network.drop("/team/");
    await clock.advance(10_000);
    expect(faults.pending).toBe(0);
    expect([team.ended, watcher.log]).toEqual([true, ["arrived 1", "left 1"]]);
  });

  test("no socket is chosen after stop, and nothing is left running", async () => {
    await dialTeam();
    faults.stop();
    await clock.advance(60_000);
    expect(watcher.log).toEqual(["arrived 1"]);
    expect(clock.pending).toBe(0);
  });
});

describe("mute", () => {
  beforeEach(() => setUp({ mute: 1 }));

  test("is gone for the server and open for the client, and ends without a trace when the client ends it", async () => {
    const team = await dialTeam();
    await clock.advance(2000);
    expect(watcher.log).toEqual(["arrived 1", "mute 1"]);
    expect([server.stats().teams[0]?.sockets, server.send(1, "x"), faults.muted]).toEqual([0, 0, 1]);
    team.heard.length = 0;
    team.socket.send('{"type":"ping","unique_id":1}');
    await clock.advance(1000);
    expect([team.heard, team.ended]).toEqual([[], false]);
    team.socket.terminate?.();
    await clock.advance(100);
    expect(faults.muted).toBe(0);
    expect(watcher.log).toEqual(["arrived 1", "mute 1"]);
  });

  test("a socket beside a muted one is no duplicate, and the muted one lingers if it still answers", async () => {
    await dialTeam();
    await clock.advance(2000);
    faults.stop();
    await dialTeam();
    expect(watcher.log).toEqual(["arrived 1", "mute 1", "arrived 1", "lingered 1"]);
  });

  test("a muted socket that its client dropped before the next one does not linger", async () => {
    const team = await dialTeam();
    await clock.advance(2000);
    faults.stop();
    team.socket.terminate?.();
    await dialTeam();
    expect(watcher.log).toEqual(["arrived 1", "mute 1", "arrived 1"]);
  });

  test("what is still half-open at the close is dropped", async () => {
    const team = await dialTeam();
    await clock.advance(2000);
    faults.close();
    await clock.advance(100);
    expect([team.ended, faults.muted, clock.pending]).toEqual([true, 0, 0]);
  });
});

test("garbage reaches the client and is no message", async () => {
  await setUp({ garbage: 1 });
  const team = await dialTeam();
  await clock.advance(20_000);
  const struck = watcher.log.filter((line) => line === "garbage 1").length;
  expect(struck).toBeGreaterThanOrEqual(19);
  expect(team.heard.length).toBeGreaterThanOrEqual(struck);
  expect(server.stats().teams[0]).toMatchObject({ sent: 0, sockets: 1 });
});

test("a refused dial is answered with 500, and its address is still good", async () => {
  await setUp({ refuse: 1 });
  await expect(dialTeam()).rejects.toMatchObject({ closeCause: { status: 500 } });
  expect(watcher.log).toEqual(["refuse 1"]);
  faults.stop();
  await dial(JSON.parse(String(global.heard.at(-1))).ws_url);
  expect(watcher.log).toEqual(["refuse 1", "arrived 1"]);
});

test("a socket that flaps says hello, takes no message, and ends", async () => {
  await setUp({ flap: 1 });
  const team = await dialTeam();
  expect(server.send(1, "x")).toBe(0);
  await clock.advance(100);
  expect([team.heard, team.ended, watcher.log]).toEqual([['{"type":"hello"}'], true, ["flap 1"]]);
});

test("the share is what strikes in a second", async () => {
  await setUp({ mute: 0.1 });
  for (let id = 2; id <= 50; id++) server.addTeam(id);
  await clock.advance(100);
  faults.stop();
  for (let id = 1; id <= 50; id++) await dialTeam(id);
  faults.start();
  await clock.advance(2000);
  const struck = watcher.log.filter((line) => line.startsWith("mute")).length;
  // Of 50 sockets a tenth a second; muted ones are out, so that there are fewer and fewer to choose from.
  expect(struck).toBeGreaterThanOrEqual(8);
  expect(struck).toBeLessThanOrEqual(10);
});
