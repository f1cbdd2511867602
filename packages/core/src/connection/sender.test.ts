import { beforeEach, describe, expect, test } from "vitest";
import type { Frame, Socket } from "../socket/socket.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import type { OutboxOptions } from "./outbox.ts";
import { Sender, type SenderOwner } from "./sender.ts";
import { linkSettings } from "./settings.ts";

interface Line {
  clock: ManualClock;
  sender: Sender;
  /** What reached the socket. */
  wire: Frame[];
  drops: string[];
  /** How the socket behaves. */
  socket: { bufferedAmount: number; takes: boolean; perFrame: number };
  /** The connection: its attempt, or none; and whether it ended. */
  state: { id: number; ready: boolean; up: boolean; ended: boolean };
}

function line(outbox: OutboxOptions = {}): Line {
  const clock = createManualClock();
  const wire: Frame[] = [];
  const drops: string[] = [];
  const state = { id: 1, ready: true, up: true, ended: false };
  const behaviour = { bufferedAmount: 0, takes: true, perFrame: 0 };
  const socket: Socket = {
    get bufferedAmount() {
      return behaviour.bufferedAmount;
    },
    send(frame) {
      if (!behaviour.takes) return false;
      behaviour.bufferedAmount += behaviour.perFrame;
      return wire.push(frame) > 0;
    },
    close() {},
  };
  const owner: SenderOwner = {
    settings: linkSettings({ socket: () => new Promise(() => {}), clock, outbox }),
    get open() {
      return state.up ? { id: state.id, socket, ready: state.ready } : undefined;
    },
    get ended() {
      return state.ended;
    },
    dropped: (count, why) => void drops.push(`${count}: ${why}`),
  };
  return { clock, sender: new Sender(owner), wire, drops, socket: behaviour, state };
}

let it: Line;
beforeEach(() => {
  it = line();
});
/** The attempt is gone, and the next one is ready. */
function reconnect(one: Line): void {
  one.sender.lose(one.state.id);
  one.state.id++;
  one.state.up = true;
  one.sender.drain();
}

describe("while the connection is ready", () => {
  test("a message goes straight to the socket", () => {
    expect(it.sender.send("a", {})).toBe("sent");
    expect([it.wire, it.sender.sent, it.sender.queued]).toEqual([["a"], 1, 0]);
    expect(it.clock.pending).toBe(0);
  });

  test("C58 above the high-water mark messages are kept, and sent in order once there is room", async () => {
    it = line({ highWaterBytes: 100 });
    it.socket.bufferedAmount = 100;
    expect(it.sender.send("a", {})).toBe("sent");
    it.socket.bufferedAmount = 101;
    expect(["b", "c"].map((frame) => it.sender.send(frame, {}))).toEqual(["queued", "queued"]);
    await clockTurns(5);
    expect(it.wire).toEqual(["a"]);
    it.socket.bufferedAmount = 0;
    expect(it.sender.send("d", {})).toBe("queued");
    await clockTurns(1);
    expect(it.wire).toEqual(["a", "b", "c", "d"]);
    expect([it.sender.queued, it.clock.pending]).toEqual([0, 0]);
  });

  test("C58 a slow peer does not make memory grow: the buffer and the outbox have their bounds", async () => {
    it = line({ highWaterBytes: 10, maxMessages: 5 });
    it.socket.perFrame = 10;
    const outcomes = Array.from({ length: 20 }, () => it.sender.send("0123456789", {}));
    expect(outcomes.filter((outcome) => outcome === "sent")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "queued")).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === "rejected")).toHaveLength(13);
    await clockTurns(100);
    expect(it.wire).toHaveLength(2);
    it.socket.bufferedAmount = 0;
    await clockTurns(1);
    expect(it.wire).toHaveLength(4);
  });

  test("C34 an urgent message passes all that is queued, and the high-water mark", () => {
    it.socket.bufferedAmount = Number.POSITIVE_INFINITY;
    it.sender.send("a", {});
    expect(it.sender.send("now", { urgent: true })).toBe("sent");
    expect([it.wire, it.sender.queued]).toEqual([["now"], 1]);
  });

  test("C57 a socket that takes nothing any more: kept for it, then reported as lost with it", () => {
    it.socket.takes = false;
    expect(it.sender.send("now", { urgent: true })).toBe("rejected");
    expect(it.sender.send("a", {})).toBe("queued");
    it.state.up = false;
    it.sender.lose(1);
    expect(it.drops).toEqual(["1: the connection they were meant for is gone"]);
    expect([it.wire, it.sender.queued, it.clock.pending]).toEqual([[], 0, 0]);
  });
});

