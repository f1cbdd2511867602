import type { CloseCause, Frame, SocketHandler } from "@holdfast/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NativeSocket } from "./native-socket.ts";

/** What Deno's server hands out, as far as `NativeSocket` uses it. */
class FakeWebSocket extends EventTarget {
  readyState = 1;
  bufferedAmount = 0;
  readonly send = vi.fn();
  readonly close = vi.fn(() => {
    this.readyState = 2;
  });

  say(type: string, fields: object): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function opened(): { fake: FakeWebSocket; socket: NativeSocket; ends: CloseCause[]; frames: Frame[] } {
  const fake = new FakeWebSocket();
  const limits = { maxMessageBytes: 10, closeTimeoutMs: 1_000 };
  const socket = new NativeSocket(fake as unknown as WebSocket, limits);
  const ends: CloseCause[] = [];
  const frames: Frame[] = [];
  const handler: SocketHandler = {
    onFrame: (frame) => frames.push(frame),
    onClose: (cause) => ends.push(cause),
  };
  socket.handler = handler;
  return { fake, socket, ends, frames };
}

it("S30 a lost peer, which Deno reports twice, is told once, with what Deno said of it", () => {
  const { fake, ends } = opened();
  fake.say("error", { message: "No response from ping frame." });
  fake.say("close", { code: 1001, reason: "No response from ping frame." });
  fake.say("close", { code: 1005, reason: "" });
  expect(ends).toHaveLength(1);
});

it("keeps what Deno said of an end without a code", () => {
  const { fake, ends } = opened();
  fake.say("error", { message: "Unexpected EOF" });
  fake.say("close", { code: 0, reason: "" });
  expect(ends).toEqual([{ kind: "abnormal", message: "Connection ended: Unexpected EOF" }]);
});

it("S31 a close that is never answered is told after its timeout, and not again when the end comes", () => {
  const { fake, socket, ends } = opened();
  socket.close(4000, "bye");
  expect(fake.close).toHaveBeenCalledWith(4000, "bye");
  vi.advanceTimersByTime(999);
  expect(ends).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ends).toMatchObject([{ kind: "abnormal" }]);
  fake.say("close", { code: 4000, reason: "bye" });
  expect(ends).toHaveLength(1);
});

it("C26 an answered close leaves no timer", () => {
  const { fake, socket, ends } = opened();
  socket.close();
  fake.say("close", { code: 1000, reason: "" });
  expect(ends).toMatchObject([{ kind: "closed", code: 1000 }]);
  expect(vi.getTimerCount()).toBe(0);
});

it("S15 takes text and bytes of the limit, measured in UTF-8, and ends at one byte more", () => {
  for (const [fits, exceeds] of [
    ["x".repeat(10), "x".repeat(11)],
    ["é".repeat(5), "é".repeat(6)],
    [new ArrayBuffer(10), new ArrayBuffer(11)],
  ]) {
    const { fake, ends, frames } = opened();
    fake.say("message", { data: fits });
    expect([frames.length, ends.length]).toEqual([1, 0]);
    fake.say("message", { data: exceeds });
    fake.say("message", { data: fits });
    expect(frames).toHaveLength(1);
    expect(ends).toMatchObject([{ kind: "too-large" }]);
    expect(fake.close).toHaveBeenCalledWith(4009, "Message too large");
  }
});

it("C57 does not send on a socket that is closing", () => {
  const { fake, socket } = opened();
  expect(socket.send("a")).toBe(true);
  socket.close();
  expect(socket.send("b")).toBe(false);
  expect(fake.send.mock.calls).toEqual([["a"]]);
});
