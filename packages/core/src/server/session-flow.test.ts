import { beforeEach, describe, expect, test } from "vitest";
import { FakeSocket, NotingOwner } from "../../../../tests/support/session-owner.ts";
import { createManualClock, type ManualClock } from "../testing/mod.ts";
import type { ServerLimits } from "./limits.ts";
import { Session } from "./session.ts";

let clock: ManualClock;
let owner: NotingOwner;
let socket: FakeSocket;
let session: Session;

function welcome(limits: Partial<ServerLimits> = {}): void {
  clock = createManualClock();
  owner = new NotingOwner(clock, limits);
  socket = new FakeSocket();
  session = new Session(owner, "s1", socket);
}

const told = (name: string): unknown[][] => owner.of(name);

beforeEach(() => welcome());

describe("what comes in", () => {
  test("S15 a message at the limit is handed on; one byte over it closes with 1009", () => {
    welcome({ maxMessageBytes: 10 });
    session.onFrame("x".repeat(9));
    session.onFrame("x".repeat(10));
    session.onFrame("é".repeat(5));
    session.onFrame(new Uint8Array(10));
    expect(told("frame")).toHaveLength(4);
    session.onFrame("é".repeat(5).concat("x"));
    expect(socket.closes[0]?.[0]).toBe(1009);
    expect(told("frame")).toHaveLength(4);
  });

  test("S26 the burst is taken, one more is dropped and told, and then the pace is kept", async () => {
    for (let sent = 0; sent < 99; sent++) session.onFrame("x");
    session.onFrame("x");
    expect(told("frame")).toHaveLength(100);
    expect(told("flooded")).toEqual([]);
    session.onFrame("x");
    expect(told("frame")).toHaveLength(100);
    expect(told("flooded")).toEqual([["flooded", 1]]);
    await clock.advance(1_000);
    for (let sent = 0; sent < 60; sent++) session.onFrame("x");
    expect(told("frame")).toHaveLength(150);
    expect(told("flooded")).toEqual([
      ["flooded", 1],
      ["flooded", 1],
    ]);
    await clock.advance(1_000);
    for (let sent = 0; sent < 51; sent++) session.onFrame("x");
    // With the next message that is taken; and what is left, when it ends.
    expect(told("flooded").at(-1)).toEqual(["flooded", 9]);
    session.onClose({ kind: "abnormal", message: "gone" });
    expect(told("flooded").at(-1)).toEqual(["flooded", 1]);
    expect(owner.dropped).toBe(12);
  });

  test("S26 ten seconds of a flood close with 1008, and are told once a second", async () => {
    let sent = 0;
    const flood = (frames: number): void => {
      for (; frames > 0 && session.open; frames--, sent++) session.onFrame("x");
    };
    flood(101);
    for (let ms = 0; ms < 9_999; ms++) {
      await clock.advance(1);
      flood(2);
    }
    expect(session.open).toBe(true);
    expect(told("flooded")).toHaveLength(10);
    await clock.advance(1);
    flood(2);
    expect(socket.closes[0]?.[0]).toBe(1008);
    const dropped = told("flooded").reduce((sum, [, count]) => sum + Number(count), 0);
    expect(told("frame").length + dropped).toBe(sent);
  });

  test("a flood that pauses for more than a second begins anew", async () => {
    for (let round = 0; round < 30; round++) {
      for (let sent = 0; sent < 200; sent++) session.onFrame("x");
      await clock.advance(1_001);
    }
    expect(session.open).toBe(true);
  });

  test("a peer at exactly the pace is never dropped", async () => {
    for (let sent = 0; sent < 2_000; sent++) {
      session.onFrame("x");
      await clock.advance(20);
    }
    expect(told("frame")).toHaveLength(2_000);
  });

  test("decision 10: the tenth mistake within a minute is the last", async () => {
    const within = Array.from({ length: 9 }, () => session.mistake());
    expect(within).toEqual(Array(9).fill(false));
    expect(session.mistake()).toBe(true);
    welcome();
    for (let count = 0; count < 9; count++) session.mistake();
    await clock.advance(60_000);
    expect(session.mistake()).toBe(false);
    welcome();
    for (let count = 0; count < 9; count++) session.mistake();
    await clock.advance(59_999);
    expect(session.mistake()).toBe(true);
  });
});

describe("what goes out", () => {
  test("a shared head goes with the tail of its own", () => {
    session.tail = ',"clientID":"a"}';
    expect(session.sendSpliced('{"type":"DATA"')).toBe(true);
    expect(socket.sent).toEqual(['{"type":"DATA","clientID":"a"}']);
  });

  test.each([
    [999, true],
    [1_000, true],
    [1_001, false],
  ])("S27 with %i bytes waiting and a limit of 1000 a frame is taken: %s", async (waiting, taken) => {
    welcome({ maxQueueBytes: 1_000 });
    socket.bufferedAmount = waiting;
    expect(session.send("x")).toBe(taken);
    expect(socket.closes.map(([code]) => code)).toEqual(taken ? [] : [1013]);
    // Not from inside the send: a fan-out is under way.
    expect(owner.told).toEqual([]);
    await clock.settle();
    expect(owner.told).toEqual(taken ? [] : [["ended", "local", 1013]]);
    if (taken) return;
    await clock.advance(1_999);
    expect(socket.terminated).toBe(0);
    await clock.advance(1);
    expect(socket.terminated).toBe(1);
    expect(told("gone")).toHaveLength(1);
  });

  test("S27 one that is dropped in the same turn has ended before it is gone", async () => {
    socket.bufferedAmount = 2_000_000;
    session.send("x");
    session.drop(1000, "the server is closed");
    expect(owner.told).toEqual([["ended", "local", 1013], ["gone"]]);
    await clock.settle();
    expect(owner.told).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test("S27 what waits and makes no progress for 10 s closes with 1013", async () => {
    socket.keeps = true;
    session.send("hello");
    await clock.advance(9_999);
    expect(session.open).toBe(true);
    await clock.advance(1);
    expect(socket.closes[0]?.[0]).toBe(1013);
    expect(told("ended")).toEqual([["ended", "local", 1013]]);
  });

  test("S27 progress is seen between sends, also where more is put in than went", async () => {
    socket.keeps = true;
    for (let second = 0; second < 60; second++) {
      session.send("x".repeat(100));
      await clock.advance(1_000);
      socket.bufferedAmount -= 50;
    }
    expect(session.open).toBe(true);
    await clock.advance(9_999);
    expect(session.open).toBe(true);
    await clock.advance(2_001);
    expect(session.open).toBe(false);
  });

  test("S27 what is put in is no progress", async () => {
    socket.keeps = true;
    for (let second = 0; second < 10; second++) {
      session.send("x");
      await clock.advance(1_000);
    }
    expect(session.open).toBe(false);
  });

  test("a queue that went, and fills again, has its time anew; an empty one arms nothing", async () => {
    socket.keeps = true;
    session.send("x");
    await clock.advance(9_000);
    socket.bufferedAmount = 0;
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);
    session.send("x");
    await clock.advance(9_999);
    expect(session.open).toBe(true);
    await clock.advance(1);
    expect(session.open).toBe(false);
  });

  test("a queue that emptied unseen and filled again has its time anew", async () => {
    socket.keeps = true;
    session.send("x");
    await clock.advance(9_000);
    socket.bufferedAmount = 0;
    session.send("x");
    await clock.advance(9_999);
    expect(session.open).toBe(true);
    await clock.advance(1);
    expect(session.open).toBe(false);
  });

  test("an idle session holds no timer of its own", () => {
    session.send("x");
    expect(clock.pending).toBe(0);
  });
});
