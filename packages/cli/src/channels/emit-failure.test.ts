import { HoldfastError } from "@holdfast/core";
import { expect, test } from "vitest";
import { emitFailure } from "./emit-failure.ts";

const failure = (
  code: ConstructorParameters<typeof HoldfastError>[0],
  status?: number,
  requireAck = false,
): ReturnType<typeof emitFailure> => emitFailure(new HoldfastError(code, "Emit failed"), status, requireAck);

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

test("a dial that failed is told on one line, with what to try", () => {
  const message = (reason: string): string =>
    emitFailure(new HoldfastError("dial-failed", `Emit failed: ${reason}`), undefined, false).message;
  expect(message("ECONNREFUSED")).toBe(
    "Emit failed: ECONNREFUSED: is the server running? npx holdfast channels starts one",
  );
  expect(message("C0:SSL routines:wrong version number:\n")).toBe(
    "Emit failed: C0:SSL routines:wrong version number: the server speaks no TLS there: http:// or ws:// instead?",
  );
  expect(message("getaddrinfo ENOTFOUND h")).toBe("Emit failed: getaddrinfo ENOTFOUND h");
});

test("an interruption leaves open what became of it", () => {
  expect(failure("aborted").message).toBe("interrupted: it may have been delivered all the same");
});
