import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { webSocket } from "./web-socket.ts";

/** Deno's constructor: here it only writes down what it is given. */
const constructed = vi.fn();

beforeEach(() => {
  const construct = (...given: unknown[]): never => {
    constructed(...given);
    throw new Error("enough");
  };
  vi.stubGlobal(
    "WebSocket",
    class {
      constructor(...given: unknown[]) {
        construct(...given);
      }
    },
  );
});
afterEach(() => {
  constructed.mockClear();
  vi.unstubAllGlobals();
});

const handler = { onFrame: () => {}, onClose: () => {} };
const { signal } = new AbortController();

it("C7 a header that cannot be sent fails the dial, and its value is not quoted", async () => {
  const dialled = webSocket()("ws://127.0.0.1:1", handler, { signal, headers: { token: "secret\nsecret" } });
  await expect(dialled).rejects.toMatchObject({ closeCause: { kind: "refused" } });
  await expect(dialled).rejects.toThrow(/Header "token" cannot be sent/);
  await expect(dialled).rejects.not.toThrow(/secret/);
  expect(constructed).not.toHaveBeenCalled();
});

it("hands headers and subprotocols to Deno's constructor, and neither where there is none", async () => {
  const headers = { "x-bot": "Otter" };
  await webSocket()("http://127.0.0.1:1/a#b", handler, { signal, headers, protocols: ["one"] }).catch(
    () => {},
  );
  await webSocket()("ws://127.0.0.1:1", handler, { signal }).catch(() => {});
  expect(constructed.mock.calls).toEqual([
    ["ws://127.0.0.1:1/a", { headers, protocols: ["one"] }],
    ["ws://127.0.0.1:1/", {}],
  ]);
});

it("refuses options that are no positive integers", () => {
  expect(() => webSocket({ maxFrameBytes: 0 })).toThrow(RangeError);
});
