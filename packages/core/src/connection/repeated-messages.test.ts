import { beforeEach, describe, expect, test } from "vitest";
import { EchoBench, type EchoClient, type EchoServer } from "../../../../tests/support/echo-bench.ts";
import type { ConnectionOptions } from "./connection.ts";

let bench: EchoBench;

beforeEach(() => {
  bench = new EchoBench();
});

describe("C85 a message that is repeated after a reconnect", () => {
  const options: Partial<ConnectionOptions<EchoClient, EchoServer>> = {
    messageId: (_type, message) => (message as { text?: string }).text,
  };
  test("is told once, and counted as a duplicate", async () => {
    const connection = await bench.connected(options);
    bench.sayOn(0, "one");
    bench.sayOn(0, "two");
    await bench.clock.advance(10);
    bench.network.drop();
    await bench.clock.advance(5_000);
    bench.say({ type: "hello" });
    bench.sayOn(1, "two");
    bench.sayOn(1, "three");
    await bench.clock.advance(10);
    expect([bench.said, connection.stats().duplicates]).toEqual([["one", "two", "three"], 1]);
  });

  test("is recognised over a handover, and forgotten with the connection's end", async () => {
    const connection = await bench.connected(options);
    bench.sayOn(0, "one");
    const done = connection.handover();
    await bench.watch(10);
    bench.say({ type: "hello" });
    bench.sayOn(1, "one");
    await bench.watch(10);
    await done;
    expect([bench.said, connection.stats().duplicates]).toEqual([["one"], 1]);
    void connection.close();
    await bench.watch(100);
    void connection.connect();
    await bench.watch(100);
    bench.say({ type: "hello" });
    bench.say({ type: "said", text: "one" });
    await bench.watch(10);
    expect(bench.said).toEqual(["one", "one"]);
  });

  test("of a protocol whose `messageId` throws is told, with an error", async () => {
    const connection = await bench.connected({
      messageId: (type) => {
        if (type === "said") throw new Error("no id");
        return undefined;
      },
    });
    const errors: string[] = [];
    connection.on("error", ({ message }) => void errors.push(message));
    bench.sayOn(0, "one");
    await bench.clock.advance(10);
    expect([bench.said, errors]).toEqual([["one"], ["Option messageId failed: no id"]]);
  });
});