describe("C53 while it is not", () => {
  test("messages are kept, and sent in order once it is", () => {
    it.state.up = false;
    expect(["a", "b"].map((frame) => it.sender.send(frame, {}))).toEqual(["queued", "queued"]);
    expect(it.clock.pending).toBe(0);
    it.state.up = true;
    it.sender.drain();
    expect([it.wire, it.sender.sent]).toEqual([["a", "b"], 2]);
  });

  test("an open socket is not enough, but for what is urgent", () => {
    it.state.ready = false;
    expect(it.sender.send("a", {})).toBe("queued");
    expect(it.sender.send("login", { urgent: true })).toBe("sent");
    expect(it.wire).toEqual(["login"]);
  });

  test("policy `reject` keeps nothing", () => {
    it = line({ policy: "reject" });
    it.state.up = false;
    expect(it.sender.send("a", {})).toBe("rejected");
    expect(it.sender.queued).toBe(0);
  });

  test("policy `queue` refuses when full, and says so", () => {
    it = line({ maxMessages: 1 });
    it.state.up = false;
    expect(["a", "b"].map((frame) => it.sender.send(frame, {}))).toEqual(["queued", "rejected"]);
    expect(it.drops).toEqual([]);
  });

  test("policy `drop-oldest` drops the oldest, and reports it", () => {
    it = line({ maxMessages: 1, policy: "drop-oldest" });
    it.state.up = false;
    expect(["a", "b"].map((frame) => it.sender.send(frame, {}))).toEqual(["queued", "queued"]);
    expect(it.drops).toEqual(["1: the outbox was full"]);
  });

  test("C57 a closing or closed connection refuses, whatever the message", () => {
    Object.assign(it.state, { up: false, ended: true });
    for (const options of [{}, { urgent: true }, { replay: true }]) {
      expect(it.sender.send("a", options)).toBe("rejected");
    }
    expect([it.sender.queued, it.clock.pending]).toEqual([0, 0]);
  });
});

describe("when an attempt is lost", () => {
  test("C55 what waited for its socket is not sent on the next, but for what may be replayed", () => {
    it.socket.bufferedAmount = Number.POSITIVE_INFINITY;
    it.sender.send("a", {});
    it.sender.send("b", { replay: true });
    it.sender.send("c", {});
    it.state.up = false;
    it.sender.send("d", {});
    it.socket.bufferedAmount = 0;
    reconnect(it);
    expect(it.wire).toEqual(["b", "d"]);
    expect(it.drops).toEqual(["2: the connection they were meant for is gone"]);
  });

  test("C56 in the middle of a flush: what went out is not repeated, the rest goes to the next", async () => {
    it.state.up = false;
    for (const frame of ["a", "b", "c"]) it.sender.send(frame, {});
    it.state.up = true;
    Object.assign(it.socket, { perFrame: 2_000_000 });
    it.sender.drain();
    expect(it.wire).toEqual(["a"]);
    it.state.up = false;
    Object.assign(it.socket, { perFrame: 0, bufferedAmount: 0 });
    reconnect(it);
    expect([it.wire, it.drops]).toEqual([["a", "b", "c"], []]);
    await clockTurns(10);
    expect(it.wire).toHaveLength(3);
  });

  test("C26 it leaves no timer", () => {
    it.socket.bufferedAmount = Number.POSITIVE_INFINITY;
    it.sender.send("a", { replay: true });
    expect(it.clock.pending).toBe(1);
    it.state.up = false;
    it.sender.lose(1);
    expect([it.sender.queued, it.clock.pending]).toEqual([1, 0]);
  });
});

test("C54 what waited goes out before what is sent once it is ready", () => {
  it.state.up = false;
  it.sender.send("waited", {});
  it.state.up = true;
  it.sender.drain();
  it.sender.send("in the handler", {});
  expect(it.wire).toEqual(["waited", "in the handler"]);
});

test("C54 what is sent while the rest of a flush still waits goes after it", async () => {
  it.state.up = false;
  for (const frame of ["a", "b"]) it.sender.send(frame, {});
  it.state.up = true;
  it.socket.perFrame = 2_000_000;
  it.sender.drain();
  expect(it.sender.send("c", {})).toBe("queued");
  it.socket.perFrame = 0;
  it.socket.bufferedAmount = 0;
  await clockTurns(1);
  expect(it.wire).toEqual(["a", "b", "c"]);
});

test("C57 the end drops what waits, and reports it once", async () => {
  it.state.up = false;
  for (const frame of ["a", "b"]) it.sender.send(frame, { replay: true });
  Object.assign(it.state, { ended: true });
  it.sender.close();
  it.sender.close();
  await clockTurns(10);
  expect(it.drops).toEqual(["2: the connection was closed"]);
  expect([it.sender.queued, it.clock.pending]).toEqual([0, 0]);
});

/** As many looks at a full buffer. */
const clockTurns = (turns: number): Promise<void> => it.clock.advance(20 * turns);
