import { expect, test } from "vitest";
import { aimOf, readEmit } from "./emit-request.ts";
import { parametersOf } from "./parameters.ts";

const reading = { maxMessageBytes: 65_536, maxDepth: 32, tokenInQuery: false };

function read(query: string, init?: RequestInit, more: Partial<typeof reading> = {}) {
  return readEmit(new Request(`http://server/news/emit${query}`, init), parametersOf(query), {
    ...reading,
    ...more,
  });
}

test("decision 1 of a POST only the control parameters count, and its body is read as it is", async () => {
  expect(
    await read("?x=1&clients=3&require-ack=1", {
      method: "POST",
      body: '{"a": 1.10}',
      headers: { "Idempotency-Key": "k" },
    }),
  ).toEqual({
    payload: '{"a": 1.10}',
    aim: { kind: "random", count: 3 },
    requireAck: true,
    idempotencyKey: "k",
  });
});

test("decision 1 a body over 64 KiB is given up at the chunk that is too much, and no more is read", async () => {
  let pulled = 0;
  let cancelled = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(16_384).fill(0x31));
      },
      cancel: () => void cancelled++,
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  await expect(read("", init)).rejects.toMatchObject({ code: "TOO_LARGE", status: 413 });
  expect(pulled).toBe(5);
  expect(cancelled).toBe(1);
});

test("a body that breaks off is 503, and not taken for a shorter one", async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode("12"));
      controller.error(new Error("connection reset"));
    },
  });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  await expect(read("", init)).rejects.toMatchObject({ code: "OVERLOADED" });
});

test("a character that two chunks share arrives whole", async () => {
  const bytes = new TextEncoder().encode('"€"');
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  expect((await read("", { method: "POST", body, duplex: "half" } as RequestInit)).payload).toBe('"€"');
});

test("a mistake in a parameter is told before a body is read", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => new Promise<void>(() => {}) });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  await expect(read("?clients=0", init)).rejects.toMatchObject({ code: "BAD_PARAMETER" });
});

test("decision 3 ids are taken once each, with spaces around them", () => {
  expect(aimOf("client_a, client_b,client_a")).toEqual({ kind: "ids", ids: ["client_a", "client_b"] });
  expect(() => aimOf(`client_${"a".repeat(65_536)}`)).toThrow(/clients/);
});
