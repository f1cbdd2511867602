import { expect, it } from "vitest";
import { tcpTarget } from "./tcp-target.ts";

it("a TCP address is host and port, and its path means nothing", () => {
  expect(tcpTarget("tcp://localhost:7000")).toEqual({ host: "localhost", port: 7_000 });
  expect(tcpTarget("tcp://localhost:7000/global?x=1")).toEqual({ host: "localhost", port: 7_000 });
  expect(tcpTarget("tcp://[::1]:7000")).toEqual({ host: "::1", port: 7_000 });
});

it("C7 anything else is a bad address, whose message keeps the query to itself", () => {
  for (const address of ["tcp://localhost", "tcp://localhost:0", "ws://localhost:1", "tcp:", ":"]) {
    expect(() => tcpTarget(`${address}?token=secret`)).toThrow(
      expect.objectContaining({ closeCause: expect.objectContaining({ kind: "bad-address" }) }),
    );
    expect(() => tcpTarget(`${address}?token=secret`)).not.toThrow(/secret/);
  }
});
