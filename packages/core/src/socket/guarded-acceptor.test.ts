import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { guardedAcceptor, whenAnswered } from "./guarded-acceptor.ts";
import type { Welcome } from "./listener.ts";

const incoming = { path: "/", header: () => undefined };
const told = vi.fn();

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(told));
afterEach(() => {
  vi.restoreAllMocks();
  told.mockReset();
});

test.each([
  [
    "throws",
    () => {
      throw new Error("boom");
    },
  ],
  ["gives nothing", () => undefined],
  ["gives an impossible status", () => ({ status: 9999 })],
])("S11 an acceptor that %s refuses with 500, and the console is told once", (_name, accept) => {
  expect(guardedAcceptor(accept as never)(incoming)).toEqual({
    status: 500,
    reason: "Internal Server Error",
  });
  expect(told).toHaveBeenCalledOnce();
});

test.each([
  [
    "throws",
    () => {
      throw new Error("boom");
    },
  ],
  ["gives no handler", () => undefined],
])("S32 a welcome that %s drops its socket, and what still arrives is heard by nobody", (_name, welcome) => {
  const terminate = vi.fn();
  const answer = guardedAcceptor((() => welcome) as never)(incoming);
  const handler = (answer as Welcome)({ bufferedAmount: 0, send: () => true, close() {}, terminate });
  expect(terminate).toHaveBeenCalledOnce();
  expect(told).toHaveBeenCalledOnce();
  expect(() => handler.onFrame("x")).not.toThrow();
});

test("refusals and welcomes that make sense pass as they are", () => {
  const refusal = { status: 403, reason: "no" };
  expect(guardedAcceptor(() => refusal)(incoming)).toBe(refusal);
  expect(() => guardedAcceptor(5 as never)).toThrow(/accept.*5/);
});

test.each([
  ["rejects", () => Promise.reject(new Error("boom"))],
  ["promises nothing", () => Promise.resolve()],
  [
    "promises a header that would forge another",
    async () => ({ status: 403, reason: "", headers: { a: "b\r\nc: d" } }),
  ],
])("S11 an acceptor that %s refuses with 500, and the console is told once", async (_name, accept) => {
  await expect(guardedAcceptor(accept as never)(incoming)).resolves.toMatchObject({ status: 500 });
  expect(told).toHaveBeenCalledOnce();
});

test("an answer that is there is used in the same turn, one that is promised once it is there", async () => {
  const refusal = { status: 403, reason: "no" };
  const used: unknown[] = [];
  whenAnswered(guardedAcceptor(() => refusal)(incoming), (answer) => used.push(answer));
  expect(used).toEqual([refusal]);
  await whenAnswered(guardedAcceptor(async () => refusal)(incoming), (answer) => used.push(answer));
  expect(used).toEqual([refusal, refusal]);
});
