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

function lineWith(outbox: OutboxOptions = {}): Line {
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
      return state.up ? { attempt: { id: state.id }, socket, ready: state.ready } : undefined;
    },
    get ended() {
      return state.ended;
    },
    write: (frame) => state.up && socket.send(frame),
    dropped: (count, why) => void drops.push(`${count}: ${why}`),
  };
  return { clock, sender: new Sender(owner), wire, drops, socket: behaviour, state };
}

let line: Line;
beforeEach(() => {
  line = lineWith();
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
    expect(line.sender.send("a", {})).toBe("sent");
    expect([line.wire, line.sender.queued]).toEqual([["a"], 0]);
    expect(line.clock.pending).toBe(0);
  });

  test("C58 above the high-water mark messages are kept, and sent in order once there is room", async () => {
    line = lineWith({ highWaterBytes: 100 });
    line.socket.bufferedAmount = 100;
    expect(line.sender.send("a", {})).toBe("sent");
    line.socket.bufferedAmount = 101;
    expect(["b", "c"].map((frame) => line.sender.send(frame, {}))).toEqual(["queued", "queued"]);
    await clockTurns(5);
    expect(line.wire).toEqual(["a"]);
    line.socket.bufferedAmount = 0;
    expect(line.sender.send("d", {})).toBe("queued");
    await clockTurns(1);
    expect(line.wire).toEqual(["a", "b", "c", "d"]);
    expect([line.sender.queued, line.clock.pending]).toEqual([0, 0]);
  });

  test("C58 a slow peer does not make memory grow: the buffer and the outbox have their bounds", async () => {
    line = lineWith({ highWaterBytes: 10, maxMessages: 5 });
    line.socket.perFrame = 10;
    const outcomes = Array.from({ length: 20 }, () => line.sender.send("0123456789", {}));
    expect(outcomes.filter((outcome) => outcome === "sent")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "queued")).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === "rejected")).toHaveLength(13);
    await clockTurns(100);
    expect(line.wire).toHaveLength(2);
    line.socket.bufferedAmount = 0;
    await clockTurns(1);
    expect(line.wire).toHaveLength(4);
  });

  test("C57 a socket that takes nothing any more: kept for it, then reported as lost with it", () => {
    line.socket.takes = false;
    expect(line.sender.send("a", {})).toBe("queued");
    line.state.up = false;
    line.sender.lose(1);
    expect(line.drops).toEqual(["1: the connection they were meant for is gone"]);
    expect([line.wire, line.sender.queued, line.clock.pending]).toEqual([[], 0, 0]);
  });
});

describe("C53 while it is not", () => {
  test("messages are kept, and sent in order once it is", () => {
    line.state.up = false;
    expect(["a", "b"].map((frame) => line.sender.send(frame, {}))).toEqual(["queued", "queued"]);
    expect(line.clock.pending).toBe(0);
    line.state.up = true;
    line.sender.drain();
    expect(line.wire).toEqual(["a", "b"]);
  });

  test("an open socket is not enough", () => {
    line.state.ready = false;
    expect(line.sender.send("a", {})).toBe("queued");
    expect(line.wire).toEqual([]);
  });

  test("policy `reject` keeps nothing", () => {
    line = lineWith({ policy: "reject" });
    line.state.up = false;
    expect(line.sender.send("a", {})).toBe("rejected");
    expect(line.sender.queued).toBe(0);
  });

  test("policy `queue` refuses when full, and says so", () => {
    line = lineWith({ maxMessages: 1 });
    line.state.up = false;
    expect(["a", "b"].map((frame) => line.sender.send(frame, {}))).toEqual(["queued", "rejected"]);
    expect(line.drops).toEqual([]);
  });

  test("policy `drop-oldest` drops the oldest, and reports it", () => {
    line = lineWith({ maxMessages: 1, policy: "drop-oldest" });
    line.state.up = false;
    expect(["a", "b"].map((frame) => line.sender.send(frame, {}))).toEqual(["queued", "queued"]);
    expect(line.drops).toEqual(["1: the outbox was full"]);
  });

  test("C57 a closing or closed connection refuses, whatever the message", () => {
    Object.assign(line.state, { up: false, ended: true });
    for (const options of [{}, { replay: true }]) {
      expect(line.sender.send("a", options)).toBe("rejected");
    }
    expect([line.sender.queued, line.clock.pending]).toEqual([0, 0]);
  });
});

describe("when an attempt is lost", () => {
  test("C55 what waited for its socket is not sent on the next, but for what may be replayed", () => {
    line.socket.bufferedAmount = Number.POSITIVE_INFINITY;
    line.sender.send("a", {});
    line.sender.send("b", { replay: true });
    line.sender.send("c", {});
    line.state.up = false;
    line.sender.send("d", {});
    line.socket.bufferedAmount = 0;
    reconnect(line);
    expect(line.wire).toEqual(["b", "d"]);
    expect(line.drops).toEqual(["2: the connection they were meant for is gone"]);
  });

  test("C56 in the middle of a flush: what went out is not repeated, the rest goes to the next", async () => {
    line.state.up = false;
    for (const frame of ["a", "b", "c"]) line.sender.send(frame, {});
    line.state.up = true;
    Object.assign(line.socket, { perFrame: 2_000_000 });
    line.sender.drain();
    expect(line.wire).toEqual(["a"]);
    line.state.up = false;
    Object.assign(line.socket, { perFrame: 0, bufferedAmount: 0 });
    reconnect(line);
    expect([line.wire, line.drops]).toEqual([["a", "b", "c"], []]);
    await clockTurns(10);
    expect(line.wire).toHaveLength(3);
  });

  test("C26 it leaves no timer", () => {
    line.socket.bufferedAmount = Number.POSITIVE_INFINITY;
    line.sender.send("a", { replay: true });
    expect(line.clock.pending).toBe(1);
    line.state.up = false;
    line.sender.lose(1);
    expect([line.sender.queued, line.clock.pending]).toEqual([1, 0]);
  });
});

test("C54 what waited goes out before what is sent once it is ready", () => {
  line.state.up = false;
  line.sender.send("waited", {});
  line.state.up = true;
  line.sender.drain();
  line.sender.send("in the handler", {});
  expect(line.wire).toEqual(["waited", "in the handler"]);
});

test("C54 what is sent while the rest of a flush still waits goes after it", async () => {
  line.state.up = false;
  for (const frame of ["a", "b"]) line.sender.send(frame, {});
  line.state.up = true;
  line.socket.perFrame = 2_000_000;
  line.sender.drain();
  expect(line.sender.send("c", {})).toBe("queued");
  line.socket.perFrame = 0;
  line.socket.bufferedAmount = 0;
  await clockTurns(1);
  expect(line.wire).toEqual(["a", "b", "c"]);
});

test("C57 the end drops what waits, and reports it once", async () => {
  line.state.up = false;
  for (const frame of ["a", "b"]) line.sender.send(frame, { replay: true });
  Object.assign(line.state, { ended: true });
  line.sender.close();
  line.sender.close();
  await clockTurns(10);
  expect(line.drops).toEqual(["2: the connection was closed"]);
  expect([line.sender.queued, line.clock.pending]).toEqual([0, 0]);
});

/** As many looks at a full buffer. */
const clockTurns = (turns: number): Promise<void> => line.clock.advance(20 * turns);
