import { beforeEach, describe, expect, test } from "vitest";
import { FakeSocket, NotingOwner, StubbornSocket } from "../../../../tests/support/session-owner.ts";
import { type CloseCause, causeOfClose } from "../socket/close-cause.ts";
import { createManualClock, createTestNetwork, type ManualClock } from "../testing/mod.ts";
import { Hub } from "./hub.ts";
import { Session } from "./session.ts";

let clock: ManualClock;
let owner: NotingOwner;
let socket: FakeSocket;
let session: Session;

beforeEach(() => {
  clock = createManualClock();
  owner = new NotingOwner(clock);
  socket = new FakeSocket();
  session = new Session(owner, "s1", socket);
});

const told = (name: string): unknown[][] => owner.of(name);

describe("its end", () => {
  test("S30 is told once when the peer closes, and again when it is gone, whatever the transport repeats", () => {
    session.startHeartbeat();
    session.onClose(causeOfClose(1001));
    session.onClose(causeOfClose(1006));
    session.drop(1000, "late");
    session.close(1000, "late");
    expect(owner.told).toEqual([["ended", "closed", 1001], ["gone"]]);
    expect(clock.pending).toBe(0);
  });

  test("is told at our own close, and the socket is gone when the peer answers", () => {
    session.close(1012, "draining");
    expect(socket.closes).toEqual([[1012, "draining"]]);
    expect(owner.told).toEqual([["ended", "local", 1012]]);
    session.onClose(causeOfClose(1012));
    expect(owner.told).toEqual([["ended", "local", 1012], ["gone"]]);
    expect(clock.pending).toBe(0);
  });

  test("S31 a peer that never answers the close is dropped 2 s later", async () => {
    session.close(1000, "bye");
    await clock.advance(1_999);
    expect(socket.terminated).toBe(0);
    await clock.advance(1);
    expect(socket.terminated).toBe(1);
    expect(owner.told).toEqual([["ended", "local", 1000], ["gone"]]);
    session.onClose(causeOfClose(1006));
    expect(owner.told).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test("nothing is pinged while a close is waited for", async () => {
    owner = new NotingOwner(clock, { pingIntervalMs: 500 });
    session = new Session(owner, "s1", socket);
    session.startHeartbeat();
    session.close(1000, "bye");
    await clock.advance(5_000);
    expect(owner.told).toEqual([["ended", "local", 1000], ["gone"]]);
  });

  test("law 2: where a runtime cannot drop a socket, it is closed and forgotten at once", () => {
    socket = new StubbornSocket();
    session = new Session(owner, "s1", socket);
    session.drop(1008, "enough");
    expect(socket.closes).toEqual([[1008, "enough"]]);
    expect(owner.told).toEqual([["ended", "local", 1008], ["gone"]]);
  });

  test("S32 a close from inside the welcome ends once", async () => {
    const network = createTestNetwork({ clock });
    network.listen("ws://server", () => (accepted) => {
      session = new Session(owner, "s1", accepted);
      session.close(1008, "no");
      return session;
    });
    const closes: CloseCause[] = [];
    const handler = { onFrame: () => {}, onClose: (cause: CloseCause) => void closes.push(cause) };
    void network.socket("ws://server", handler, { signal: new AbortController().signal });
    await clock.advance(5_000);
    expect(owner.told).toEqual([["ended", "local", 1008], ["gone"]]);
    expect(closes).toHaveLength(1);
  });

  test("S33 nothing is sent or handed on after it, and nothing throws", () => {
    session.close(1000, "bye");
    expect(session.send("late")).toBe(false);
    expect(session.sendSpliced("late")).toBe(false);
    session.onFrame("late");
    session.onPong();
    session.heard();
    session.startHeartbeat();
    session.onMute("late");
    expect(socket.sent).toEqual([]);
    expect(owner.told).toEqual([["ended", "local", 1000]]);
  });

  test("S34 a farewell that is published from it reaches the others", () => {
    const hub = new Hub<Session>(10);
    const others = [1, 2].map(() => new FakeSocket());
    const sessions = [socket, ...others].map((each, index) => new Session(owner, `s${index}`, each));
    for (const each of sessions) hub.join("room", each);
    owner.sessionEnded = (gone) => {
      hub.leaveAll(gone);
      hub.publish("room", `${gone.id} left`);
    };
    sessions[0]?.onClose(causeOfClose(1006));
    expect(others.map(({ sent }) => sent)).toEqual([["s0 left"], ["s0 left"]]);
    expect(socket.sent).toEqual([]);
    for (const each of sessions.slice(1)) each.close(1000, "");
    expect(hub.size).toBe(0);
  });
});

describe("its heartbeat", () => {
  test("S30 a peer that does not answer is told of within interval and timeout, and ends once", async () => {
    session.startHeartbeat();
    await clock.advance(25_000);
    expect(told("ping")).toHaveLength(1);
    await clock.advance(9_999);
    expect(told("mute")).toEqual([]);
    await clock.advance(1);
    expect(owner.told.slice(1)).toEqual([["mute"], ["ended", "local", 4408]]);
    await clock.advance(60_000);
    expect(told("ended")).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test("only what the owner calls an answer is one: frames and pongs are not", async () => {
    session.startHeartbeat();
    await clock.advance(25_000);
    session.onFrame("chatter");
    session.onPong();
    await clock.advance(10_000);
    expect(told("mute")).toHaveLength(1);
  });

  test("an answer keeps it, for as long as it comes", async () => {
    session.startHeartbeat();
    owner.sessionPing = () => {
      session.heard();
      return "sent";
    };
    await clock.advance(600_000);
    expect(told("mute")).toEqual([]);
    expect(session.open).toBe(true);
  });

  test("C30 a stall of our own is no proof: the peer gets a new ping", async () => {
    session.startHeartbeat();
    await clock.advance(25_000);
    await clock.stall(20_000);
    expect(told("mute")).toEqual([]);
    expect(told("ping")).toHaveLength(2);
  });

  test("a part of the interval may pass before the first ping", async () => {
    session.startHeartbeat(0.5);
    await clock.advance(12_500);
    expect(told("ping")).toHaveLength(1);
  });
});
