import { HoldfastError } from "@holdfast/core";
import { expect, test } from "vitest";
import { emitFailure } from "./emit-failure.ts";

const failure = (
  code: ConstructorParameters<typeof HoldfastError>[0],
  status?: number,
  requireAck = false,
  cause?: unknown,
): ReturnType<typeof emitFailure> =>
  emitFailure(new HoldfastError(code, "Emit failed", { cause }), status, requireAck);

test("what the server refused is 4, what failed there or never came there 3", () => {
  expect([401, 403].map((status) => failure("unauthorized", status).exitCode)).toEqual([4, 4]);
  expect([400, 413, 429].map((status) => failure("server-error", status).exitCode)).toEqual([4, 4, 4]);
  expect([500, 503].map((status) => failure("server-error", status).exitCode)).toEqual([3, 3]);
  expect(failure("dial-failed").exitCode).toBe(3);
});

test("a wait that was too short is 3, and 1 where acknowledgement was waited for", () => {
  expect([failure("timeout").exitCode, failure("timeout", undefined, true).exitCode]).toEqual([3, 1]);
  expect(failure("timeout").message).toBe("Emit failed; it may have been delivered all the same");
});

test("the innermost reason is told, also where it has a code alone", () => {
  const refused = Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" });
  const cause = new TypeError("fetch failed", { cause: refused });
  expect(failure("dial-failed", undefined, false, cause).message).toBe(
    "Emit failed: ECONNREFUSED: is the server running? npx holdfast channels starts one",
  );
  expect(failure("dial-failed").message).toBe("Emit failed");
});

test("TLS to a server without is told on one line, with what to try", () => {
  const cause = new TypeError("fetch failed", {
    cause: new Error("C0:SSL routines:wrong version number:\n"),
  });
  expect(failure("dial-failed", undefined, false, cause).message).toBe(
    "Emit failed: C0:SSL routines:wrong version number: the server speaks no TLS there: http:// or ws:// instead?",
  );
});
