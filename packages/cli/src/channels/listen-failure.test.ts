import type { CloseCause } from "@holdfast/core";
import { expect, test } from "vitest";
import { listenFailure } from "./listen-failure.ts";

const ended: CloseCause = { kind: "local", message: "Closed by this side" };
const said = (cause: CloseCause, more: Partial<Parameters<typeof listenFailure>[1]> = {}): unknown => {
  const failure = listenFailure(cause, {
    ...{ everConnected: false, lastLoss: undefined, events: 0, count: undefined },
    ...more,
  });
  return failure && [failure.exitCode, failure.message];
};
const failed = (message: string): CloseCause => ({
  kind: "refused",
  message: `Dial of ws://h/ failed: ${message}`,
});

test("what was never reached says why, and what to do", () => {
  expect(said(ended)).toEqual([3, "the server was never reached"]);
  expect(said(ended, { lastLoss: failed("connect ECONNREFUSED 127.0.0.1:9") })).toEqual([
    3,
    "the server was never reached: Dial of ws://h/ failed: connect ECONNREFUSED 127.0.0.1:9: is the server running? " +
      "npx holdfast channels starts one",
  ]);
  expect(said(ended, { lastLoss: failed("write EPROTO 80:wrong version number:a.c:354:\n") })).toEqual([
    3,
    "the server was never reached: Dial of ws://h/ failed: write EPROTO 80:wrong version number:a.c:354: " +
      "the server speaks no TLS there: http:// or ws:// instead?",
  ]);
});

test.each([
  [503, "the server answered, and let nobody in: HTTP 503"],
  [
    429,
    "the server answered, and let nobody in: HTTP 429: too many listeners of this address, see " +
      "--connections-per-address of the server",
  ],
])("a server that answered with %i was reached", (status, message) => {
  const lastLoss: CloseCause = { kind: "busy", message: `HTTP ${status}`, status };
  expect(said(ended, { lastLoss })).toEqual([3, message]);
});

test("what the server refuses for good is 4, with what to give", () => {
  const cause: CloseCause = { kind: "unauthorized", message: "HTTP 401", status: 401 };
  expect(said(cause)).toEqual([4, expect.stringMatching(/^the server refused: HTTP 401: .*--token/)]);
});

test("the options that are told are those of the command", () => {
  const message = "Upgrade was answered with HTTP 404: nothing listens there; option url is the server's";
  expect(said({ kind: "rejected", message, status: 404 })).toEqual([
    4,
    "the server refused: Upgrade was answered with HTTP 404: there are no channels at this address",
  ]);
});

test("fewer events than were asked for are told, and as many are no failure", () => {
  expect(said(ended, { everConnected: true, events: 1, count: 2 })).toEqual([1, "1 of 2 events came"]);
  expect(said(ended, { everConnected: true, events: 2, count: 2 })).toBeUndefined();
  expect(said(ended, { everConnected: true, events: 5 })).toBeUndefined();
});
